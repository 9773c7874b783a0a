import type { DirectoryChange } from "../domain/directory-event.js";
import type { Stamp } from "../domain/stamp.js";
import type { ListNames, StatedMemberships } from "./event-memberships.js";
import { membershipProblems, membershipsOf, nestedGroupProblems } from "./event-memberships.js";
import type { EventProblem } from "./event-problem.js";
import { eventProblem } from "./event-problem.js";
import type { GroupEvent } from "./event-schema.js";

const path = ["data", "group"];
const names: ListNames = { all: "members", add: "add", remove: "remove" };

const statedMembers = ({ data: { group } }: GroupEvent): StatedMemberships => ({
  all: group.members,
  add: group.add,
  remove: group.remove,
});

/** What is wrong with an event about a group that has the right shape. Empty when nothing is. */
export function groupProblems(event: GroupEvent): readonly EventProblem[] {
  const stated = statedMembers(event);
  const silent = stated.all === undefined && stated.add === undefined && stated.remove === undefined;
  if (event.type === "group.members" && silent)
    return [
      eventProblem("invalid_event", path, "group.members needs members (the full list), or add and remove"),
    ];
  return [...membershipProblems(stated, names, path), ...nestedGroupProblems(stated, names, path)];
}

/** The directory change of a checked event about a group. */
export function groupChange(event: GroupEvent, stamp: Stamp): DirectoryChange {
  const { id: externalId, displayName } = event.data.group;
  if (event.type === "group.deleted")
    return { kind: "group", externalId, change: { kind: "end", stamp }, memberships: [] };
  const memberships = membershipsOf(statedMembers(event));
  return {
    kind: "group",
    externalId,
    change: {
      kind: "write",
      stamp,
      ...(displayName !== undefined && { displayName }),
      replacesMembers: memberships.replaces,
    },
    memberships: memberships.writes,
  };
}
