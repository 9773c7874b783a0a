import type { Json } from "../../src/domain/json.js";
import type { UserChange } from "../../src/domain/merge.js";
import { mergeUser } from "../../src/domain/merge.js";
import type { Enrolment, UserState, UserView } from "../../src/domain/user.js";
import { unseenUser, viewUser } from "../../src/domain/user.js";
import { timed } from "./timed.js";

/** An enrolment at organization level by feed `hr`, unless said otherwise. */
export function enrolmentOf(changes: Partial<Enrolment> = {}): Enrolment {
  return { feed: "hr", application: null, kind: "organization", selfService: false, ...changes };
}

/** What a written change may say; by default it creates. */
export interface WriteOptions {
  readonly replaces?: boolean;
  readonly replacesGroups?: boolean;
  readonly enrolment?: Enrolment | null;
}

/** A creation (or a login) at a time: it enrols. */
export function creation(
  at: number,
  registers: Readonly<Record<string, Json>>,
  options: WriteOptions = {},
): UserChange {
  const { replaces = false, replacesGroups = false, enrolment = enrolmentOf() } = options;
  return timed<UserChange>(at, `creation-${at}`, (stamp) => ({
    kind: "write",
    stamp,
    registers,
    replaces,
    replacesGroups,
    enrolment,
    enrols: true,
  })).change;
}

/** An update at a time: it enrols only a user never seen before. */
export function update(
  at: number,
  registers: Readonly<Record<string, Json>>,
  options: WriteOptions = {},
): UserChange {
  const { replaces = false, replacesGroups = false, enrolment = enrolmentOf() } = options;
  return timed<UserChange>(at, `update-${at}`, (stamp) => ({
    kind: "write",
    stamp,
    registers,
    replaces,
    replacesGroups,
    enrolment,
    enrols: false,
  })).change;
}

/** A deletion at a time, by an authoritative feed unless said otherwise. */
export function ending(at: number, feed = "hr", authoritative = true): UserChange {
  return timed<UserChange>(at, `ending-${at}`, (stamp) => ({ kind: "end", stamp, feed, authoritative }))
    .change;
}

/** The state after these changes, in this order of arrival. */
export function arriving(...changes: readonly UserChange[]): UserState {
  return changes.reduce((state, change) => mergeUser(state, change).state, unseenUser);
}

/** What the state after these changes shows. */
export function shown(...changes: readonly UserChange[]): UserView {
  return viewUser(arriving(...changes));
}
