import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
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
});
