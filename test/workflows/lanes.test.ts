import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { WorkflowFailedError } from "@temporalio/client";
import { readAccounts } from "../../src/store/accounts.js";
import { readJournal } from "../../src/store/attempts.js";
import { sweepOnce } from "../../src/feeds/sweep.js";
import { shiftDatabaseClock } from "../../src/store/time.js";
import { userWorkflowId } from "../../src/workflows/contract.js";
import { scimConfiguration } from "../support/configuration.js";
import { deletion, userEvent } from "../support/events.js";
import type { FaultProxy } from "../support/fault-proxy.js";
import { startFaultProxy } from "../support/fault-proxy.js";
import type { ScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import { startScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import type { TestSystem } from "../support/system.js";
import { organization, startSystem } from "../support/system.js";
import { until } from "../support/until.js";

const down = { kind: "answer", status: 503, headers: {} } as const;
const downFor = (tries: number) => Array.from({ length: tries }, () => down);

describe("lanes of provisionUser", () => {
  let system: TestSystem;
  let up: ScimmyTarget;
  let flaky: ScimmyTarget;
  let proxy: FaultProxy;
  let number = 0;
  let id = "";

  const join = async (registers = {}): Promise<string> => {
    const [key = ""] = await system.accept(userEvent(id, { registers: { userName: id, ...registers } }));
    return key;
  };
  const account = async (key: string, connection: string) =>
    (await readAccounts(system.db, key)).get(connection);
  const reaches = (key: string, connection: string, state: string) =>
    until(async () => (await account(key, connection))?.state === state, 40_000, `${connection} ${state}`);
  const remote = async (target: ScimmyTarget) =>
    (await target.users()).filter((user) => user["userName"] === id);
  const handle = (key: string) => system.client.workflow.getHandle(userWorkflowId(organization, key));
  const openAccounts = async (): Promise<number> => {
    const rows = await system.db
      .selectFrom("accounts")
      .select("id")
      .where("state", "in", ["pending", "failing"])
      .execute();
    return rows.length;
  };
  /** The result of the run, once the dispatcher has started it. */
  const ended = async (key: string): Promise<unknown> => {
    await until(async () => (await account(key, "flaky")) !== undefined);
    return handle(key).result();
  };

  beforeAll(async () => {
    up = await startScimmyTarget({ token: "target-token" });
    flaky = await startScimmyTarget({ token: "target-token" });
    system = await startSystem();
  });
  afterAll(async () => {
    await system.stop();
    await up.close();
    await flaky.close();
  });
  beforeEach(async () => {
    proxy = await startFaultProxy(flaky.url);
    await system.configure(
      scimConfiguration([
        { id: "up", url: up.url },
        { id: "flaky", url: proxy.url },
      ]),
    );
    number += 1;
    id = `user-${String(number)}`;
  });
  afterEach(async () => {
    // A lane that is still at work would take the faults that the next test has ordered.
    await until(async () => (await openAccounts()) === 0, 30_000, "all lanes at rest");
    await proxy.close();
  });

  it("one connection down: the other is served at once, the first gets the newest state, once, and the journal shows the attempts", async () => {
    proxy.next("read", ...downFor(3));
    const key = await join({ title: "Engineer" });
    await reaches(key, "up", "settled");
    await reaches(key, "flaky", "failing");
    await system.accept(userEvent(id, { registers: { userName: id, title: "Director" } }));
    await reaches(key, "flaky", "settled");
    expect(await remote(flaky)).toEqual([expect.objectContaining({ title: "Director" })]);
    expect(proxy.requests().filter((request) => request.method !== "GET")).toHaveLength(1);
    const journal = await readJournal(system.db, (await account(key, "flaky"))?.id ?? "", 10);
    expect(journal.map((line) => line.code ?? line.outcome).reverse()).toEqual([
      "target_error",
      "target_error",
      "target_error",
      "created",
    ]);
    expect(await ended(key)).toMatchObject({ state: "settled" });
  });

  it("a change that lowers access cuts the back-off instead of waiting for it", async () => {
    const key = await join();
    await reaches(key, "flaky", "settled");
    await ended(key);
    proxy.next("write", { kind: "answer", status: 429, headers: { "retry-after": "3600" } });
    await system.accept(userEvent(id, { registers: { userName: id, title: "Engineer" } }));
    await reaches(key, "flaky", "failing");
    await system.accept(deletion(id));
    await until(
      async () => (await remote(flaky))[0]?.["active"] === false,
      10_000,
      "the account disabled within the back-off",
    );
    expect(await ended(key)).toMatchObject({ state: "settled" });
  });

  it("a change that keeps access leaves the back-off alone", async () => {
    proxy.next("read", { kind: "answer", status: 429, headers: { "retry-after": "5" } });
    const key = await join();
    await reaches(key, "flaky", "failing");
    await system.accept(userEvent(id, { registers: { userName: id, title: "Engineer" } }));
    await reaches(key, "flaky", "settled");
    const lines = await readJournal(system.db, (await account(key, "flaky"))?.id ?? "", 10);
    const [second, first] = lines;
    expect((second?.at.getTime() ?? 0) - (first?.at.getTime() ?? 0)).toBeGreaterThan(4_000);
  });

  it("a request that is refused for good parks its account, and the run ends saying so", async () => {
    proxy.next("write", { kind: "answer", status: 400, headers: {} });
    const key = await join();
    expect(await ended(key)).toMatchObject({ state: "parked" });
    expect(await account(key, "flaky")).toMatchObject({ state: "parked", code: "rejected" });
    expect(await account(key, "up")).toMatchObject({ state: "settled" });
    const described = await handle(key).describe();
    const shown = Object.fromEntries(
      described.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
    );
    expect(shown).toMatchObject({
      OutboundState: "parked",
      OutboundFailing: ["flaky"],
      OutboundOrganization: "acme",
    });
  });

  it("cancel from outside: lanes end, open accounts are parked as cancelled, nothing is undone; the next change goes on", async () => {
    proxy.next("read", ...downFor(20));
    const key = await join();
    await reaches(key, "up", "settled");
    await reaches(key, "flaky", "failing");
    await handle(key).cancel();
    await expect(handle(key).result()).rejects.toBeInstanceOf(WorkflowFailedError);
    expect(await account(key, "flaky")).toMatchObject({ state: "parked", code: "cancelled" });
    expect(await remote(up)).toHaveLength(1);
    await proxy.close();
    proxy = await startFaultProxy(flaky.url);
    await system.configure(
      scimConfiguration([
        { id: "up", url: up.url },
        { id: "flaky", url: proxy.url },
      ]),
    );
    await system.accept(userEvent(id, { registers: { userName: id, title: "Engineer" } }));
    await reaches(key, "flaky", "settled");
  });

  it("terminate from outside: the sweep finds the open episode and starts the user again", async () => {
    proxy.next("read", ...downFor(1), { kind: "answer", status: 429, headers: { "retry-after": "3600" } });
    const key = await join();
    await until(async () => (await account(key, "flaky"))?.code === "throttled");
    await handle(key).terminate("test");
    await shiftDatabaseClock(system.db, 300_000);
    const woken = await sweepOnce({
      db: system.db,
      isRunning: (org, user) => system.runs.isRunning(org, user),
      stalledAfterMs: 120_000,
    });
    expect(woken).toBe(1);
    system.dispatcher.wake();
    await reaches(key, "flaky", "settled");
  });

  it("reset from outside: the run goes over the same ground and no account is made twice", async () => {
    const key = await join();
    await ended(key);
    const { runId } = await handle(key).describe();
    await system.client.connection.workflowService.resetWorkflowExecution({
      namespace: system.client.options.namespace,
      workflowExecution: { workflowId: userWorkflowId(organization, key), runId },
      reason: "test",
      requestId: `reset-${id}`,
      workflowTaskFinishEventId: 4 as never,
    });
    expect(await ended(key)).toMatchObject({ state: "settled" });
    expect(await remote(up)).toHaveLength(1);
    expect(await remote(flaky)).toHaveLength(1);
  });

  it("signals are thin, and five quick changes end in the last state with no account twice", async () => {
    const key = await join();
    for (const title of ["a", "b", "c", "d", "e"])
      await system.accept(userEvent(id, { registers: { userName: id, title } }));
    await until(
      async () => (await remote(flaky))[0]?.["title"] === "e" && (await remote(up))[0]?.["title"] === "e",
    );
    expect(await ended(key)).toMatchObject({ state: "settled" });
    expect(await remote(up)).toHaveLength(1);
  });

  it("a history that grows long is continued as new: lanes are awaited, the run goes on and ends", async () => {
    proxy.next("read", ...downFor(1), { kind: "answer", status: 429, headers: { "retry-after": "3600" } });
    const key = await join();
    await until(async () => (await account(key, "flaky"))?.code === "throttled");
    const { runId } = await handle(key).describe();
    for (let version = 2; version < 60; version += 1) {
      // The new run may be quick enough to have ended.
      await handle(key)
        .signal("changed", { version })
        .catch(() => undefined);
      const described = await handle(key).describe();
      if (described.runId !== runId) break;
    }
    await until(async () => (await handle(key).describe()).runId !== runId, 20_000, "a new run");
    await reaches(key, "flaky", "settled");
    expect(await ended(key)).toMatchObject({ state: "settled" });
    expect(await remote(flaky)).toHaveLength(1);
  });
});
