import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import type { DirectoryEvent } from "../../src/domain/directory-event.js";
import { makeStamp } from "../../src/domain/stamp.js";
import type { Dispatcher } from "../../src/feeds/dispatcher.js";
import { startDispatcher } from "../../src/feeds/dispatcher.js";
import { acceptEvents } from "../../src/store/directory.js";
import type { OutboxRow } from "../../src/store/outbox.js";
import { acknowledgeOutbox } from "../../src/store/outbox.js";
import { shiftDatabaseClock } from "../../src/store/time.js";
import type { TestDatabase } from "../setup/databases.js";
import { databaseKinds, openTestDatabase } from "../setup/databases.js";
import { userEvent } from "../support/events.js";
import { until } from "../support/until.js";

const groupEvent = (
  group: string,
  add: readonly string[],
  remove: readonly string[] = [],
): DirectoryEvent => {
  const at = Date.now();
  const id = randomUUID();
  const { stamp, clamped } = makeStamp({ occurredAt: at, receivedAt: at, sequence: 0, eventId: id });
  const memberships = [
    ...add.map((externalId) => ({ externalId, member: true })),
    ...remove.map((externalId) => ({ externalId, member: false })),
  ];
  const change = { kind: "write", stamp, replacesMembers: false } as const;
  const subject = { kind: "group", externalId: group, change, memberships } as const;
  return {
    id,
    feed: "hr",
    source: "hr",
    type: "group.members",
    hash: id,
    stamp,
    clamped,
    occurredAt: at,
    receivedAt: at,
    subject,
  };
};

describe.each(databaseKinds)("dispatcher on %s", (kind) => {
  let database: TestDatabase;
  let signalled: OutboxRow[];
  let running: Dispatcher[];
  let refuse: boolean;

  const start = (pollMs = 50): Dispatcher => {
    const dispatcher = startDispatcher({
      db: database.db,
      signalUser: (row) => {
        if (refuse) return Promise.reject(new Error("Temporal is down"));
        signalled.push(row);
        return Promise.resolve();
      },
      onError: () => undefined,
      pollMs,
    });
    running.push(dispatcher);
    return dispatcher;
  };
  const accept = async (...events: readonly DirectoryEvent[]): Promise<string> => {
    const [result] = await acceptEvents(database.db, "acme", "hr", events);
    return result?.status === "accepted" ? result.key : "";
  };
  const waiting = () => database.db.selectFrom("outbox").select(["kind", "key", "version"]).execute();

  beforeEach(async () => {
    database = await openTestDatabase(kind);
    signalled = [];
    running = [];
    refuse = false;
  });
  afterEach(async () => {
    await Promise.all(running.map((dispatcher) => dispatcher.stop()));
    await database.close();
  });

  it("a commit in the same process is delivered at once", async () => {
    const dispatcher = start(60_000);
    await until(() => dispatcher.delivering === null);
    const user = await accept(userEvent("u-1"));
    dispatcher.wake();
    await until(() => signalled.length === 1, 1_000);
    expect(signalled[0]).toMatchObject({ kind: "user", key: user, version: 1, organization: "acme" });
  });

  it("a commit elsewhere is seen within a second, with the interval of production", async () => {
    start(500);
    await accept(userEvent("u-1"));
    await until(() => signalled.length === 1, 1_000);
  });

  it("what nobody acknowledges is signalled again after a minute, then after two; what is acknowledged is not", async () => {
    start();
    const user = await accept(userEvent("u-1"));
    await until(() => signalled.length === 1);
    await shiftDatabaseClock(database.db, 61_000);
    await until(() => signalled.length === 2);
    await shiftDatabaseClock(database.db, 61_000);
    await shiftDatabaseClock(database.db, 61_000);
    await until(() => signalled.length === 3);
    await acknowledgeOutbox(database.db, "user", user, 1);
    await shiftDatabaseClock(database.db, 7_200_000);
    expect(await waiting()).toEqual([]);
  });

  it("an acknowledgement of an older version leaves a newer change waiting", async () => {
    const user = await accept(userEvent("u-1"));
    await accept(userEvent("u-1", { registers: { userName: "u-1", title: "Engineer" } }));
    await acknowledgeOutbox(database.db, "user", user, 1);
    expect(await waiting()).toEqual([{ kind: "user", key: user, version: 2 }]);
  });

  it("Temporal down: the outbox waits, and is delivered when it is back", async () => {
    refuse = true;
    const dispatcher = start();
    await accept(userEvent("u-1"));
    await until(() => dispatcher.delivering === false);
    expect(await waiting()).toHaveLength(1);
    refuse = false;
    await shiftDatabaseClock(database.db, 3_000);
    await until(() => signalled.length === 1);
    expect(dispatcher.delivering).toBe(true);
  });

  it("several dispatchers share the work: every row is signalled once", async () => {
    const users = Array.from({ length: 60 }, (_, at) => `u-${String(at)}`);
    await acceptEvents(
      database.db,
      "acme",
      "hr",
      users.map((user) => userEvent(user)),
    );
    start();
    start();
    start();
    await until(() => signalled.length >= 60);
    expect(new Set(signalled.map((row) => row.key)).size).toBe(60);
    expect(signalled).toHaveLength(60);
  });

  it("leavers go first", async () => {
    await acceptEvents(database.db, "acme", "hr", [
      userEvent("u-1"),
      userEvent("u-2", { registers: { userName: "u-2", active: false } }),
    ]);
    start();
    await until(() => signalled.length === 2);
    expect(signalled.map((row) => row.priority)).toEqual([1, 3]);
  });

  it("statement 16: a group's change wakes exactly the users whose membership moved, page by page", async () => {
    const members = Array.from({ length: 450 }, (_, at) => `u-${String(at)}`);
    const joined = members.slice(0, 430);
    await accept(groupEvent("g-1", joined));
    start();
    await until(() => signalled.length === 430);
    signalled.length = 0;
    await accept(groupEvent("g-1", [...members.slice(425), ...members.slice(0, 5)], members.slice(10, 12)));
    await until(async () => (await waiting()).every((row) => row.kind === "user") && signalled.length >= 22);
    const fresh = await database.db.selectFrom("users").select(["key", "external_id"]).execute();
    const names = new Map(fresh.map((row) => [row.key, row.external_id ?? ""]));
    expect(signalled.map((row) => names.get(row.key)).sort()).toEqual(
      [...members.slice(430), ...members.slice(10, 12)].sort(),
    );
  });
});
