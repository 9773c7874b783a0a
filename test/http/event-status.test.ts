import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { planUser } from "../../src/activities/plan-user.js";
import { readUserByExternalId } from "../../src/store/facts.js";
import { databaseKinds, openTestDatabase } from "../setup/databases.js";
import type { TestDatabase } from "../setup/databases.js";
import { restAccounts } from "./account-support.js";
import { admin, created, event, hrEvents, post, storeConfiguration, testApp } from "./support.js";

interface Result {
  readonly id: string | null;
  readonly status: string;
  readonly user?: string;
  readonly group?: string;
  readonly version?: number;
  readonly stale?: boolean;
  readonly index?: number;
  readonly code?: string;
}

interface Answer {
  readonly results: readonly Result[];
  readonly settled?: boolean;
  readonly connections?: readonly object[];
}

describe.each(databaseKinds)("the status of an event on %s", (kind) => {
  let database: TestDatabase;
  let app: FastifyInstance;
  const onCommitted = jest.fn();

  beforeAll(async () => {
    database = await openTestDatabase(kind);
    await storeConfiguration(database.db);
    app = await testApp(database.db, { onCommitted });
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });

  const send = async (body: unknown, options: Parameters<typeof post>[2] = {}): Promise<Answer> => {
    const response = await post(app, body, options);
    expect([response.statusCode, response.statusCode === 202 ? "" : response.body]).toEqual([202, ""]);
    return response.json<Answer>();
  };
  const statusOf = async (id: string) =>
    (await admin(app, "GET", `/events/${id}`)).json<Record<string, unknown>>();

  it("an event goes from accepted to settled with its user's accounts", async () => {
    const one = created("status", { groups: ["g-engineering"] });
    const { results } = await send(one);
    const id = String(one["id"]);
    expect(await statusOf(id)).toMatchObject({
      id,
      source: "hr",
      feed: "hr",
      type: "user.created",
      status: "accepted",
      version: 1,
      connections: [],
    });
    await planUser(database.db, { organization: "acme", user: results[0]?.user ?? "" });
    const open = { code: null, state: "pending" };
    expect(await statusOf(id)).toMatchObject({
      status: "accepted",
      connections: [
        { connection: "chat", ...open },
        { connection: "wiki", ...open },
      ],
    });
    await restAccounts(database.db, results[0]?.user ?? "", {
      chat: { state: "settled" },
      wiki: { state: "parked", code: "rejected" },
    });
    expect(await statusOf(id)).toMatchObject({
      status: "settled",
      user: results[0]?.user,
      connections: [
        { connection: "chat", state: "settled", code: null },
        { connection: "wiki", state: "parked", code: "rejected" },
      ],
    });
  });

  it("a group's event is settled when the users whose membership it moved are", async () => {
    const [member] = (await send(created("member"))).results;
    const one = event("group.members", { group: { id: "g-status", add: ["member"] } });
    const [moved] = (await send(one)).results;
    await database.db
      .deleteFrom("outbox")
      .where("key", "=", moved?.group ?? "")
      .execute();
    expect(await statusOf(String(one["id"]))).toMatchObject({
      status: "accepted",
      group: moved?.group,
      connections: [],
    });
    await database.db
      .deleteFrom("outbox")
      .where("key", "=", member?.user ?? "")
      .execute();
    expect(await statusOf(String(one["id"]))).toMatchObject({ status: "settled" });
  });

  it("?wait= answers as soon as the change has settled, with its accounts", async () => {
    const one = created("waiting");
    const answer = post(app, one, { url: `${hrEvents}?wait=20s` });
    const found = async (): Promise<string> => {
      for (;;) {
        const user = await readUserByExternalId(database.db, "acme", "hr", "waiting");
        if (user !== null) return user.key;
        await new Promise(setImmediate);
      }
    };
    const key = await found();
    await planUser(database.db, { organization: "acme", user: key });
    await restAccounts(database.db, key, { wiki: { state: "settled" } });
    const response = await answer;
    expect([response.statusCode, response.json<Answer>()]).toMatchObject([
      202,
      {
        results: [{ status: "accepted", user: key }],
        settled: true,
        connections: [{ connection: "wiki", state: "settled", code: null }],
      },
    ]);
  });

  it("?wait= answers settled: false when the time is over, the event being stored", async () => {
    const response = await post(app, created("impatient"), { url: `${hrEvents}?wait=50ms` });
    expect(response.json<Answer>()).toMatchObject({
      results: [{ status: "accepted" }],
      settled: false,
      connections: [],
    });
  });

  it("closing ends a wait instead of sitting it out", async () => {
    const closing = await testApp(database.db);
    const answer = post(closing, created("closing"), { url: `${hrEvents}?wait=30s` });
    while ((await readUserByExternalId(database.db, "acme", "hr", "closing")) === null)
      await new Promise(setImmediate);
    await closing.close();
    expect((await answer).json<Answer>()).toMatchObject({ settled: false });
  });
});
