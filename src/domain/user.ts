import type { Json, JsonObject } from "./json.js";
import { isJsonObject } from "./json.js";
import { ownValue } from "./own-value.js";
import type { Stamp } from "./stamp.js";
import { isAfter, reaches } from "./stamp.js";

/** One register: the last value written and when. Null is a cleared value, kept so that older writes stay beaten. */
export interface Register {
  readonly value: Json;
  readonly stamp: Stamp;
}

/**
 * How a user came in: by a token request of an application, just in time at a login to it, or at organization
 * level (console, self sign-up, no application).
 */
export type EnrolmentKind = "token" | "jit" | "organization";

/** That a user came in through an application, or at organization level, by one feed. */
export interface Enrolment {
  readonly feed: string;
  /** Null at organization level, and for a login without an application. */
  readonly application: string | null;
  readonly kind: EnrolmentKind;
  /** Whether the user signed up or was created at a login: such users adopt accounts only by external id. */
  readonly selfService: boolean;
}

/** An enrolment with the stamp of the last event that made it. */
export interface StampedEnrolment extends Enrolment {
  readonly stamp: Stamp;
}

/** The earliest event of a user that counts as having been seen; an update there enrols. */
export interface FirstSeen {
  readonly stamp: Stamp;
  readonly enrolment: Enrolment | null;
}

/**
 * Our copy of one user, as registers that merge in any order. Register keys are path segments joined by `/`
 * (`name/givenName`, `urn:…:User/department`), since names and URNs hold no slash.
 */
export interface UserState {
  readonly registers: Readonly<Record<string, Register>>;
  /** Attributes written before this stamp are gone (a deletion, a replacing PUT). */
  readonly floor: Stamp | null;
  /** Memberships written before this stamp are gone (a deletion, a full `groups` list). */
  readonly groupsFloor: Stamp | null;
  /** The last deletion by an authoritative feed: ends every enrolment made before it. */
  readonly endedAt: Stamp | null;
  /** Per feed, its last deletion: ends the enrolments that feed made before it. */
  readonly feedEnds: Readonly<Record<string, Stamp>>;
  readonly enrolments: Readonly<Record<string, StampedEnrolment>>;
  readonly firstSeen: FirstSeen | null;
}

/** A user that has only been named, by a membership or an alias. */
export const unseenUser: UserState = {
  registers: {},
  floor: null,
  groupsFloor: null,
  endedAt: null,
  feedEnds: {},
  enrolments: {},
  firstSeen: null,
};

/** What the registers say now. */
export interface UserView {
  /** Enrolled by somebody, and known by name. */
  readonly exists: boolean;
  readonly userName: string | null;
  /** False when disabled or locked. */
  readonly enabled: boolean;
  readonly disabled: boolean;
  readonly locked: boolean;
  /** Nested, in SCIM's spelling; without `active`. */
  readonly attributes: JsonObject;
  readonly enrolments: readonly Enrolment[];
}

/** The key of an enrolment: a token enrolment and a JIT one through the same application live side by side. */
export function enrolmentKey(enrolment: Enrolment): string {
  return [enrolment.feed, enrolment.kind, enrolment.application ?? ""].join("/");
}

/** Register key of the user name. */
export const userNameRegister = "userName";
/** Register key of the source's own switch. */
export const activeRegister = "active";
/** Register key of a lock; ours, since core SCIM has none. */
export const lockedRegister = "locked";

const parentOf = (key: string): string | null => {
  const at = key.lastIndexOf("/");
  return at < 0 ? null : key.slice(0, at);
};

/**
 * The value that a register shows, or undefined: it must be at or above the floor and above the last write of
 * every parent (clearing `name` clears `name/givenName` unless that was written later).
 */
export function visibleValue(state: UserState, key: string): Json | undefined {
  const register = ownValue(state.registers, key);
  if (register === undefined || register.value === null || !reaches(register.stamp, state.floor))
    return undefined;
  for (let parent = parentOf(key); parent !== null; parent = parentOf(parent)) {
    const above = ownValue(state.registers, parent);
    if (above !== undefined && !isAfter(register.stamp, above.stamp)) return undefined;
  }
  return register.value;
}

const put = (target: Record<string, Json>, segments: readonly string[], value: Json): void => {
  const [head, ...rest] = segments;
  if (head === undefined) return;
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  const below = target[head];
  const next = isJsonObject(below) ? { ...below } : {};
  put(next, rest, value);
  target[head] = next;
};

const nest = (state: UserState): JsonObject => {
  const attributes: Record<string, Json> = {};
  for (const key of Object.keys(state.registers).sort()) {
    if (key === activeRegister || key === lockedRegister) continue;
    const value = visibleValue(state, key);
    if (value !== undefined) put(attributes, key.split("/"), value);
  }
  return attributes;
};

const alive = (state: UserState, enrolment: StampedEnrolment): boolean =>
  isAfter(enrolment.stamp, state.endedAt) &&
  isAfter(enrolment.stamp, ownValue(state.feedEnds, enrolment.feed) ?? null);

/** The enrolments that stand: made after the last deletion that would have ended them. */
export function liveEnrolments(state: UserState): readonly Enrolment[] {
  const all: Record<string, StampedEnrolment> = { ...state.enrolments };
  const first = state.firstSeen;
  if (first?.enrolment) {
    const key = enrolmentKey(first.enrolment);
    all[key] ??= { ...first.enrolment, stamp: first.stamp };
  }
  return Object.keys(all)
    .sort()
    .flatMap((key) => {
      const enrolment = all[key];
      if (enrolment === undefined || !alive(state, enrolment)) return [];
      const { stamp: _stamp, ...rest } = enrolment;
      return [rest];
    });
}

/** Reads a user's registers: existence, switches, attributes, enrolments. Pure and total. */
export function viewUser(state: UserState): UserView {
  const name = visibleValue(state, userNameRegister);
  const userName = typeof name === "string" ? name : null;
  const disabled = visibleValue(state, activeRegister) === false;
  const locked = visibleValue(state, lockedRegister) === true;
  const enrolments = liveEnrolments(state);
  return {
    exists: enrolments.length > 0 && userName !== null,
    userName,
    enabled: !disabled && !locked,
    disabled,
    locked,
    attributes: nest(state),
    enrolments,
  };
}
