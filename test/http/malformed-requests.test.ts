import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { databaseKinds, openTestDatabase } from "../setup/databases.js";
import type { TestDatabase } from "../setup/databases.js";
import { malformedAddresses } from "./malformed-addresses.js";
import { malformedBodies } from "./malformed-bodies.js";
import { malformedBatches, malformedEvents } from "./malformed-events.js";
import type { Malformed } from "./malformed-support.js";
import { created, fingerprint, post, storeConfiguration, testApp } from "./support.js";

const kinds = Object.entries({ ...malformedBodies, ...malformedEvents, ...malformedAddresses });

it("there are at least a thousand malformed requests", () => {
  expect(kinds.flatMap(([, requests]) => requests).length).toBeGreaterThanOrEqual(1_000);
});

describe.each(databaseKinds)("malformed requests on %s", (kind) => {
  let database: TestDatabase;
  let app: FastifyInstance;
  let before: Readonly<Record<string, string>>;

  beforeAll(async () => {
    database = await openTestDatabase(kind);
    await storeConfiguration(database.db);
    app = await testApp(database.db, {
      onCommitted: () => {
        throw new Error("nothing was committed");
      },
    });
    before = await fingerprint(database.db);
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });

  /** Answers that are not what the table says, with what was sent; empty when all are. */
  const surprises = async (requests: readonly Malformed[]) => {
    const found: object[] = [];
    for (const [at, { request, status, code }] of requests.entries()) {
      const response = await app.inject(request);
      const isProblem = String(response.headers["content-type"]).startsWith("application/problem+json");
      const body = isProblem
        ? response.json<{ code: string; status: number }>()
        : { code: response.body, status: 0 };
      if (response.statusCode !== status || body.code !== code || body.status !== status)
        found.push({
          at,
          sent: JSON.stringify(request.payload).slice(0, 300),
          url: request.url,
          expected: [status, code],
          got: [response.statusCode, response.body.slice(0, 300)],
        });
    }
    return found;
  };

  it.each(kinds)("%s is refused with the right status and code", async (_title, requests) => {
    expect(await surprises(requests)).toEqual([]);
  });

  it("a batch of malformed events is answered item by item", async () => {
    for (const { items, codes } of malformedBatches) {
      const response = await post(app, items);
      expect(response.statusCode).toBe(202);
      const { results } = response.json<{ results: { status: string; code: string; index: number }[] }>();
      expect(results.map(({ status, code, index }) => [status, code, index])).toEqual(
        codes.map((code, index) => ["rejected", code, index]),
      );
    }
  });

  it("none of them wrote anything", async () => {
    expect(await fingerprint(database.db)).toEqual(before);
  });

  it("and a good event is still accepted", async () => {
    const unharmed = await testApp(database.db);
    expect((await post(unharmed, created("unharmed"))).statusCode).toBe(202);
    await unharmed.close();
  });
});
