import fc from "fast-check";
import type { Json } from "../../src/domain/json.js";
import type { GroupChange, UserChange } from "../../src/domain/merge.js";
import type { Enrolment } from "../../src/domain/user.js";
import type { Stamping } from "./timed.js";

const urn = "urn:example:acme:2.0:User";

const simpleKeys = [
  "userName",
  "title",
  "name/givenName",
  "name/familyName",
  `${urn}/team`,
  `${urn}/boss/value`,
];
/** Keys that are only ever cleared as a whole: everything below them goes. */
const parentKeys = ["name", urn, `${urn}/boss`];

const values: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Json[]>("ada", "grace", "") },
  { weight: 1, arbitrary: fc.constant(null) },
);
const switches = fc.constantFrom<Json[]>(true, false, null);
const lists = fc.constantFrom<Json[]>([{ value: "ada@acme.example", primary: true }], [], null);

/** One event names a parent only to clear it, and then none of its children. */
const withoutHidden = (written: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    Object.entries(written).filter(
      ([key]) => !parentKeys.some((parent) => parent in written && key.startsWith(`${parent}/`)),
    ),
  );

const registers = fc
  .record(
    {
      ...Object.fromEntries(simpleKeys.map((key) => [key, values])),
      ...Object.fromEntries(parentKeys.map((key) => [key, fc.constant<Json>(null)])),
      active: switches,
      locked: switches,
      emails: lists,
    },
    { requiredKeys: [] },
  )
  .map(withoutHidden);

const feeds = fc.constantFrom("hr", "wso2", "constructor");

/** Enrolments by few feeds and applications, so that some meet under one key. */
export const enrolments: fc.Arbitrary<Enrolment> = fc
  .record({
    feed: feeds,
    application: fc.constantFrom("portal", "crm", null),
    kind: fc.constantFrom("token" as const, "jit" as const, "organization" as const),
    selfService: fc.boolean(),
  })
  .map((one) => (one.kind === "organization" ? { ...one, application: null } : one));

const writes = fc
  .record({
    registers,
    replaces: fc.boolean(),
    replacesGroups: fc.boolean(),
    enrolment: fc.option(enrolments, { nil: null, freq: 4 }),
    enrols: fc.boolean(),
  })
  .map((shape): Stamping<UserChange> => (stamp) => ({ kind: "write", stamp, ...shape }));

const ends = fc
  .record({ feed: feeds, authoritative: fc.boolean() })
  .map((shape): Stamping<UserChange> => (stamp) => ({ kind: "end", stamp, ...shape }));

/** Writes, replacing writes, full lists, clears, creations, first updates, deletions of both kinds. */
export const userChanges: fc.Arbitrary<Stamping<UserChange>> = fc.oneof(
  { weight: 4, arbitrary: writes },
  { weight: 1, arbitrary: ends },
);

const groupWrites = fc
  .record({
    displayName: fc.constantFrom("Engineering", "Research", null, undefined),
    replacesMembers: fc.boolean(),
  })
  .map(({ displayName, replacesMembers }): Stamping<GroupChange> => (stamp) => ({
    kind: "write",
    stamp,
    replacesMembers,
    ...(displayName !== undefined && { displayName }),
  }));

/** Writes with and without a name, full member lists, deletions. */
export const groupChanges: fc.Arbitrary<Stamping<GroupChange>> = fc.oneof(
  { weight: 3, arbitrary: groupWrites },
  { weight: 1, arbitrary: fc.constant<Stamping<GroupChange>>((stamp) => ({ kind: "end", stamp })) },
);
