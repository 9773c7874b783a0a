import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { sweepOnce } from "../../src/feeds/sweep.js";
import { answerHolds } from "../../src/store/guard.js";
import { listHolds } from "../../src/store/holds.js";
import { listConnectionStates } from "../../src/store/connection-states.js";
import { databaseKinds } from "../setup/databases.js";
import { scimConfiguration } from "../support/configuration.js";
import { deletion, userEvent } from "../support/events.js";
import type { ScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import { startScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import type { Settling } from "../support/settling.js";
import { openSettling } from "../support/settling.js";

const day = 86_400_000;
const word = (answer: "released" | "cancelled") => ({
  answer,
  author: "operator",
  reason: "checked with HR",
});

describe.each(databaseKinds)("guard on %s", (kind) => {
  let settling: Settling;
  let target: ScimmyTarget;
  let users: string[];

  const active = async (): Promise<number> =>
    (await target.users()).filter((user) => user["active"] === true).length;
  const holds = () => listHolds(settling.db, "acme", { limit: 100 });
  const leave = async (numbers: readonly number[], at = Date.now()): Promise<void> => {
    for (const number of numbers) await settling.accept(deletion(`u-${String(number)}`, { at }));
    await Promise.all(
      numbers.map(async (number) => {
        const user = users[number] ?? "";
        if ((await settling.plan(user)).lanes.length > 0) await settling.settle(user);
      }),
    );
  };

  beforeAll(async () => {
    target = await startScimmyTarget({ token: "target-token" });
  });
  afterAll(async () => {
    await target.close();
  });
  beforeEach(async () => {
    settling = await openSettling(kind);
    await settling.configure(
      scimConfiguration([
        {
          id: "demo",
          url: target.url,
          extra: "    guard: { free: 3, percent: 10, ceiling: 200, window: PT1H }",
        },
      ]),
    );
    users = [];
    for (let number = 0; number < 12; number += 1) {
      const user = await settling.accept(
        userEvent(`u-${String(number)}`, {
          at: Date.now() - 60_000,
          registers: { userName: `user-${String(number)}` },
        }),
      );
      users.push(user);
      await settling.plan(user);
      await settling.settle(user);
    }
  });
  afterEach(async () => {
    for (const user of await target.users())
      await fetch(`${target.url}/Users/${String(user["id"])}`, {
        method: "DELETE",
        headers: { authorization: "Bearer target-token" },
      });
    await settling.close();
  });

  it("lets no more removals through than the window allows, however many run at once, and latches", async () => {
    await leave([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(await active()).toBe(12 - 3);
    expect(await holds()).toHaveLength(5);
    await settling.pass(2 * 3_600_000);
    await leave([8]);
    expect(await active()).toBe(12 - 3);
    expect((await listConnectionStates(settling.db, "acme"))[0]?.guardLatchedAt).not.toBeNull();
  });

  it("a release lets the removal go on, covers the later delete, and unlatches when it was the last", async () => {
    await leave([0, 1, 2, 3]);
    expect(await holds()).toHaveLength(1);
    const { users: woken } = await settling.db
      .transaction()
      .execute((tx) => answerHolds(tx, "acme", { all: true }, word("released")));
    expect(woken).toHaveLength(1);
    const user = woken[0] ?? "";
    expect((await settling.plan(user)).lanes).toHaveLength(1);
    expect(await settling.settle(user)).toMatchObject({ outcome: "disabled" });
    expect((await listConnectionStates(settling.db, "acme"))[0]?.guardLatchedAt).toBeNull();
    await settling.pass(31 * day);
    const due = await sweepOnce({
      db: settling.db,
      isRunning: () => Promise.resolve(true),
      stalledAfterMs: 120_000,
    });
    expect(due).toBe(4);
    await settling.plan(user);
    expect(await settling.settle(user)).toMatchObject({ outcome: "deleted" });
  });

  it("a cancel leaves the account untouched, also by the next events of its user, until the decision is another", async () => {
    await leave([0, 1, 2, 3]);
    const { users: woken } = await settling.db
      .transaction()
      .execute((tx) => answerHolds(tx, "acme", { connection: "demo" }, word("cancelled")));
    const user = woken[0] ?? "";
    await settling.plan(user);
    expect(await settling.settle(user)).toMatchObject({ state: "parked", code: "removal_cancelled" });
    const name = `u-${String(users.indexOf(user))}`;
    await settling.accept(deletion(name));
    for (const _lane of (await settling.plan(user)).lanes) await settling.settle(user);
    expect(await settling.account(user)).toMatchObject({
      state: "parked",
      code: "removal_cancelled",
      active: true,
    });
    await settling.accept(
      userEvent(name, { registers: { userName: `user-${String(users.indexOf(user))}` } }),
    );
    await settling.plan(user);
    expect(await settling.settle(user)).toMatchObject({ state: "settled" });
    expect(await settling.account(user)).toMatchObject({ code: null });
  });

  it("a hold ends by itself when the user comes back", async () => {
    await leave([0, 1, 2, 3]);
    const [held] = await holds();
    const name = `u-${String(users.indexOf(held?.userKey ?? ""))}`;
    await settling.accept(
      userEvent(name, { registers: { userName: `user-${String(users.indexOf(held?.userKey ?? ""))}` } }),
    );
    await settling.plan(held?.userKey ?? "");
    await settling.settle(held?.userKey ?? "");
    expect(await holds()).toEqual([]);
    expect(await active()).toBe(12 - 3);
  });

  it("disabling at the source counts like a removal", async () => {
    for (const number of [0, 1, 2, 3])
      await settling.accept(
        userEvent(`u-${String(number)}`, {
          registers: { userName: `user-${String(number)}`, active: false },
          enrols: false,
        }),
      );
    for (const number of [0, 1, 2, 3]) {
      await settling.plan(users[number] ?? "");
      await settling.settle(users[number] ?? "");
    }
    expect(await active()).toBe(12 - 3);
    expect(await holds()).toEqual([expect.objectContaining({ cause: "disabled" })]);
  });

  it("staged offboarding: disabled now, deleted after the grace, and a rehire voids it", async () => {
    await leave([0, 1]);
    expect(await settling.account(users[0] ?? "")).toMatchObject({ state: "settled", active: false });
    expect((await settling.account(users[0] ?? "")).dueAt).toBeGreaterThan(Date.now() + 29 * day);
    await settling.accept(userEvent("u-1", { registers: { userName: "user-1" } }));
    await settling.plan(users[1] ?? "");
    expect(await settling.settle(users[1] ?? "")).toMatchObject({ outcome: "enabled" });
    expect(await settling.account(users[1] ?? "")).toMatchObject({ dueAt: null, active: true });
    await settling.pass(31 * day);
    const sweep = () =>
      sweepOnce({ db: settling.db, isRunning: () => Promise.resolve(true), stalledAfterMs: 120_000 });
    expect(await sweep()).toBe(1);
    await settling.plan(users[0] ?? "");
    expect(await settling.settle(users[0] ?? "")).toMatchObject({ outcome: "deleted", state: "removed" });
    expect(await sweep()).toBe(0);
  });
});
