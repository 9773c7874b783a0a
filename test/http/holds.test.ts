import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { holdFailure } from "../../src/store/partial-failure.js";
import { databaseKinds } from "../setup/databases.js";
import type { Page, Stage } from "./stage.js";
import { openStage } from "./stage.js";
import { hold } from "./account-support.js";
import { adminToken, base } from "./support.js";

describe.each(databaseKinds)("holds on %s", (kind) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage(kind);
  });
  afterAll(() => stage.close());

  const holdOf = (id: string) =>
    stage.database.db.selectFrom("holds").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  it("are listed oldest first, with reasons as sentences", async () => {
    const users = [await stage.joiner("held-1"), await stage.joiner("held-2"), await stage.joiner("held-3")];
    const ids = [];
    for (const user of users) ids.push(await hold(stage.database.db, user, "wiki"));
    const first = await stage.ask<Page<Record<string, unknown>>>("GET", "/holds?connection=wiki&limit=2");
    expect(first.items.map((one) => one["id"])).toEqual(ids.slice(0, 2));
    expect(first.items[0]).toMatchObject({
      user: users[0],
      connection: "wiki",
      cause: "deleted",
      reasons: [{ code: "user_gone", text: expect.stringContaining("does not exist") }],
    });
    const second = await stage.ask<Page<Record<string, unknown>>>(
      "GET",
      `/holds?limit=2&cursor=${first.nextCursor ?? ""}`,
    );
    expect([second.items.map((one) => one["id"]), second.nextCursor]).toEqual([ids.slice(2), null]);
    expect(await stage.ask("GET", "/holds?connection=chat")).toEqual({ items: [], nextCursor: null });
  });

  it("releasing one keeps word, author and reason, marks the account, wakes the user, and leaves the guard latched", async () => {
    const { items } = await stage.ask<Page<{ id: string; user: string }>>("GET", "/holds");
    const [one] = items;
    stage.onCommitted.mockClear();
    const response = await stage.app.inject({
      method: "POST",
      url: `${base}/holds/release`,
      headers: { authorization: `Bearer ${adminToken}`, "x-outbound-author": "grace@acme.example" },
      payload: { reason: "they left", ids: [one?.id] },
    });
    expect([response.statusCode, response.json()]).toEqual([202, { holds: 1, users: 1 }]);
    expect(await holdOf(one?.id ?? "")).toMatchObject({
      state: "released",
      author: "grace@acme.example",
      reason: "they left",
    });
    expect((await stage.accountAt(one?.user ?? "")).marked).toBe(true);
    expect((await stage.waiting(one?.user ?? ""))?.priority).toBe(2);
    expect(stage.onCommitted).toHaveBeenCalledTimes(1);
    const { items: connections } = await stage.ask<Page<Record<string, unknown>>>("GET", "/connections");
    expect(connections.find((connection) => connection["connection"] === "wiki")).toMatchObject({
      guard: { latched: true, openHolds: 2 },
    });
  });

  it("answering all of them unlatches the guard; answered ones are not answered twice", async () => {
    expect(await stage.ask("POST", "/holds/cancel", { reason: "wrong list", connection: "chat" })).toEqual({
      holds: 0,
      users: 0,
    });
    expect(await stage.ask("POST", "/holds/cancel", { reason: "wrong list", all: true })).toEqual({
      holds: 2,
      users: 2,
    });
    expect(await stage.ask("POST", "/holds/release", { reason: "again", all: true })).toEqual({
      holds: 0,
      users: 0,
    });
    const { items } = await stage.ask<Page<Record<string, unknown>>>("GET", "/connections");
    expect(items.find((one) => one["connection"] === "wiki")).toMatchObject({
      guard: { latched: false, latchedAt: null, openHolds: 0 },
    });
  });

  describe("named by id", () => {
    const answer = async (verb: string, ids: readonly string[]) => {
      const response = await stage.app.inject({
        method: "POST",
        url: `${base}/holds/${verb}`,
        headers: { authorization: `Bearer ${adminToken}` },
        payload: { reason: "told so", ids },
      });
      return [response.statusCode, response.json<{ code?: string }>().code ?? null];
    };
    const failureHold = async (user: string): Promise<string> => {
      const account = await stage.accountAt(user);
      await holdFailure(stage.database.db, {
        account,
        wish: "w",
        reasons: [{ code: "no_filter" }],
        compensation: { accounts: "delete", withinMs: 1, revertUpdates: false },
      });
      const { items } = await stage.ask<Page<{ id: string; kind: string; user: string }>>("GET", "/holds");
      return items.find((one) => one.kind === "partial_failure" && one.user === user)?.id ?? "";
    };

    it("a late answer, one of the other kind and one to no hold are refused with a code, and answer none", async () => {
      const open = await failureHold(await stage.joiner("failed-1"));
      expect(await answer("release", [open])).toEqual([409, "hold_kind_mismatch"]);
      const unknown = "0193c2f0-0000-7000-8000-000000000001";
      expect(await answer("skip", [open, unknown])).toEqual([404, "unknown_hold"]);
      expect((await holdOf(open)).state).toBe("open");
      expect(await answer("skip", [open])).toEqual([202, null]);
      expect(await answer("retry", [open])).toEqual([409, "hold_answered"]);
    });

    it("retry marks the failed account, wakes the user, and touches no held removal", async () => {
      const user = await stage.joiner("failed-2");
      const removal = await hold(stage.database.db, await stage.joiner("held-4"), "wiki");
      const id = await failureHold(user);
      expect(await stage.ask("POST", "/holds/retry", { reason: "mended", all: true })).toEqual({
        holds: 1,
        users: 1,
      });
      expect([(await holdOf(id)).state, (await holdOf(removal)).state]).toEqual(["retried", "open"]);
      expect((await stage.accountAt(user)).marked).toBe(true);
      expect((await stage.waiting(user))?.priority).toBe(2);
    });
  });
});
