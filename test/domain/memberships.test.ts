import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { GroupState, Membership, UserChange } from "../../src/domain/merge.js";
import { isMember, mergeGroup, mergeMembership, mergeUser, unseenGroup } from "../../src/domain/merge.js";
import type { UserState } from "../../src/domain/user.js";
import { unseenUser } from "../../src/domain/user.js";
import type { Stamping, Timed } from "./timed.js";
import { deliveries, inStampOrder } from "./timed.js";

const users = ["u-1", "u-2"];
const groups = ["g-1", "g-2"];

/** One event about memberships, as the store splits it: what it does to its subject, and the pairs it writes. */
interface MembershipEvent {
  readonly stamp: string;
  readonly subject: string;
  /** `full`: what is not named is gone. `end`: a deletion, authoritative or not. */
  readonly kind: "change" | "full" | "end" | "withdrawal";
  readonly pairs: readonly { readonly user: string; readonly group: string; readonly member: boolean }[];
}

const eventOf = (
  subject: string,
  kind: MembershipEvent["kind"],
  others: readonly string[],
  member: boolean,
): Stamping<MembershipEvent> => {
  const [own, pair] = users.includes(subject)
    ? [kind, others.map((group) => ({ user: subject, group, member: kind === "full" || member }))]
    : [
        kind === "withdrawal" ? ("end" as const) : kind,
        others.map((user) => ({ user, group: subject, member: kind === "full" || member })),
      ];
  const pairs = kind === "end" || kind === "withdrawal" ? [] : pair;
  return (stamp) => ({ stamp, subject, kind: own, pairs });
};

const kinds = fc.constantFrom<MembershipEvent["kind"][]>("change", "change", "full", "end", "withdrawal");
const userEvents = fc
  .tuple(fc.constantFrom(...users), kinds, fc.subarray(groups), fc.boolean())
  .map((parts) => eventOf(...parts));
const groupEvents = fc
  .tuple(fc.constantFrom(...groups), kinds, fc.subarray(users), fc.boolean())
  .map((parts) => eventOf(...parts));

const key = (user: string, group: string): string => `${user} in ${group}`;

/** Plain application: a set of pairs, one event after the other. */
const plainly = (events: readonly Timed<MembershipEvent>[]): readonly string[] => {
  const set = new Set<string>();
  for (const { change } of inStampOrder(events)) {
    if (change.kind === "full" || change.kind === "end")
      for (const pair of [...set]) if (pair.split(" in ").includes(change.subject)) set.delete(pair);
    for (const { user, group, member } of change.pairs) {
      if (member) set.add(key(user, group));
      else set.delete(key(user, group));
    }
  }
  return [...set].sort();
};

const userChange = ({ kind, stamp }: MembershipEvent): UserChange => {
  if (kind === "end" || kind === "withdrawal")
    return { kind: "end", stamp, feed: "hr", authoritative: kind === "end" };
  const rest = { registers: {}, replaces: false, enrolment: null, enrols: false };
  return { kind: "write", stamp, replacesGroups: kind === "full", ...rest };
};

class Directory {
  private readonly users = new Map<string, UserState>();
  private readonly groups = new Map<string, GroupState>();
  private readonly memberships = new Map<string, Membership>();

  accept(event: MembershipEvent): void {
    const { subject, stamp, kind } = event;
    if (users.includes(subject))
      this.users.set(subject, mergeUser(this.users.get(subject) ?? unseenUser, userChange(event)).state);
    else {
      const change =
        kind === "end"
          ? ({ kind, stamp } as const)
          : ({ kind: "write", stamp, replacesMembers: kind === "full" } as const);
      this.groups.set(subject, mergeGroup(this.groups.get(subject) ?? unseenGroup, change).state);
    }
    for (const { user, group, member } of event.pairs) {
      const held = this.memberships.get(key(user, group)) ?? null;
      this.memberships.set(key(user, group), mergeMembership(held, { member, stamp }).state);
    }
  }

  shown(): readonly string[] {
    const pairs = users.flatMap((user) => groups.map((group) => ({ user, group })));
    return pairs
      .filter(({ user, group }) => {
        const membership = this.memberships.get(key(user, group));
        if (membership === undefined) return false;
        const floors = [this.users.get(user)?.groupsFloor, this.groups.get(group)?.membersFloor] as const;
        return isMember(membership, floors[0] ?? null, floors[1] ?? null);
      })
      .map(({ user, group }) => key(user, group))
      .sort();
  }
}

const directoryOf = (events: readonly MembershipEvent[]): Directory => {
  const directory = new Directory();
  for (const event of events) directory.accept(event);
  return directory;
};

describe("memberships", () => {
  it("show what applying full lists, changes and deletions of users and groups in stamp order shows", () => {
    fc.assert(
      fc.property(deliveries(fc.oneof(userEvents, groupEvents)), ({ changes, delivered }) => {
        expect(directoryOf(delivered.map(({ change }) => change)).shown()).toEqual(plainly(changes));
      }),
      { numRuns: 500 },
    );
  });

  it("of a user's full list end only those it does not name", () => {
    const directory = directoryOf([
      eventOf("u-1", "change", ["g-1", "g-2"], true)("1"),
      eventOf("u-2", "change", ["g-1"], true)("1"),
      eventOf("u-1", "full", ["g-2"], true)("2"),
    ]);
    expect(directory.shown()).toEqual(["u-1 in g-2", "u-2 in g-1"]);
  });

  it("end with the deletion of the user or of the group, and do not come back with a rehire", () => {
    const joined = eventOf("u-1", "change", ["g-1", "g-2"], true)("1");
    const later = eventOf("u-1", "change", [], true)("3");
    expect(directoryOf([joined, eventOf("g-1", "end", [], true)("2"), later]).shown()).toEqual([
      "u-1 in g-2",
    ]);
    expect(directoryOf([joined, eventOf("u-1", "end", [], true)("2"), later]).shown()).toEqual([]);
  });

  it("stay when a feed that is not authoritative withdraws the user", () => {
    const joined = eventOf("u-1", "change", ["g-1"], true)("1");
    expect(directoryOf([joined, eventOf("u-1", "withdrawal", [], true)("2")]).shown()).toEqual([
      "u-1 in g-1",
    ]);
  });
});
