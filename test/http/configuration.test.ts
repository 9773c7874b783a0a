import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { planUser } from "../../src/activities/plan-user.js";
import { currentRevision, storeRevision } from "../../src/store/configurations.js";
import { databaseKinds, openTestDatabase } from "../setup/databases.js";
import type { TestDatabase } from "../setup/databases.js";
import { restAccounts } from "./account-support.js";
import {
  admin,
  adminToken,
  base,
  configurationOf,
  configurationText,
  created,
  event,
  post,
  testApp,
} from "./support.js";

describe.each(databaseKinds)("configuration as code on %s", (kind) => {
  let database: TestDatabase;
  let app: FastifyInstance;
  const onCommitted = jest.fn();

  beforeAll(async () => {
    database = await openTestDatabase(kind);
    app = await testApp(database.db, { onCommitted });
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });

  const put = (
    text: string,
    query = "",
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> =>
    app.inject({
      method: "PUT",
      url: `${base}/configuration${query}`,
      headers: { authorization: `Bearer ${adminToken}`, "content-type": "text/yaml", ...headers },
      payload: text,
    });
  const outbox = () => database.db.selectFrom("outbox").select(["key", "priority"]).execute();

  it("before any is applied, the organization has none", async () => {
    const response = await admin(app, "GET", "/connections");
    expect([response.statusCode, response.json()]).toMatchObject([404, { code: "unknown_organization" }]);
    expect((await post(app, created("early"))).statusCode).toBe(401);
  });

  it("applying stores a revision with its author, and is in effect with the next request", async () => {
    const response = await put(configurationText, "", { "x-outbound-author": "Grace Hopper" });
    expect([response.statusCode, response.json()]).toMatchObject([
      200,
      { revision: 1, changed: true, woken: 0, warnings: expect.any(Array) },
    ]);
    expect((await post(app, created("first"))).statusCode).toBe(202);
    expect(
      (await currentRevision(database.db, "acme"))?.configuration.connections.map((one) => one.id),
    ).toEqual(["chat", "wiki"]);
    const { items } = (await admin(app, "GET", "/configuration/revisions")).json<{ items: object[] }>();
    expect(items).toEqual([
      {
        revision: 1,
        origin: "api",
        author: "Grace Hopper",
        createdAt: expect.any(String),
        hash: expect.any(String),
        current: true,
      },
    ]);
  });

  it("applying the same again stores nothing and wakes nobody", async () => {
    const response = await put(`# the same, with a comment\n${configurationText}`);
    expect(response.json()).toMatchObject({ revision: 1, changed: false, woken: 0 });
  });

  it("what counts is what a configuration says, however its revision came about", async () => {
    const configuration = configurationOf();
    const next = {
      configuration,
      text: configurationText,
      hash: "of the text",
      origin: "file",
      author: "file",
    } as const;
    const other = { ...next, configuration: { ...configuration, organization: "other" } };
    await storeRevision(database.db, other);
    const text = configurationText.replace("organization: acme", "organization: other");
    const response = await app.inject({
      method: "PUT",
      url: "/v1/organizations/other/configuration",
      headers: { authorization: `Bearer ${adminToken}`, "content-type": "text/yaml" },
      payload: text,
    });
    expect(response.json()).toMatchObject({ revision: 1, changed: false });
  });

  it("a changed one wakes users that exist or have accounts at bulk priority, without putting back what is urgent", async () => {
    await post(app, event("group.members", { group: { id: "g-engineering", members: ["only-named"] } }));
    await post(app, created("plain"));
    await post(app, event("user.disabled", { user: { id: "first" } }, { time: "2026-11-24T09:00:00Z" }));
    const plain = await database.db
      .selectFrom("users")
      .select("key")
      .where("user_name", "=", "plain")
      .executeTakeFirstOrThrow();
    await planUser(database.db, { organization: "acme", user: plain.key });
    await database.db.deleteFrom("outbox").where("kind", "=", "group").execute();
    onCommitted.mockClear();
    const response = await put(configurationText.replace("optional: true", "optional: false"));
    expect(response.json()).toMatchObject({ revision: 2, changed: true, woken: 2 });
    expect((await outbox()).map((row) => row.priority).sort()).toEqual([1, 5]);
    expect(onCommitted).toHaveBeenCalled();
  });

  it("takes JSON, which is YAML", async () => {
    const response = await put('{"version":1,"organization":"acme","connections":[]}', "", {
      "content-type": "application/json",
    });
    expect([response.statusCode, response.json()]).toMatchObject([200, { revision: 3 }]);
    expect((await put(configurationText)).json()).toMatchObject({ revision: 4 });
  });

  it("answers all that is wrong, each with its line, and stores nothing", async () => {
    const response = await put(
      "version: 1\norganization: acme\nfeeds:\n  - { id: hr, kind: event, source: hr }\nextra: 1\n",
    );
    expect(response.statusCode).toBe(422);
    const { code, problems } = response.json<{ code: string; problems: { code: string; line: number }[] }>();
    expect(code).toBe("invalid_configuration");
    expect(problems.map(({ code: what, line }) => [what, line])).toContainEqual(["unknown_key", 5]);
    expect((await currentRevision(database.db, "acme"))?.revision).toBe(4);
  });

  it("refuses to let connections vanish that have accounts, unless told to keep them (statement 26)", async () => {
    const user = await database.db
      .selectFrom("users")
      .select("key")
      .where("user_name", "=", "plain")
      .executeTakeFirstOrThrow();
    await planUser(database.db, { organization: "acme", user: user.key });
    await restAccounts(database.db, user.key, {
      wiki: { existence: "known", remoteId: "remote-plain", state: "settled" },
    });
    const without = configurationText.replaceAll("wiki", "docs");
    const refused = await put(without);
    expect([refused.statusCode, refused.json()]).toMatchObject([
      409,
      { code: "orphans", connections: ["wiki"] },
    ]);
    expect((await currentRevision(database.db, "acme"))?.revision).toBe(4);
    expect((await put(without, "?orphans=keep")).json()).toMatchObject({ revision: 5, changed: true });
    const { items } = (await admin(app, "GET", "/connections")).json<{ items: Record<string, unknown>[] }>();
    expect(items.find((one) => one["connection"] === "wiki")).toMatchObject({
      configured: false,
      enabled: false,
      connector: null,
      accounts: { settled: 1 },
    });
  });

  it("revisions are listed newest first", async () => {
    const { items, nextCursor } = (await admin(app, "GET", "/configuration/revisions")).json<{
      items: { revision: number; current: boolean }[];
      nextCursor: null;
    }>();
    expect(items.map(({ revision, current }) => [revision, current])).toEqual([
      [5, true],
      [4, false],
      [3, false],
      [2, false],
      [1, false],
    ]);
    expect(nextCursor).toBeNull();
  });
});
