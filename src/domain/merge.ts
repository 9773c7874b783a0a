import type { Json } from "./json.js";
import { ownValue } from "./own-value.js";
import type { Stamp } from "./stamp.js";
import { isAfter, laterStamp, reaches } from "./stamp.js";
import type { Enrolment, FirstSeen, Register, StampedEnrolment, UserState } from "./user.js";
import { enrolmentKey } from "./user.js";

/** One event's effect on one user's registers. */
export type UserChange =
  | {
      readonly kind: "write";
      readonly stamp: Stamp;
      /** Register key → value; null clears. */
      readonly registers: Readonly<Record<string, Json>>;
      /** Whether what is not named is gone (a replacing PUT). */
      readonly replaces: boolean;
      /** Whether memberships that are not named are gone (a full `groups` list). */
      readonly replacesGroups: boolean;
      /** The enrolment behind the event; null when its feed enrols nobody. */
      readonly enrolment: Enrolment | null;
      /** A creation or JIT enrols; an update only when it is the first that was ever seen of the user. */
      readonly enrols: boolean;
    }
  | {
      readonly kind: "end";
      readonly stamp: Stamp;
      readonly feed: string;
      /** A deletion by an authoritative feed ends the user; by another, only what that feed enrolled. */
      readonly authoritative: boolean;
    };

/** The merged state, and whether anything in it moved. */
export interface Merged<State> {
  readonly state: State;
  readonly changed: boolean;
}

const mergeRegisters = (
  held: Readonly<Record<string, Register>>,
  written: Readonly<Record<string, Json>>,
  stamp: Stamp,
): Readonly<Record<string, Register>> => {
  const merged: Record<string, Register> = { ...held };
  for (const [key, value] of Object.entries(written)) {
    const register = ownValue(merged, key);
    if (register === undefined || isAfter(stamp, register.stamp)) merged[key] = { value, stamp };
  }
  return merged;
};

const mergeEnrolment = (
  state: UserState,
  enrolment: Enrolment | null,
  stamp: Stamp,
): UserState["enrolments"] => {
  if (enrolment === null) return state.enrolments;
  const key = enrolmentKey(enrolment);
  const held = state.enrolments[key];
  if (held !== undefined && !isAfter(stamp, held.stamp)) return state.enrolments;
  const merged: StampedEnrolment = { ...enrolment, stamp };
  return { ...state.enrolments, [key]: merged };
};

const mergeFirstSeen = (held: FirstSeen | null, seen: FirstSeen | null): FirstSeen | null => {
  if (seen === null) return held;
  return held === null || isAfter(held.stamp, seen.stamp) ? seen : held;
};

const write = (state: UserState, change: Extract<UserChange, { kind: "write" }>): UserState => {
  const { stamp } = change;
  const seen =
    change.enrolment === null ? null : { stamp, enrolment: change.enrols ? null : change.enrolment };
  return {
    ...state,
    registers: mergeRegisters(state.registers, change.registers, stamp),
    floor: change.replaces ? laterStamp(state.floor, stamp) : state.floor,
    groupsFloor: change.replacesGroups ? laterStamp(state.groupsFloor, stamp) : state.groupsFloor,
    enrolments: change.enrols ? mergeEnrolment(state, change.enrolment, stamp) : state.enrolments,
    firstSeen: mergeFirstSeen(state.firstSeen, seen),
  };
};

const end = (state: UserState, change: Extract<UserChange, { kind: "end" }>): UserState => {
  const { stamp, feed } = change;
  const firstSeen = mergeFirstSeen(state.firstSeen, { stamp, enrolment: null });
  if (change.authoritative) {
    return {
      ...state,
      firstSeen,
      floor: laterStamp(state.floor, stamp),
      groupsFloor: laterStamp(state.groupsFloor, stamp),
      endedAt: laterStamp(state.endedAt, stamp),
    };
  }
  const ended = laterStamp(ownValue(state.feedEnds, feed) ?? null, stamp) ?? stamp;
  return { ...state, firstSeen, feedEnds: { ...state.feedEnds, [feed]: ended } };
};

/**
 * Drops what can never show again: registers and enrolments below a floor. Keeps the merged state the same
 * whatever the order, and the row small.
 */
