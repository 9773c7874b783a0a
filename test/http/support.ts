import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { sql } from "kysely";
import { z } from "zod";
import { parseConfiguration } from "../../src/config/parse-configuration.js";
import type { Configuration } from "../../src/domain/configuration.js";
import { buildApp } from "../../src/http/app.js";
import type { HttpDependencies } from "../../src/http/dependencies.js";
import { applyConfiguration } from "../../src/store/apply-configuration.js";
import { isDatabaseUp } from "../../src/store/database.js";
import { outboxDepth } from "../../src/store/outbox.js";
import type { Db } from "../../src/store/schema.js";

/** Opens the admin routes of every app that tests build. */
export const adminToken = "admin-token-of-tests";

/** Secrets behind the references of the test configuration. */
export const secrets: Readonly<Record<string, string>> = {
  "env:HR_TOKEN": "hr-feed-token",
  "env:HR_TOKEN_NEXT": "hr-feed-token-next",
  "env:PORTAL_TOKEN": "portal-feed-token",
  "env:PARTNER_TOKEN": "partner-feed-token",
  "env:FACADE_TOKEN": "facade-feed-token",
};

/** What every test organization has: two targets, two applications, feeds of two sources. */
export const configurationText = `version: 1
organization: acme
provisioners:
  onPartialFailure: continue
  connections:
    - { connection: chat, jit: true }
    - { connection: wiki, optional: true }
applications:
  - id: hr-portal
    requestedAttributes: [userName, name.givenName]
    provisioners:
      onPartialFailure: continue
      connections: [{ connection: wiki, blocking: true }]
  - id: intranet
feeds:
  - { id: hr, kind: events, source: hr, tokens: [env:HR_TOKEN, env:HR_TOKEN_NEXT] }
  - { id: portal, kind: events, source: hr, application: hr-portal, triggers: [api], tokens: [env:PORTAL_TOKEN] }
  - { id: partner, kind: events, source: partner, authoritative: false, tokens: [env:PARTNER_TOKEN] }
  - { id: broken, kind: events, source: partner, enrols: none, tokens: [env:MISSING_TOKEN] }
  - { id: facade, kind: scim, source: hr, tokens: [env:FACADE_TOKEN] }
connections:
  - id: chat
    connector: scim2
    settings: { baseUrl: "https://chat.acme.example/scim" }
    groupFilter: [hr:g-engineering]
    mapping:
      userName: { path: userName }
      title: { path: title, default: Employee }
      userType: { value: Staff }
      emails: { path: emails }
  - id: wiki
    connector: scim2
    settings: { baseUrl: "https://wiki.acme.example/scim" }
`;

const parse = (text: string) =>
  parseConfiguration(text, { settingsSchemas: { scim2: z.looseObject({ baseUrl: z.url() }) } });

/** Parses a configuration as the app of the tests does; throws what is wrong with it. */
export function configurationOf(text: string = configurationText): Configuration {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.configuration;
}

/** Stores the test configuration. */
export async function storeConfiguration(db: Db, text: string = configurationText): Promise<void> {
  const configuration = configurationOf(text);
  await applyConfiguration(db, { configuration, text, origin: "file", author: "test", orphans: "keep" });
}

/** An app on a store, with dependencies that a test may replace. */
export async function testApp(db: Db, replaced: Partial<HttpDependencies> = {}): Promise<FastifyInstance> {
  return buildApp({
    db,
    resolveSecret: (reference) => {
      const secret = secrets[reference];
      return secret === undefined ? Promise.reject(new Error("secret_unavailable")) : Promise.resolve(secret);
    },
    adminToken,
    onCommitted: () => undefined,
    inspectRun: () => Promise.resolve([]),
    parseConfiguration: parse,
    health: async () => ({ store: await isDatabaseUp(db), temporal: true, outbox: await outboxDepth(db) }),
    testConnection: () => Promise.resolve({ ok: true, code: null }),
    logger: false,
    ...replaced,
  });
}

/** Path of the organization of the tests. */
export const base = "/v1/organizations/acme";
/** Path of the feed hr. */
export const hrEvents = `${base}/feeds/hr/events`;

/** An event as feed hr sends it, with `data` and what is replaced of the envelope. */
export function event(
  type: string,
  data: unknown,
  replaced: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  counter += 1;
  return {
    specversion: "1.0",
    id: `evt-${counter}`,
    source: "hr",
    type,
    time: "2026-11-24T08:00:00Z",
    data,
    ...replaced,
  };
}
let counter = 0;

/** A creation of one user. */
export function created(
  id: string,
  user: object = {},
  replaced: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return event("user.created", { user: { id, userName: id, ...user } }, replaced);
}

/** Posts to a feed. */
export function post(
  app: FastifyInstance,
  body: unknown,
  options: { readonly url?: string; readonly token?: string; readonly type?: string } = {},
): Promise<LightMyRequestResponse> {
  const { url = hrEvents, token = "hr-feed-token", type = "application/json" } = options;
  const payload = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const headers = { "content-type": type, authorization: `Bearer ${token}` };
  return app.inject({ method: "POST", url, headers, payload });
}

/** Asks an admin route. */
export function admin(
  app: FastifyInstance,
  method: "GET" | "POST" | "PUT",
  path: string,
  body?: unknown,
): Promise<LightMyRequestResponse> {
  const options: InjectOptions = {
    method,
    url: `${base}${path}`,
    headers: { authorization: `Bearer ${adminToken}` },
  };
  return app.inject(body === undefined ? options : { ...options, payload: body as object });
}

const tables = [
  "users",
  "groups",
  "aliases",
  "memberships",
  "events",
  "outbox",
  "episodes",
  "accounts",
  "journal",
  "holds",
  "removals",
  "configurations",
  "connection_states",
];

/** Rows and a checksum of every table: two equal ones mean that nothing was written between. */
export async function fingerprint(db: Db): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const table of tables) {
    const result = await sql<{ digest: string }>`
      select count(*) || ':' || md5(coalesce(string_agg(md5(t::text), ',' order by md5(t::text)), '')) as digest
      from ${sql.table(table)} t`.execute(db);
    found[table] = result.rows[0]?.digest ?? "";
  }
  return found;
}
