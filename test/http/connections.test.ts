import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { databaseKinds } from "../setup/databases.js";
import type { Page, Stage } from "./stage.js";
import { openStage } from "./stage.js";
import { admin } from "./support.js";

describe.each(databaseKinds)("connections on %s", (kind) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage(kind, {
      testConnection: (_organization, connection) =>
        Promise.resolve(
          connection === "chat" ? { ok: false, code: "credentials_refused" } : { ok: true, code: null },
        ),
    });
  });
  afterAll(() => stage.close());

  it("are listed with state, guard and accounts by state", async () => {
    const { items, nextCursor } = await stage.ask<Page<Record<string, unknown>>>("GET", "/connections");
    expect([items.map((one) => one["connection"]), nextCursor]).toEqual([["chat", "wiki"], null]);
    expect(items[0]).toEqual({
      connection: "chat",
      connector: "scim2",
      configured: true,
      enabled: true,
      state: "active",
      code: null,
      reason: null,
      author: null,
      changedAt: expect.any(String),
      guard: { latched: false, latchedAt: null, openHolds: 0 },
      accounts: { pending: 0, settled: 0, failing: 0, held: 0, parked: 0, removed: 0 },
    });
    const { total } = await stage.database.db
      .selectFrom("accounts")
      .select((expression) => expression.fn.countAll<number>().as("total"))
      .executeTakeFirstOrThrow();
    const counts = items.flatMap((one) => Object.values(one["accounts"] as Record<string, number>));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(total);
  });

  it("are paused and resumed with a reason; doing it twice changes nothing", async () => {
    const pause = () => stage.ask("POST", "/connections/chat/pause", { reason: "maintenance" }, 200);
    expect(await pause()).toEqual({ connection: "chat", state: "paused", changed: true });
    expect(await pause()).toEqual({ connection: "chat", state: "paused", changed: false });
    const { items } = await stage.ask<Page<Record<string, unknown>>>("GET", "/connections");
    expect(items[0]).toMatchObject({ state: "paused", reason: "maintenance", author: "admin" });
    expect(await stage.ask("POST", "/connections/chat/resume", { reason: "done" }, 200)).toEqual({
      connection: "chat",
      state: "active",
      changed: true,
    });
  });

  it("are tried, and the answer says what came of it", async () => {
    expect(await stage.ask("POST", "/connections/chat/test", undefined, 200)).toEqual({
      connection: "chat",
      ok: false,
      code: "credentials_refused",
    });
    expect(await stage.ask("POST", "/connections/wiki/test", undefined, 200)).toEqual({
      connection: "wiki",
      ok: true,
      code: null,
    });
  });

  it.each(["pause", "resume", "test"])("an unknown one cannot be told to %s", async (verb) => {
    const response = await admin(stage.app, "POST", `/connections/nowhere/${verb}`, { reason: "x" });
    expect([response.statusCode, response.json()]).toMatchObject([404, { code: "unknown_connection" }]);
  });
});
