import type { MembershipWrite } from "../domain/directory-event.js";
import type { EventProblem } from "./event-problem.js";
import { eventProblem, shown } from "./event-problem.js";
import type { Reference } from "./event-schema.js";
import { referencesMax } from "./event-schema.js";

/** Memberships as an event states them: the full list, or changes; undefined where it says nothing. */
export interface StatedMemberships {
  /** Null is the empty list. */
  readonly all: readonly Reference[] | null | undefined;
  readonly add: readonly Reference[] | undefined;
  readonly remove: readonly Reference[] | undefined;
}

/** How the three lists are called in the event, for messages. */
export interface ListNames {
  readonly all: string;
  readonly add: string;
  readonly remove: string;
}

/** Memberships to write; `replaces` says that whoever is not named is gone. */
export interface Memberships {
  readonly replaces: boolean;
  readonly writes: readonly MembershipWrite[];
}

const idOf = (reference: Reference): string => {
  if (typeof reference === "string") return reference;
  return "value" in reference && reference.value !== undefined ? reference.value : reference.id;
};

const isGroup = (reference: Reference): boolean =>
  typeof reference !== "string" &&
  typeof reference["type"] === "string" &&
  reference["type"].toLowerCase() === "group";

const idsOf = (references: readonly Reference[]): readonly string[] => [...new Set(references.map(idOf))];

/** The memberships that an event writes: each group or user once. Never throws. */
export function membershipsOf(stated: StatedMemberships): Memberships {
  const write =
    (member: boolean) =>
    (externalId: string): MembershipWrite => ({ externalId, member });
  const added = [...(stated.all ?? []), ...(stated.add ?? [])];
  return {
    replaces: stated.all !== undefined,
    writes: [...idsOf(added).map(write(true)), ...idsOf(stated.remove ?? []).map(write(false))],
  };
}

/**
 * What is wrong with stated memberships: a full list beside changes, one id both added and removed (all of one
 * event has one stamp, so neither would win), too many at once.
 */
export function membershipProblems(
  stated: StatedMemberships,
  names: ListNames,
  path: readonly string[],
): readonly EventProblem[] {
  const { all, add = [], remove = [] } = stated;
  if (all !== undefined && (stated.add !== undefined || stated.remove !== undefined)) {
    const detail = `${names.all} is the full list: leave out ${names.add} and ${names.remove}, or ${names.all}`;
    return [eventProblem("contradiction", [...path, names.all], detail)];
  }
  if (add.length + remove.length > referencesMax)
    return [
      eventProblem(
        "too_many",
        path,
        `${names.add} and ${names.remove} must have at most ${referencesMax} entries together`,
      ),
    ];
  const added = new Set(add.map(idOf));
  const both = remove.map(idOf).find((id) => added.has(id));
  if (both === undefined) return [];
  return [
    eventProblem(
      "contradiction",
      [...path, names.remove],
      `${shown(both)} is both in ${names.add} and in ${names.remove}`,
    ),
  ];
}

/** Members that are groups: memberships of groups in groups are not taken yet. */
export function nestedGroupProblems(
  stated: StatedMemberships,
  names: ListNames,
  path: readonly string[],
): readonly EventProblem[] {
  const lists = [
    [names.all, stated.all ?? []],
    [names.add, stated.add ?? []],
    [names.remove, stated.remove ?? []],
  ] as const;
  return lists.flatMap(([name, list]) => {
    const at = list.findIndex(isGroup);
    if (at < 0) return [];
    return [
      eventProblem(
        "nested_group",
        [...path, name, at],
        "a member must be a user: send the members of the inner group instead",
      ),
    ];
  });
}
