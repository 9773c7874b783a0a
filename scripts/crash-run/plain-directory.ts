import type { AcceptedEvent, JsonRecord, JsonValue, PostedEvent, PostedUser } from "./posted-event.js";

/** That a user came in: by a token request, just in time at a login, or at organization level. */
export interface PlainEnrolment {
  readonly feed: string;
  readonly kind: "token" | "jit" | "organization";
  readonly application: string | null;
}

/** A user after all events. */
export interface PlainUser {
  /** Whether an event about the user has been applied: an update enrols only before. */
  seen: boolean;
  attributes: JsonRecord;
  locked: boolean;
  /** By feed, kind and application. */
  readonly enrolments: Map<string, PlainEnrolment>;
  readonly groups: Set<string>;
}

/** What applying events needs to know of a feed. */
export interface PlainFeed {
  /** Whether its deletions end the user, or only what it enrolled itself. */
  readonly authoritative: boolean;
  /** The application it speaks for, when an event names none. */
  readonly application: string | null;
}

const byCodePoint = (left: string, right: string): number => Buffer.from(left).compare(Buffer.from(right));

const order = ({ event: left }: AcceptedEvent, { event: right }: AcceptedEvent): number =>
  Date.parse(left.time) - Date.parse(right.time) ||
  (left.data.sequence ?? 0) - (right.data.sequence ?? 0) ||
  byCodePoint(left.id, right.id);

/** The events once each, in the order of their stamps: time, sequence (absent: 0), id. */
export function inStampOrder(accepted: readonly AcceptedEvent[]): readonly AcceptedEvent[] {
  return [...new Map(accepted.map((one) => [one.event.id, one])).values()].sort(order);
}

const isRecord = (value: JsonValue | undefined): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Null clears, an object changes its named parts, everything else replaces. */
function mergeAttributes(held: JsonRecord, named: JsonRecord): JsonRecord {
  const merged: Record<string, JsonValue> = { ...held };
  for (const [name, value] of Object.entries(named)) {
    const before = merged[name];
    if (value === null) Reflect.deleteProperty(merged, name);
    else if (isRecord(value)) merged[name] = mergeAttributes(isRecord(before) ? before : {}, value);
    else merged[name] = value;
  }
  return merged;
}

function attributesOf(user: PostedUser): JsonRecord {
  const { id: _id, groups: _groups, addGroups: _add, removeGroups: _remove, ...attributes } = user;
  return Object.fromEntries(Object.entries(attributes).filter((pair) => pair[1] !== undefined)) as JsonRecord;
}

/** The enrolment that an event would make (design, section 4: selected). */
export function enrolmentOf(event: PostedEvent, feed: string, spokenFor: string | null): PlainEnrolment {
  const { trigger = "api" } = event.data;
  const named = event.data.application ?? spokenFor;
  const application = named === "console" ? null : named;
  if (trigger === "jit") return { feed, kind: "jit", application };
  if (trigger !== "api" || application === null) return { feed, kind: "organization", application: null };
  return { feed, kind: "token", application };
}

class Applier {
  readonly users = new Map<string, PlainUser>();
  private readonly feeds: Readonly<Record<string, PlainFeed>>;

  constructor(feeds: Readonly<Record<string, PlainFeed>>) {
    this.feeds = feeds;
  }

  apply({ feed, event }: AcceptedEvent): void {
    if (event.type.startsWith("group.")) this.applyGroup(event);
    else if (event.type === "user.deleted") this.deleteUser(this.user(event.data.user?.id ?? ""), feed);
    else this.applyUser(event, feed);
  }

  private user(id: string): PlainUser {
    const held = this.users.get(id);
    if (held !== undefined) return held;
    const fresh = {
      seen: false,
      attributes: {},
      locked: false,
      enrolments: new Map(),
      groups: new Set<string>(),
    };
    this.users.set(id, fresh);
    return fresh;
  }

  private deleteUser(user: PlainUser, feed: string): void {
    user.seen = true;
    if (this.feeds[feed]?.authoritative === false) {
      for (const [key, enrolment] of user.enrolments)
        if (enrolment.feed === feed) user.enrolments.delete(key);
      return;
    }
    user.attributes = {};
    user.locked = false;
    user.enrolments.clear();
    user.groups.clear();
  }

  private applyUser(event: PostedEvent, feed: string): void {
    const posted = event.data.user ?? { id: "" };
    const user = this.user(posted.id);
    user.attributes = mergeAttributes(user.attributes, attributesOf(posted));
    if (event.type === "user.disabled") user.attributes = { ...user.attributes, active: false };
    if (event.type === "user.enabled") user.attributes = { ...user.attributes, active: true };
    if (event.type === "user.locked") user.locked = true;
    if (event.type === "user.unlocked") user.locked = false;
    if (posted.groups !== undefined) user.groups.clear();
    for (const group of [...(posted.groups ?? []), ...(posted.addGroups ?? [])]) user.groups.add(group);
    for (const group of posted.removeGroups ?? []) user.groups.delete(group);
    if (event.type === "user.created" || event.data.trigger === "jit" || !user.seen)
      this.enrol(user, event, feed);
    user.seen = true;
  }

  private enrol(user: PlainUser, event: PostedEvent, feed: string): void {
    const enrolment = enrolmentOf(event, feed, this.feeds[feed]?.application ?? null);
    user.enrolments.set([feed, enrolment.kind, enrolment.application ?? ""].join("|"), enrolment);
  }

  private applyGroup(event: PostedEvent): void {
    const group = event.data.group ?? { id: "" };
    if (event.type === "group.deleted" || group.members !== undefined)
      for (const user of this.users.values()) user.groups.delete(group.id);
    if (event.type === "group.deleted") return;
    for (const member of [...(group.members ?? []), ...(group.add ?? [])])
      this.user(member).groups.add(group.id);
    for (const member of group.remove ?? []) this.user(member).groups.delete(group.id);
  }
}

/**
 * Applies accepted events plainly, one after the other in the order of their stamps, and returns the users
 * after them, by external id. No registers, no floors, no merging: what came later stands on what came before.
 */
export function plainDirectory(
  accepted: readonly AcceptedEvent[],
  feeds: Readonly<Record<string, PlainFeed>>,
): ReadonlyMap<string, PlainUser> {
  const applier = new Applier(feeds);
  for (const one of inStampOrder(accepted)) applier.apply(one);
  return applier.users;
}
