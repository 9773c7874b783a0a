import type { OracleFacts, OracleRule } from "./oracle.js";
import type { Origin } from "./generate-user.js";
import { enterprise } from "./generate-user.js";

/** The organization, feed, source and secrets' variables of the run. */
export const runNames = {
  organization: "acme",
  feed: "hr",
  source: "hr",
  feedTokenVariable: "HR_FEED_TOKEN",
  targetTokenVariable: "CRASH_TARGET_TOKEN",
} as const;

/** The connections of the run: one for everybody, one with a group filter. */
export const connectionIds = ["everyone", "engineering"] as const;
export type ConnectionId = (typeof connectionIds)[number];

/** All groups of the run; the first three make up the filter of `engineering`. */
export const groups = ["g-0", "g-1", "g-2", "g-3", "g-4", "g-5", "g-6"] as const;
const filter = groups.slice(0, 3);

const both = connectionIds.map((connection) => ({ connection, jit: true }));

const contractors: Origin = { application: "contractors" };

/** The ways in which users come in. Users of the contractors' list never leave it: it leaves out a connection. */
export const origins: readonly Origin[] = [
  {},
  { trigger: "console" },
  { trigger: "self-sign-up" },
  { trigger: "api", application: "hr-portal" },
  { application: "hr-portal" },
  { trigger: "api", application: "intranet" },
  { trigger: "jit", application: "intranet" },
  { trigger: "jit" },
  contractors,
];

/** Origins whose users stay with them. */
export const closedOrigins: ReadonlySet<Origin> = new Set([contractors]);

const same = (...names: readonly string[]): Record<string, OracleRule> =>
  Object.fromEntries(names.map((name) => [name, { path: name }]));

/** What the default SCIM mapping sends (design, section 10), as far as the run's users have it. */
const defaultMapping = {
  ...same("userName", "name", "displayName", "title", "emails", "phoneNumbers"),
  ...same(`${enterprise}:employeeNumber`, `${enterprise}:department`),
};

const ownMapping: Record<string, OracleRule> = {
  ...same("userName", "name.givenName", "name.familyName", "emails", `${enterprise}:department`),
  nickName: { path: "displayName" },
  title: { path: "title", default: "Employee" },
  userType: { value: "Staff" },
};

/** What the oracle is told of the configuration. */
export const facts: OracleFacts = {
  connections: [
    { id: "everyone", groups: null, mapping: defaultMapping },
    { id: "engineering", groups: filter, mapping: ownMapping },
  ],
  organization: both,
  applications: {
    "hr-portal": {
      requested: ["userName", "name.givenName", "name.familyName", "emails", "title"],
      list: null,
    },
    intranet: { requested: "all", list: both },
    contractors: { requested: ["name", "displayName"], list: [{ connection: "everyone", jit: true }] },
  },
  feeds: { [runNames.feed]: { authoritative: true, application: null } },
};

const list = (connections: OracleFacts["organization"]) => ({ onPartialFailure: "continue", connections });

/**
 * The configuration file of the run, as JSON (which is YAML). The guard is wide open: shuffled events disable
 * accounts by the hundred, and no person is there to release them.
 */
export function configurationText(baseUrls: Readonly<Record<ConnectionId, string>>): string {
  const connection = (id: ConnectionId, extra: Readonly<Record<string, unknown>>) => ({
    id,
    connector: "scim2",
    settings: {
      baseUrl: baseUrls[id],
      auth: { kind: "bearer", token: `env:${runNames.targetTokenVariable}` },
    },
    guard: { free: 1_000_000, percent: 100, ceiling: 1_000_000 },
    // Slower than the planning, so that open accounts pile up.
    limits: { concurrency: 2 },
    ...extra,
  });
  const configuration = {
    version: 1,
    organization: runNames.organization,
    provisioners: list(facts.organization),
    applications: Object.entries(facts.applications).map(([id, { requested, list: own }]) => ({
      id,
      requestedAttributes: requested,
      ...(own !== null && { provisioners: list(own) }),
    })),
    feeds: [
      {
        id: runNames.feed,
        kind: "events",
        source: runNames.source,
        tokens: [`env:${runNames.feedTokenVariable}`],
      },
    ],
    connections: [
      connection("everyone", {}),
      connection("engineering", {
        groupFilter: filter.map((group) => `${runNames.source}:${group}`),
        mapping: ownMapping,
      }),
    ],
    network: { allowPrivate: ["127.0.0.0/8"] },
  };
  return JSON.stringify(configuration, null, 2);
}
