import type { JsonValue, PostedData, PostedType, PostedUser } from "./posted-event.js";
import type { Random } from "./random.js";

/** URN of the enterprise extension (RFC 7643 §4.3). */
export const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** What one event is, before it gets an id and a time. */
export interface Draft {
  readonly type: PostedType;
  readonly data: PostedData;
}

/** The way a user came in: what the events of a user say of their origin. */
export type Origin = Pick<PostedData, "trigger" | "application">;

/** What drawing a user needs to know. */
export interface UserWorld {
  readonly groups: readonly string[];
  /** Where users may come in; most events of one user say the same. */
  readonly origins: readonly Origin[];
  /** Origins that a user of theirs never leaves, since they are governed by a list of their own. */
  readonly closed: ReadonlySet<Origin>;
}

const givenNames = [
  "Ada",
  "Alan",
  "Barbara",
  "Edsger",
  "Grace",
  "Hedy",
  "Katherine",
  "Niklaus",
  "Radia",
  "Tim",
];
const familyNames = [
  "Dijkstra",
  "Hamilton",
  "Hopper",
  "Johnson",
  "Lamarr",
  "Liskov",
  "Lovelace",
  "Perlman",
  "Turing",
];
const titles = ["Engineer", "Analyst", "Head of Analysis", "Librarian", "Ingénieure", "Accountant"];
const departments = ["Research", "Operations", "Finance", "Works council"];

/** Draws the life of one user. */
export class UserLife {
  private readonly id: string;
  private readonly index: number;
  private readonly random: Random;
  private readonly world: UserWorld;
  private readonly home: Origin;

  constructor(index: number, random: Random, world: UserWorld) {
    this.index = index;
    this.id = `u-${index}`;
    this.random = random;
    this.world = world;
    this.home = random.pick(world.origins);
  }

  /** The events of one life in the order in which they are meant; equal times may change that. */
  draw(count: number): readonly Draft[] {
    const drafts: Draft[] = [this.first()];
    while (drafts.length < count) drafts.push(this.next(drafts.at(-1)?.type === "user.deleted"));
    return drafts.slice(0, count);
  }

  private first(): Draft {
    const kind = this.random.weighted({ created: 80, updated: 13, joined: 5, locked: 2 });
    if (kind === "created") return this.created(this.home);
    if (kind === "updated") return this.updated({ userName: this.userName(), ...this.attributes() });
    return kind === "joined" ? this.updated({ addGroups: this.someGroups(2) }) : this.of("user.locked", {});
  }

  private next(deleted: boolean): Draft {
    if (deleted && this.random.chance(60)) return this.recreated();
    const kind = this.random.weighted({
      changed: 30,
      cleared: 9,
      renamed: 6,
      allGroups: 12,
      joined: 10,
      left: 6,
      disabled: 5,
      enabled: 6,
      locked: 3,
      unlocked: 5,
      deleted: 9,
      recreated: 5,
    });
    switch (kind) {
      case "changed":
        return this.updated(this.attributes());
      case "cleared":
        return this.updated({
          [this.random.pick(["title", "displayName", "emails", "name", enterprise])]: null,
        });
      case "renamed":
        return this.updated({ userName: this.userName() });
      case "allGroups":
        return this.updated({ groups: this.someGroups(4) });
      case "joined":
        return this.updated({ addGroups: this.someGroups(2) });
      case "left":
        return this.updated({ removeGroups: this.someGroups(3) });
      case "recreated":
        return this.recreated();
      default:
        return this.of(`user.${kind}`, {});
    }
  }

  private of(type: PostedType, user: Omit<PostedUser, "id">, origin: Origin = this.home): Draft {
    return { type, data: { ...origin, user: { ...user, id: this.id } } };
  }

  private updated(user: Omit<PostedUser, "id">): Draft {
    // Only a creation, or a login that is announced as one, may say jit: it would enrol.
    const { trigger, ...origin } = this.home;
    return this.of("user.updated", user, trigger === "jit" ? origin : this.home);
  }

  private created(origin: Origin): Draft {
    const groups = this.random.chance(40) ? { groups: this.someGroups(3) } : {};
    return this.of("user.created", { userName: this.userName(), ...this.attributes(), ...groups }, origin);
  }

  private recreated(): Draft {
    const open = this.world.origins.filter((origin) => !this.world.closed.has(origin));
    const moves = !this.world.closed.has(this.home) && this.random.chance(40);
    return this.created(moves ? this.random.pick(open) : this.home);
  }

  /** Unique among all users, and not always the same for one. */
  private userName(): string {
    return `${this.random.pick(["user", "User", "u"])}.${this.index}@acme.example`;
  }

  private someGroups(most: number): readonly string[] {
    return this.random.shuffle(this.world.groups).slice(0, this.random.below(most + 1));
  }

  private attributes(): Record<string, JsonValue> {
    const { random } = this;
    const name = { givenName: random.pick(givenNames), familyName: random.pick(familyNames) };
    const all: Record<string, JsonValue> = {
      name: random.chance(70) ? name : { givenName: name.givenName, familyName: null },
      displayName: `${name.givenName} ${name.familyName}`,
      title: random.pick(titles),
      emails: [
        { value: `${name.givenName.toLowerCase()}.${this.index}@acme.example`, type: "work", primary: true },
      ],
      phoneNumbers: [{ value: `+1-555-01${String(random.below(100)).padStart(2, "0")}`, type: "work" }],
      [enterprise]: { department: random.pick(departments), employeeNumber: String(1_000 + this.index) },
      active: random.chance(92),
    };
    return Object.fromEntries(
      Object.entries(all).filter(([key]) => random.chance(key === "active" ? 15 : 60)),
    );
  }
}