const prune = (state: UserState): UserState => ({
  ...state,
  registers: Object.fromEntries(
    Object.entries(state.registers).filter(([, register]) => reaches(register.stamp, state.floor)),
  ),
  enrolments: Object.fromEntries(
    Object.entries(state.enrolments).filter(
      ([, enrolment]) =>
        isAfter(enrolment.stamp, state.endedAt) &&
        isAfter(enrolment.stamp, ownValue(state.feedEnds, enrolment.feed) ?? null),
    ),
  ),
});

const fingerprint = (state: UserState): string =>
  JSON.stringify([
    Object.entries(state.registers)
      .map(([key, register]) => [key, register.stamp])
      .sort(),
    state.floor,
    state.groupsFloor,
    state.endedAt,
    Object.entries(state.feedEnds).sort(),
    Object.entries(state.enrolments)
      .map(([key, enrolment]) => [key, enrolment.stamp])
      .sort(),
    state.firstSeen,
  ]);

/**
 * Merges one event into a user. Commutative, associative and idempotent: any order and any repetition of the same
 * changes gives the same state (property test `merge.test.ts`). `changed` is false for a stale event.
 */
export function mergeUser(state: UserState, change: UserChange): Merged<UserState> {
  const merged = prune(change.kind === "write" ? write(state, change) : end(state, change));
  return { state: merged, changed: fingerprint(merged) !== fingerprint(state) };
}

/** Our copy of one group. */
export interface GroupState {
  readonly displayName: Register | null;
  /** The last event that says the group is there. */
  readonly presentAt: Stamp | null;
  readonly deletedAt: Stamp | null;
  /** Memberships written before this stamp are gone (a deletion, a full `members` list). */
  readonly membersFloor: Stamp | null;
}

/** A group that has only been named. */
export const unseenGroup: GroupState = {
  displayName: null,
  presentAt: null,
  deletedAt: null,
  membersFloor: null,
};

/** One event's effect on one group, memberships apart. */
export type GroupChange =
  | {
      readonly kind: "write";
      readonly stamp: Stamp;
      /** Undefined: not named; null: cleared. */
      readonly displayName?: string | null;
      /** Whether members that are not named are gone. */
      readonly replacesMembers: boolean;
    }
  | { readonly kind: "end"; readonly stamp: Stamp };

const sameGroup = (left: GroupState, right: GroupState): boolean =>
  left.displayName?.stamp === right.displayName?.stamp &&
  left.presentAt === right.presentAt &&
  left.deletedAt === right.deletedAt &&
  left.membersFloor === right.membersFloor;

/** Merges one event into a group; commutative and idempotent like {@link mergeUser}. */
export function mergeGroup(state: GroupState, change: GroupChange): Merged<GroupState> {
  const { stamp } = change;
  if (change.kind === "end") {
    const deletedAt = laterStamp(state.deletedAt, stamp);
    const merged = { ...state, deletedAt, membersFloor: laterStamp(state.membersFloor, stamp) };
    return { state: merged, changed: !sameGroup(state, merged) };
  }
  const named = change.displayName;
  const newer =
    named !== undefined && (state.displayName === null || isAfter(stamp, state.displayName.stamp));
  const merged: GroupState = {
    displayName: newer ? { value: named, stamp } : state.displayName,
    presentAt: laterStamp(state.presentAt, stamp),
    deletedAt: state.deletedAt,
    membersFloor: change.replacesMembers ? laterStamp(state.membersFloor, stamp) : state.membersFloor,
  };
  return { state: merged, changed: !sameGroup(state, merged) };
}

/** Whether a group is there now: some event after its last deletion says so. */
export function groupExists(state: GroupState): boolean {
  return state.presentAt !== null && isAfter(state.presentAt, state.deletedAt);
}

/** One membership register. */
export interface Membership {
  readonly member: boolean;
  readonly stamp: Stamp;
}

/** Merges one membership write; the later stamp wins. */
export function mergeMembership(held: Membership | null, written: Membership): Merged<Membership> {
  if (held !== null && !isAfter(written.stamp, held.stamp)) return { state: held, changed: false };
  return { state: written, changed: true };
}

/** Whether a membership shows: written as a member, at or above the floors of its user and its group. */
export function isMember(
  membership: Membership,
  groupsFloor: Stamp | null,
  membersFloor: Stamp | null,
): boolean {
  return (
    membership.member && reaches(membership.stamp, groupsFloor) && reaches(membership.stamp, membersFloor)
  );
}
