import fc from "fast-check";
import type { Account } from "../../src/domain/account.js";
import type {
  Application,
  Configuration,
  Connection,
  Deprovision,
  RemovalPolicy,
} from "../../src/domain/configuration.js";
import type { UserFacts } from "../../src/domain/decide.js";
import { errorClasses } from "../../src/domain/errors.js";
import type { ErrorCode } from "../../src/domain/errors.js";
import type { AllowedAttributes } from "../../src/domain/mapping.js";
import { enrolments } from "./arbitrary-changes.js";
import {
  accountOf,
  applicationOf,
  configurationOf,
  connectionOf,
  dayMs,
  entryOf,
  listOf,
  now,
} from "./builders.js";

/** Connections of every arbitrary configuration. */
export const connectionIds = ["google", "slack", "salesforce"];
const groupIds = ["hr:g-1", "hr:g-2"];
const paths = ["userName", "name", "name.givenName", "title", "emails"];

const allowed: fc.Arbitrary<AllowedAttributes> = fc.oneof(fc.constant("all" as const), fc.subarray(paths));

const removals: fc.Arbitrary<RemovalPolicy> = fc.constantFrom<RemovalPolicy[]>(
  { kind: "keep" },
  { kind: "disable" },
  { kind: "delete" },
  { kind: "staged", graceMs: dayMs },
);

const deprovisions: fc.Arbitrary<Deprovision> = fc.record({
  deleted: removals,
  outOfScope: removals,
  disabled: fc.constantFrom("disable" as const, "ignore" as const),
  deselected: fc.constantFrom("keep" as const, "disable" as const, "delete" as const),
});

const mappings = fc.constantFrom<Connection["mapping"][]>(
  connectionOf("any").mapping,
  { userName: { path: "userName" }, title: { path: "title", default: "Employee" } },
  { userName: { path: "nickName" }, "name.givenName": { value: "A" } },
);

const connections = fc
  .tuple(
    ...connectionIds.map((id) =>
      fc
        .record({
          enabled: fc.integer({ min: 0, max: 5 }).map((roll) => roll > 0),
          groupFilter: fc.option(fc.subarray(groupIds, { minLength: 1 }), { nil: null }),
          deprovision: deprovisions,
          mapping: mappings,
        })
        .map((changes) => connectionOf(id, changes)),
    ),
  )
  .map((all): readonly Connection[] => all);

const lists = fc
  .tuple(fc.subarray(connectionIds), fc.boolean(), fc.boolean(), fc.boolean())
  .map(([ids, jit, blocking, optional]) =>
    listOf(...ids.map((id) => entryOf(id, { jit, blocking, optional }))),
  );

const applications: fc.Arbitrary<readonly Application[]> = fc
  .tuple(allowed, fc.option(lists, { nil: null }), allowed)
  .map(([requested, own, other]) => [
    applicationOf("portal", { requestedAttributes: requested, provisioners: own }),
    applicationOf("crm", { requestedAttributes: other }),
  ]);

/** Configurations with three connections, an application with and one without a list of its own. */
export const configurations: fc.Arbitrary<Configuration> = fc
  .record({ connections, provisioners: lists, applications })
  .map(({ connections: all, ...changes }) => configurationOf(all, changes));

/** Users there and gone, enabled and not, in groups seen and never seen. */
export const userFacts: fc.Arbitrary<UserFacts> = fc
  .record({
    exists: fc.integer({ min: 0, max: 4 }).map((roll) => roll > 0),
    enrolled: fc.array(enrolments, { minLength: 1, maxLength: 3 }),
    disabled: fc.boolean(),
    locked: fc.boolean(),
    attributes: fc.record(
      {
        userName: fc.constant("ada"),
        name: fc.constant({ givenName: "Ada", familyName: "Lovelace" }),
        title: fc.constantFrom("Countess", "Dr"),
        nickName: fc.constant("A"),
        emails: fc.constant([{ value: "ada@acme.example" }]),
      },
      { requiredKeys: ["userName"] },
    ),
    groups: fc.subarray(groupIds),
    seen: fc.subarray(groupIds),
  })
  .map(({ exists, enrolled, disabled, locked, attributes, groups, seen }) => ({
    view: {
      exists,
      userName: "ada",
      enabled: !disabled && !locked,
      disabled,
      locked,
      attributes,
      enrolments: exists ? enrolled : [],
    },
    groups: new Set(groups),
    seenGroups: new Set([...groups, ...seen]),
  }));

const codes = fc.constantFrom(...(Object.keys(errorClasses) as ErrorCode[]));

const account = (connection: string): fc.Arbitrary<Account> =>
  fc
    .record({
      existence: fc.constantFrom("none" as const, "maybe" as const, "known" as const),
      state: fc.constantFrom<Account["state"][]>(
        "pending",
        "settled",
        "failing",
        "held",
        "parked",
        "removed",
      ),
      code: fc.option(codes, { nil: null }),
      wish: fc.constantFrom(null, "some wish"),
      active: fc.constantFrom(true, false, null),
      allowed: fc.option(allowed, { nil: null }),
      uncertain: fc.boolean(),
      dueAt: fc.constantFrom(null, now - 1, now, now + dayMs),
      marked: fc.boolean(),
    })
    .map((changes) => accountOf(connection, changes));

/** Accounts in any state at some of the connections. */
export const accounts: fc.Arbitrary<ReadonlyMap<string, Account>> = fc
  .subarray(connectionIds)
  .chain((ids) => fc.tuple(...ids.map(account)))
  .map((all) => new Map(all.map((one) => [one.connection, one])));
