import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { planUser } from "../../src/activities/plan-user.js";
import type { Explanation } from "../../src/http/explanation-view.js";
import type { PendingLane } from "../../src/http/dependencies.js";
import { setConnectionState } from "../../src/store/connection-states.js";
import { databaseKinds, openTestDatabase } from "../setup/databases.js";
import type { TestDatabase } from "../setup/databases.js";
import { hold, restAccounts } from "./account-support.js";
import { admin, configurationText, created, event, post, storeConfiguration, testApp } from "./support.js";

describe.each(databaseKinds)("an explanation of what stands in the way on %s", (kind) => {
  let database: TestDatabase;
  let app: FastifyInstance;
  let lanes: () => Promise<readonly PendingLane[]> = () => Promise.resolve([]);

  beforeAll(async () => {
    database = await openTestDatabase(kind);
    await storeConfiguration(database.db);
    app = await testApp(database.db, { inspectRun: () => lanes() });
    // Seen, with nobody in it that the tests below do not put there.
    await post(app, event("group.created", { group: { id: "g-engineering", displayName: "Engineering" } }));
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });

  /** Sends an event and gives the user's key. */
  const send = async (body: unknown, options: Parameters<typeof post>[2] = {}): Promise<string> => {
    const response = await post(app, body, options);
    return response.json<{ results: { user: string }[] }>().results[0]?.user ?? response.body;
  };
  const plan = (user: string) => planUser(database.db, { organization: "acme", user });
  const explain = async (user: string): Promise<Explanation> => {
    const response = await admin(app, "GET", `/users/${encodeURIComponent(user)}/explanation`);
    expect(response.statusCode).toBe(200);
    return response.json<Explanation>();
  };
  const at = (explanation: Explanation, connection: string) => {
    const found = explanation.connections.find((one) => one.connection === connection);
    if (found === undefined) throw new Error(`no ${connection}`);
    return found;
  };
  const codes = (reasons: readonly { readonly code: string }[]) => reasons.map((reason) => reason.code);

  it("says that no account is made for a disabled user", async () => {
    const wiki = at(await explain(await send(created("disabled", { active: false }))), "wiki");
    expect(codes(wiki.reasons)).toEqual(["selected", "no_filter", "user_disabled", "disabled_not_created"]);
  });

  it("shows a default as the administrator's own word", async () => {
    const chat = at(await explain(await send(created("untitled", { groups: ["g-engineering"] }))), "chat");
    expect(chat.attributes).toContainEqual({
      target: "title",
      origin: "default",
      source: null,
      enrolments: [],
    });
  });

  it("shows a removal that waits for a person, with its cause and its hold", async () => {
    const user = await send(created("leaver"));
    await plan(user);
    await restAccounts(database.db, user, {
      wiki: { existence: "known", remoteId: "remote-leaver", state: "settled", active: true },
    });
    await send(event("user.deleted", { user: { id: "leaver" } }, { time: "2026-11-24T09:00:00Z" }));
    await plan(user);
    const id = await hold(database.db, user, "wiki");
    await restAccounts(database.db, user, { wiki: { state: "held" } });
    const explanation = await explain(user);
    expect(explanation).toMatchObject({ exists: false, enrolments: [] });
    expect(at(explanation, "wiki")).toMatchObject({
      decision: { verb: "remove", cause: "deleted" },
      reasons: [
        { code: "user_gone" },
        { cause: "deleted", text: expect.stringContaining("the user was deleted at the source") },
      ],
      account: { state: "held", remoteId: "remote-leaver", existence: "known" },
      hold: { id, cause: "deleted" },
    });
  });

  it("shows why a connection does not work at the moment", async () => {
    const user = await send(created("quarantined"));
    const change = {
      state: "quarantined",
      code: "credentials_refused",
      reason: "the target refused",
      author: "outbound",
    } as const;
    await setConnectionState(database.db, "acme", "wiki", change);
    expect(at(await explain(user), "wiki").state).toMatchObject({
      name: "quarantined",
      code: "credentials_refused",
      reason: "the target refused",
      author: "outbound",
    });
    await setConnectionState(database.db, "acme", "wiki", {
      state: "active",
      reason: "mended",
      author: "test",
    });
  });

  it("says that Temporal does not answer, and everything else all the same", async () => {
    const user = await send(created("no-temporal"));
    lanes = () => Promise.reject(new Error("unavailable"));
    const explanation = await explain(user);
    expect(explanation).toMatchObject({ temporal: "down", waiting: true });
    expect(at(explanation, "wiki")).toMatchObject({ nextTry: null, decision: { verb: "ensure" } });
    lanes = () => Promise.resolve([]);
  });

  it("keeps showing an account at a connection that the configuration has no more", async () => {
    const user = await send(created("orphan"));
    await plan(user);
    const text = configurationText.replaceAll("wiki", "docs");
    await storeConfiguration(database.db, text);
    expect(at(await explain(user), "wiki")).toMatchObject({
      configured: false,
      enabled: false,
      connector: null,
      decision: null,
      reasons: [],
      account: { state: "pending" },
    });
    await storeConfiguration(database.db);
  });

  it("is not to be had for users and organizations that are not there", async () => {
    for (const user of ["hr:nobody", "nobody", "0197a3c0-0000-7000-8000-000000000000"]) {
      const response = await admin(app, "GET", `/users/${user}/explanation`);
      expect([response.statusCode, response.json()]).toMatchObject([404, { code: "unknown_user" }]);
    }
  });
});
