import fc from "fast-check";
import type { OracleFacts } from "../../scripts/crash-run/oracle.js";
import type {
  AcceptedEvent,
  JsonValue,
  PostedData,
  PostedType,
} from "../../scripts/crash-run/posted-event.js";
import { parseConfiguration } from "../../src/config/parse-configuration.js";
import { settingsSchemas } from "../../src/connectors/registry.js";
import type { Configuration } from "../../src/domain/configuration.js";

const urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const same = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, { path: name }]));

/** Facts with everything in them that a decision of this release looks at: lists, logins, filters, two feeds. */
export const facts: OracleFacts = {
  connections: [
    { id: "all", groups: null, mapping: same("userName", "name", "title", "emails", `${urn}:division`) },
    {
      id: "some",
      groups: ["g-0", "g-1"],
      mapping: {
        ...same("userName", "name.givenName", `${urn}:department`),
        nickName: { path: "title" },
        title: { path: "title", default: "Employee" },
        userType: { value: "Staff" },
      },
    },
  ],
  organization: [
    { connection: "all", jit: false },
    { connection: "some", jit: true },
  ],
  applications: {
    portal: { requested: ["name.givenName", "title", `${urn}:department`], list: null },
    shop: { requested: ["emails"], list: [{ connection: "some", jit: false }] },
    none: { requested: "all", list: [] },
  },
  feeds: {
    hr: { authoritative: true, application: null },
    idp: { authoritative: false, application: "portal" },
  },
};

/** The configuration that the facts describe. */
export function configurationOf(organization: string): Configuration {
  const list = (connections: OracleFacts["organization"]) => ({ onPartialFailure: "continue", connections });
  const text = JSON.stringify({
    version: 1,
    organization,
    provisioners: list(facts.organization),
    applications: Object.entries(facts.applications).map(([id, { requested, list: own }]) => ({
      id,
      requestedAttributes: requested,
      ...(own !== null && { provisioners: list(own) }),
    })),
    feeds: Object.entries(facts.feeds).map(([id, { authoritative, application }]) => ({
      id,
      kind: "events",
      source: "hr",
      authoritative,
      ...(application !== null && { application }),
      tokens: [`env:TOKEN_${id.toUpperCase()}`],
    })),
    connections: facts.connections.map(({ id, groups, mapping }) => ({
      id,
      connector: "scim2",
      settings: {
        baseUrl: "https://target.acme.example/scim/v2",
        auth: { kind: "bearer", token: "env:TOKEN" },
      },
      ...(groups !== null && { groupFilter: groups.map((group) => `hr:${group}`) }),
      mapping,
    })),
  });
  const result = parseConfiguration(text, { settingsSchemas });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.configuration;
}

const userIds = ["u-0", "u-1", "u-2"];
const groupIds = ["g-0", "g-1", "g-2"];
const some = (ids: readonly string[]) => fc.subarray([...ids]);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const word = fc.constantFrom("A", "B", "C");
const attributes = fc.record(
  {
    title: fc.option(word),
    name: fc.option(
      fc.record({ givenName: fc.option(word), familyName: fc.option(word) }, { requiredKeys: [] }),
    ),
    emails: fc.option(
      fc.array(
        word.map((value) => ({ value })),
        { maxLength: 2 },
      ),
    ),
    active: fc.option(fc.boolean()),
    [urn]: fc.option(
      fc.record({ department: fc.option(word), division: fc.option(word) }, { requiredKeys: [] }),
    ),
  },
  { requiredKeys: [] },
);
const groupsSaid = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  some(groupIds).map((groups) => ({ groups })),
  some(groupIds).chain((addGroups) =>
    some(groupIds.filter((id) => !addGroups.includes(id))).map((removeGroups) => ({
      addGroups,
      removeGroups,
    })),
  ),
);

const origin = fc.record(
  {
    trigger: fc.constantFrom("api" as const, "console" as const, "self-sign-up" as const, "jit" as const),
    application: fc.constantFrom("portal", "shop", "none", "console"),
    sequence: fc.nat(2),
  },
  { requiredKeys: [] },
);

const userData = (type: PostedType): fc.Arbitrary<PostedData> =>
  fc
    .record({ id: fc.constantFrom(...userIds), said: attributes, groups: groupsSaid, name: maybe(word) })
    .map((drawn) => {
      const named = drawn.name ?? (type === "user.created" ? "A" : undefined);
      const { active, ...others } = drawn.said as Record<string, JsonValue>;
      const switches =
        type === "user.disabled" || type === "user.enabled"
          ? {}
          : { ...(active !== undefined && { active }) };
      const said = type === "user.deleted" ? {} : { ...others, ...switches, ...drawn.groups };
      const userName =
        named === undefined || type === "user.deleted" ? {} : { userName: `${named}.${drawn.id}` };
      return { user: { ...said, ...userName, id: drawn.id } };
    });

const groupData = (type: PostedType): fc.Arbitrary<PostedData> =>
  fc.constantFrom(...groupIds).chain((id) => {
    const changes = some(userIds).chain((add) =>
      some(userIds.filter((one) => !add.includes(one))).map((remove) => ({ group: { id, add, remove } })),
    );
    const full = some(userIds).map((members) => ({ group: { id, members } }));
    const named = fc.constant({ group: { id, displayName: "G" } });
    if (type === "group.deleted") return fc.constant({ group: { id } });
    return type === "group.members" ? fc.oneof(changes, full) : fc.oneof(changes, full, named);
  });

const typeWeights: Record<PostedType, number> = {
  "user.created": 5,
  "user.updated": 8,
  "user.deleted": 4,
  "user.disabled": 1,
  "user.enabled": 1,
  "user.locked": 1,
  "user.unlocked": 1,
  "group.created": 1,
  "group.updated": 1,
  "group.deleted": 2,
  "group.members": 6,
};

const typed = (Object.keys(typeWeights) as PostedType[]).map((type) => ({
  weight: typeWeights[type],
  arbitrary: (type.startsWith("group.") ? groupData(type) : userData(type)).map((data) => ({ type, data })),
}));

const firstMs = Date.parse("2026-01-05T08:00:00Z");

/** What one event of a history is drawn as; ids come from its place, so that all are different. */
const drawnEvent = fc.record({
  what: fc.oneof(...typed),
  origin,
  feed: fc.constantFrom("hr", "hr", "idp"),
  second: fc.nat(5),
  rank: fc.nat(999),
});

/** Histories of up to `most` events in the order in which they arrive, which says nothing of their times. */
export function histories(most: number): fc.Arbitrary<readonly AcceptedEvent[]> {
  return fc.array(drawnEvent, { minLength: 1, maxLength: most, size: "max" }).map((drawn) =>
    drawn.map(({ what, origin: from, feed, second, rank }, at): AcceptedEvent => {
      // The second feed speaks for one application and may name no other.
      const { application, ...rest } = from;
      const said = feed === "idp" || application === undefined ? rest : { ...rest, application };
      return {
        feed,
        event: {
          specversion: "1.0",
          id: `${rank}-${at}`,
          source: "hr",
          type: what.type,
          time: new Date(firstMs + second * 1_000).toISOString(),
          data: { ...said, ...what.data },
        },
      };
    }),
  );
}

/** How many histories a property tries; another number by TEST_PROPERTY_RUNS. */
export function runsOf(usual: number): { readonly numRuns: number } {
  return { numRuns: Number(process.env["TEST_PROPERTY_RUNS"] ?? usual) };
}
