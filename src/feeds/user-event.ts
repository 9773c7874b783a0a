import type { Feed } from "../domain/configuration.js";
import type { DirectoryChange } from "../domain/directory-event.js";
import type { Json, JsonObject } from "../domain/json.js";
import type { Stamp } from "../domain/stamp.js";
import { activeRegister, lockedRegister, userNameRegister } from "../domain/user.js";
import type { ListNames, StatedMemberships } from "./event-memberships.js";
import { membershipProblems, membershipsOf } from "./event-memberships.js";
import type { Origin } from "./event-origin.js";
import { enrolmentOf } from "./event-origin.js";
import type { EventProblem } from "./event-problem.js";
import { eventProblem } from "./event-problem.js";
import type { UserEvent } from "./event-schema.js";
import { registersMax, userRegisters } from "./user-registers.js";

const path = ["data", "user"];
const names: ListNames = { all: "groups", add: "addGroups", remove: "removeGroups" };

const statedGroups = ({ data: { user } }: UserEvent): StatedMemberships => ({
  all: user.groups,
  add: user.addGroups,
  remove: user.removeGroups,
});

const attributesOf = (event: UserEvent): JsonObject => event.data.user as JsonObject;

/** The switches that the type itself says. */
const switchesOf = (type: UserEvent["type"]): Readonly<Record<string, Json>> => {
  switch (type) {
    case "user.disabled":
      return { [activeRegister]: false };
    case "user.enabled":
      return { [activeRegister]: true };
    case "user.locked":
      return { [lockedRegister]: true };
    case "user.unlocked":
      return { [lockedRegister]: false };
    default:
      return {};
  }
};

const isBlankName = (name: string | null | undefined): boolean => name === null || name?.trim() === "";

const nameProblems = ({ type, data: { user } }: UserEvent): readonly EventProblem[] => {
  const at = [...path, userNameRegister];
  if (isBlankName(user.userName))
    return [
      eventProblem("user_name_required", at, "a user keeps a user name: send the new one, or leave it out"),
    ];
  if (type === "user.created" && user.userName === undefined)
    return [eventProblem("user_name_required", at, "a creation needs the user name")];
  return [];
};

const activeProblems = ({ type, data: { user } }: UserEvent): readonly EventProblem[] => {
  const said = switchesOf(type)[activeRegister];
  if (said === undefined || user.active === undefined || user.active === said) return [];
  return [
    eventProblem("contradiction", [...path, activeRegister], `${type} says the opposite: leave active out`),
  ];
};

/** What is wrong with an event about a user that has the right shape. Empty when nothing is. */
export function userProblems(event: UserEvent): readonly EventProblem[] {
  const groups = membershipProblems(statedGroups(event), names, path);
  if (event.type === "user.deleted") return groups;
  const many = Object.keys(userRegisters(attributesOf(event))).length > registersMax;
  return [
    ...nameProblems(event),
    ...activeProblems(event),
    ...groups,
    ...(many
      ? [eventProblem("too_many", path, `a user has at most ${registersMax} attributes and sub-attributes`)]
      : []),
  ];
}

const lowers = (event: UserEvent, registers: Readonly<Record<string, Json>>): boolean =>
  event.type === "user.locked" || registers[activeRegister] === false;

/** The directory change of a checked event about a user. */
export function userChange(event: UserEvent, feed: Feed, origin: Origin, stamp: Stamp): DirectoryChange {
  const externalId = event.data.user.id;
  if (event.type === "user.deleted") {
    const { authoritative } = feed;
    const change = { kind: "end", stamp, feed: feed.id, authoritative } as const;
    return { kind: "user", externalId, change, memberships: [], lowersAccess: true };
  }
  const registers = { ...userRegisters(attributesOf(event)), ...switchesOf(event.type) };
  const memberships = membershipsOf(statedGroups(event));
  return {
    kind: "user",
    externalId,
    change: {
      kind: "write",
      stamp,
      registers,
      replaces: false,
      replacesGroups: memberships.replaces,
      enrolment: enrolmentOf(feed, origin),
      enrols: event.type === "user.created" || origin.trigger === "jit",
    },
    memberships: memberships.writes,
    lowersAccess: lowers(event, registers),
  };
}
