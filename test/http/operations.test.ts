import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { refuseUnderPressure } from "../../src/http/pressure.js";
import { openTestDatabase } from "../setup/databases.js";
import type { TestDatabase } from "../setup/databases.js";
import { admin, base, created, post, storeConfiguration, testApp } from "./support.js";

let database: TestDatabase;
let app: FastifyInstance;

beforeAll(async () => {
  database = await openTestDatabase("pglite");
  await storeConfiguration(database.db);
  app = await testApp(database.db);
});
afterAll(async () => {
  await app.close();
  await database.close();
});

/** A stream that keeps what is written to it. */
const collect = (lines: string[]): Writable =>
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });

describe("health", () => {
  it("/healthz says that the process is up, to anybody", async () => {
    const response = await app.inject("/healthz");
    expect([response.statusCode, response.json()]).toEqual([200, { status: "ok" }]);
  });

  const outbox = { waiting: 3, oldestMs: 1_500 };

  it.each([
    [true, "ready"],
    [null, "ready"],
    [false, "degraded"],
  ])("/readyz with Temporal %s is 200 %s: events are taken all the same", async (temporal, status) => {
    const one = await testApp(database.db, {
      health: () => Promise.resolve({ store: true, temporal, outbox }),
    });
    const response = await one.inject("/readyz");
    expect([response.statusCode, response.json()]).toEqual([200, { status, store: true, temporal, outbox }]);
    await one.close();
  });

  it.each([
    ["is down", () => Promise.resolve({ store: false, temporal: true, outbox })],
    ["does not answer", () => Promise.reject(new Error("connection refused"))],
  ])("/readyz is 503 when the store %s", async (_title, health) => {
    const one = await testApp(database.db, { health });
    const response = await one.inject("/readyz");
    expect([response.statusCode, response.json(), response.headers["retry-after"]]).toMatchObject([
      503,
      { code: "store_unavailable", store: false },
      "5",
    ]);
    await one.close();
  });
});

