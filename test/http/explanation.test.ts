import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { planUser } from "../../src/activities/plan-user.js";
import type { Explanation } from "../../src/http/explanation-view.js";
import type { PendingLane } from "../../src/http/dependencies.js";
import { databaseKinds, openTestDatabase } from "../setup/databases.js";
import type { TestDatabase } from "../setup/databases.js";
import { journal, restAccounts } from "./account-support.js";
import { admin, base, created, event, post, storeConfiguration, testApp } from "./support.js";

describe.each(databaseKinds)("an explanation on %s", (kind) => {
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

  it("says of a user in scope: selected by which list, through which group, what was sent, what came back, what comes next", async () => {
    const user = await send(
      created("in-scope", {
        title: "Dr",
        emails: [{ value: "ada@acme.example" }],
        groups: ["g-engineering"],
      }),
    );
    await plan(user);
    await restAccounts(database.db, user, {
      chat: { state: "failing", code: "target_error", failed: true, attempts: 2 },
    });
    await journal(database.db, user, "chat", {
      outcome: "created",
      sent: { userName: "i•••", title: "D•••" },
    });
    await journal(database.db, user, "chat", {
      code: "target_error",
      class: "transient",
      status: 503,
      attempt: 2,
    });
    lanes = () =>
      Promise.resolve([
        {
          connection: "chat",
          attempt: 3,
          nextTryAt: "2026-11-24T09:00:00.000Z",
          code: "target_error",
          waiting: "retry",
        },
      ]);
    const explanation = await explain("hr:in-scope");
    expect(explanation).toMatchObject({
      user,
      source: "hr",
      externalId: "in-scope",
      exists: true,
      revision: 1,
      temporal: "up",
      waiting: false,
    });
    const enrolment = { feed: "hr", application: null, kind: "organization" };
    const chat = at(explanation, "chat");
    expect(chat).toMatchObject({
      configured: true,
      enabled: true,
      connector: "scim2",
      state: { name: "active", reason: null },
      decision: { verb: "ensure", active: true, missing: [] },
      reasons: [
        {
          code: "selected",
          list: "organization",
          enrolment,
          text: expect.stringContaining("the organization's provisioner list"),
        },
        {
          code: "in_filter_group",
          groups: ["hr:g-engineering"],
          text: "in scope: member of hr:g-engineering",
        },
      ],
      account: { state: "failing", code: "target_error", class: "transient", attempts: 2, existence: "none" },
      lastSent: { attributes: { userName: "i•••", title: "D•••" } },
      lastAttempt: {
        verb: "ensure",
        outcome: null,
        code: "target_error",
        class: "transient",
        status: 503,
        attempt: 2,
      },
      nextTry: { at: "2026-11-24T09:00:00.000Z", attempt: 3, code: "target_error", waiting: "retry" },
      hold: null,
    });
    expect(chat.attributes).toEqual([
      { target: "emails", origin: "source", source: "emails", enrolments: [enrolment] },
      { target: "title", origin: "source", source: "title", enrolments: [enrolment] },
      { target: "userName", origin: "source", source: "userName", enrolments: [enrolment] },
      { target: "userType", origin: "value", source: null, enrolments: [] },
    ]);
    expect(at(explanation, "wiki")).toMatchObject({ nextTry: null, lastSent: null, lastAttempt: null });
    lanes = () => Promise.resolve([]);
  });

  it("names the enrolment behind each attribute when several allow different ones (statement 31)", async () => {
    const portal = { url: `${base}/feeds/portal/events`, token: "portal-feed-token" };
    const user = await send(
      created("two-ways", { title: "Dr", name: { givenName: "Ada", familyName: "Lovelace" } }),
      portal,
    );
    const first = at(await explain(user), "wiki");
    const token = { feed: "portal", application: "hr-portal", kind: "token" };
    expect(codes(first.reasons)).toEqual(["selected", "no_filter", "attributes_withheld"]);
    expect(first.reasons[2]).toMatchObject({ attributes: ["name.familyName", "title"] });
    expect(first.attributes).toEqual([
      { target: "name.givenName", origin: "source", source: "name.givenName", enrolments: [token] },
      { target: "userName", origin: "source", source: "userName", enrolments: [token] },
    ]);
    expect(first.decision).toMatchObject({ blocking: true, optional: false });
    await send(created("two-ways"));
    const organization = { feed: "hr", application: null, kind: "organization" };
    const second = at(await explain(user), "wiki");
    expect(second.attributes.map(({ target, enrolments }) => [target, enrolments])).toEqual([
      ["name.familyName", [organization]],
      ["name.givenName", [organization, token]],
      ["title", [organization]],
      ["userName", [organization, token]],
    ]);
  });

  it("says why a user is not provisioned: not on the application's list", async () => {
    const portal = { url: `${base}/feeds/portal/events`, token: "portal-feed-token" };
    const chat = at(await explain(await send(created("portal-only"), portal)), "chat");
    expect(chat).toMatchObject({ decision: { verb: "none" }, account: null, attributes: [] });
    expect(chat.reasons).toMatchObject([
      { code: "not_on_list", list: "hr-portal", text: expect.stringContaining("application hr-portal") },
      { code: "not_in_filter_group" },
    ]);
  });

  it("says why a user is not provisioned: created at a login, through an entry that does not take such users", async () => {
    const user = await send(
      event("user.created", {
        trigger: "jit",
        application: "intranet",
        user: { id: "login", userName: "login" },
      }),
    );
    const wiki = at(await explain(user), "wiki");
    expect(wiki.decision).toMatchObject({ verb: "none" });
    expect(wiki.reasons[0]).toMatchObject({
      code: "jit_entry_off",
      enrolment: { kind: "jit", application: "intranet" },
    });
  });

  it("says that a user is out of scope, and that nothing is removed that was never there (statement 14)", async () => {
    const chat = at(await explain(await send(created("outsider"))), "chat");
    expect(chat.decision).toMatchObject({ verb: "none" });
    expect(codes(chat.reasons)).toEqual(["selected", "not_in_filter_group"]);
  });
});