describe("description of the interface", () => {
  interface Operation {
    readonly responses: Readonly<Record<string, unknown>>;
    readonly security?: readonly object[];
    readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  }

  it("is OpenAPI 3.1 and names every route, with its token and its problems", async () => {
    const response = await app.inject("/openapi.json");
    const document = response.json<{ openapi: string; paths: Record<string, Record<string, Operation>> }>();
    expect([response.statusCode, document.openapi]).toEqual([200, "3.1.0"]);
    const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path.replace("/v1/organizations/{organization}", "…")}`,
        operation,
      })),
    );
    expect(routes.map(({ name }) => name).sort()).toEqual([
      "GET /healthz",
      "GET /readyz",
      "GET /v1/organizations",
      "GET …/accounts",
      "GET …/configuration/revisions",
      "GET …/connections",
      "GET …/events/{id}",
      "GET …/holds",
      "GET …/users",
      "GET …/users/{user}",
      "GET …/users/{user}/explanation",
      "POST …/accounts/resend",
      "POST …/connections/{connection}/pause",
      "POST …/connections/{connection}/resume",
      "POST …/connections/{connection}/test",
      "POST …/feeds/{feed}/events",
      "POST …/holds/cancel",
      "POST …/holds/compensate",
      "POST …/holds/release",
      "POST …/holds/retry",
      "POST …/holds/skip",
      "POST …/users/{user}/provision",
      "PUT …/configuration",
    ]);
    for (const { name, operation } of routes) {
      if (name.endsWith("z")) continue;
      const token = name.includes("/feeds/") ? "feedToken" : "adminToken";
      expect([name, operation.security]).toEqual([name, [{ [token]: [] }]]);
      expect([name, Object.keys(operation.responses)]).toEqual([
        name,
        expect.arrayContaining(["4XX", "5XX"]),
      ]);
    }
    const events = document.paths[`/v1/organizations/{organization}/feeds/{feed}/events`]?.["post"];
    expect(Object.keys(events?.requestBody?.content ?? {})).toEqual([
      "application/json",
      "application/cloudevents+json",
      "application/cloudevents-batch+json",
    ]);
  });

  it("/docs leads to it without anything from elsewhere", async () => {
    const response = await app.inject("/docs");
    expect(response.body).toContain('href="/openapi.json"');
    expect(response.body).not.toMatch(/src=|https?:/);
    expect(response.headers["content-security-policy"]).toContain("default-src 'self'");
  });
});

describe("failures of our own", () => {
  it("answer 500 without detail and log class and place, no message", async () => {
    const lines: string[] = [];
    const stream = collect(lines);
    const one = await testApp(database.db, {
      logger: pino(stream),
      testConnection: () => Promise.reject(new TypeError("cannot read ada@acme.example")),
    });
    const response = await admin(one, "POST", "/connections/wiki/test");
    expect([response.statusCode, response.json()]).toMatchObject([500, { code: "internal" }]);
    expect(response.body + lines.join("")).not.toContain("ada");
    const failed = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find((line) => line["msg"] === "request failed");
    expect(failed).toMatchObject({
      error: "TypeError",
      route: "/v1/organizations/:organization/connections/:connection/test",
    });
    expect(`urn:uuid:${String(failed?.["reqId"])}`).toBe(response.json<{ instance: string }>().instance);
    await one.close();
  });

  it("answer 503 while the store is away, so that the sender tries again", async () => {
    const lost = await openTestDatabase("pglite");
    await storeConfiguration(lost.db);
    const one = await testApp(lost.db);
    await lost.close();
    const response = await post(one, created("lost"));
    expect([response.statusCode, response.json(), response.headers["retry-after"]]).toMatchObject([
      503,
      { code: "store_unavailable" },
      "5",
    ]);
    await one.close();
  });

  it("refuse work when there is too much of it, but never the question whether the process lives", async () => {
    const to = (url: string) => ({ routeOptions: { url } }) as Parameters<typeof refuseUnderPressure>[0];
    await expect(refuseUnderPressure(to("/readyz"), null, "eventLoopDelay", 9_000)).rejects.toMatchObject({
      kind: "overloaded",
    });
    await expect(refuseUnderPressure(to("/healthz"), null, "eventLoopDelay", 9_000)).resolves.toBeUndefined();
    await expect(
      refuseUnderPressure(to("/readyz"), null, "eventLoopDelay", Number.POSITIVE_INFINITY),
    ).resolves.toBeUndefined();
  });
});

it("logs method, route, status and duration of a request, and nothing of anybody", async () => {
  const lines: string[] = [];
  const stream = collect(lines);
  const one = await testApp(database.db, { logger: pino(stream) });
  await post(one, created("lovelace", { title: "Countess" }));
  await post(one, created("lovelace", { shoeSize: 1 }));
  await admin(one, "GET", "/users?userName=lovelace");
  await admin(one, "GET", "/users/hr:lovelace");
  await one.inject(`${base}/lovelace`);
  await one.inject("/%zz/lovelace");
  expect(lines.join("")).not.toMatch(/lovelace|Countess|token/i);
  const requests = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line["msg"] === "request");
  expect(requests.map(({ method, route, status }) => [method, route, status])).toEqual([
    ["POST", "/v1/organizations/:organization/feeds/:feed/events", 202],
    ["POST", "/v1/organizations/:organization/feeds/:feed/events", 422],
    ["GET", "/v1/organizations/:organization/users", 200],
    ["GET", "/v1/organizations/:organization/users/:user", 200],
    ["GET", "unmatched", 404],
  ]);
  for (const request of requests)
    expect(Object.keys(request).sort()).toEqual([
      "durationMs",
      "hostname",
      "level",
      "method",
      "msg",
      "pid",
      "reqId",
      "route",
      "status",
      "time",
    ]);
  await one.close();
});
