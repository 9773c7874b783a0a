import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { cancelUser } from "../../src/activities/cancel-user.js";
import { decideConnection } from "../../src/domain/decide.js";
import { answerAndWake } from "../../src/store/answer-holds.js";
import type { Word } from "../../src/store/answer-holds.js";
import { writeClaim } from "../../src/store/attempts.js";
import { currentRevision } from "../../src/store/configurations.js";
import { readFacts, readUser } from "../../src/store/facts.js";
import { listHolds } from "../../src/store/holds.js";
import { resendAccounts } from "../../src/store/resend.js";
import { databaseKinds } from "../setup/databases.js";
import { scimConfiguration } from "../support/configuration.js";
import { deletion, userEvent } from "../support/events.js";
import type { Fault, FaultProxy } from "../support/fault-proxy.js";
import { startFaultProxy } from "../support/fault-proxy.js";
import type { ScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import { startScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import type { Settling } from "../support/settling.js";
import { openSettling } from "../support/settling.js";
import { until } from "../support/until.js";
import { failure } from "./stage.js";

const refused: Fault = { kind: "answer", status: 400, headers: {} };
const unavailable: Fault = { kind: "answer", status: 503, headers: {} };
const lost: Fault = { kind: "drop-after" };
const authorization = "Bearer target-token";
const hour = 3_600_000;

describe.each(databaseKinds)("partial failure on %s", (kind) => {
  let settling: Settling;
  let first: ScimmyTarget;
  let second: ScimmyTarget;
  let proxies: { first: FaultProxy; second: FaultProxy };

  const configure = (policy: string, compensation = "", extra = ""): Promise<void> => {
    const entries = [
      { id: "first", url: proxies.first.url, extra },
      { id: "second", url: proxies.second.url },
    ];
    const text = scimConfiguration(entries).replace(
      "onPartialFailure: continue",
      `onPartialFailure: ${policy}\n  compensation: { ${compensation} }`,
    );
    return settling.configure(text);
  };
  const ada = (registers = {}, at = Date.now() - 60_000) =>
    userEvent("u-1", { at, registers: { userName: "ada", "name/givenName": "Ada", ...registers } });
  const titled = (title: string) => ada({ title }, Date.now() - 50_000);
  /** Plans and settles until nothing is left to do, as the workflow does; the codes of what failed for good. */
  const run = async (user: string, rounds = 9): Promise<readonly string[]> => {
    const failures: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { lanes } = await settling.plan(user);
      if (lanes.length === 0) return failures;
      for (const { connection } of lanes) failures.push(await failure(settling.settle(user, connection)));
    }
    throw new Error("planning found no end");
  };
  const states = async (user: string) => {
    const [one, two] = [await settling.account(user, "first"), await settling.account(user, "second")];
    return [one.state, one.code, two.state, two.code];
  };
  const open = async () =>
    (await settling.db.selectFrom("episodes").select("id").where("closed_at", "is", null).execute()).length;
  const resend = (connection: string) => resendAccounts(settling.db, "acme", { connection });
  const holds = () => listHolds(settling.db, "acme", { limit: 9 });
  const word = (answer: Word["answer"]): Promise<{ holds: number }> =>
    answerAndWake(settling.db, "acme", { all: true }, {
      answer,
      author: "operator",
      reason: "told so",
    } as Word);
  const reasonsAt = async (user: string, id: string) => {
    const { db } = settling;
    const [record, revision] = [await readUser(db, user), await currentRevision(db, "acme")];
    const connection = revision?.configuration.connections.find((one) => one.id === id);
    if (record === null || revision === null || connection === undefined) throw new Error("not there");
    const account = await settling.account(user, id);
    const facts = await readFacts(db, record, revision.configuration);
    return decideConnection(revision.configuration, connection, facts, account, Date.now()).reasons;
  };
  const clear = async (target: ScimmyTarget) => {
    for (const user of await target.users())
      await fetch(`${target.url}/Users/${String(user["id"])}`, {
        method: "DELETE",
        headers: { authorization },
      });
  };
  const existing = async (body: object) => {
    await fetch(`${first.url}/Users`, {
      method: "POST",
      headers: { authorization, "content-type": "application/scim+json" },
      body: JSON.stringify({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], ...body }),
    });
  };
  /** Ada joins, the first connection takes her, the second refuses for good. */
  const halfJoined = async (): Promise<string> => {
    proxies.second.next("write", refused);
    const user = await settling.accept(ada());
    await settling.plan(user);
    await settling.settle(user, "first");
    expect(await failure(settling.settle(user, "second"))).toBe("rejected for good");
    return user;
  };

  beforeAll(async () => {
    first = await startScimmyTarget({ token: "target-token" });
    second = await startScimmyTarget({ token: "target-token" });
  });
  afterAll(async () => {
    await first.close();
    await second.close();
  });
  beforeEach(async () => {
    proxies = { first: await startFaultProxy(first.url), second: await startFaultProxy(second.url) };
    settling = await openSettling(kind);
    await configure("compensate");
  });
  afterEach(async () => {
    await settling.close();
    await proxies.first.close();
    await proxies.second.close();
    await clear(first);
    await clear(second);
  });

  describe("compensate", () => {
    it("takes the account created a moment ago away again, says why, and a resend after mending completes both", async () => {
      const user = await halfJoined();
      expect(await open()).toBe(1);
      const plan = await settling.plan(user);
      expect(plan).toMatchObject({
        lanes: [{ connection: "first", verb: "undo", urgent: true }],
        standing: "compensated",
      });
      expect(await reasonsAt(user, "first")).toContainEqual({
        code: "compensating",
        connections: ["second"],
      });
      expect(await settling.settle(user, "first")).toMatchObject({ outcome: "deleted", code: "compensated" });
      expect(await first.users()).toEqual([]);
      expect(await run(user)).toEqual([]);
      expect(await states(user)).toEqual(["parked", "compensated", "parked", "rejected"]);
      expect(await reasonsAt(user, "first")).toContainEqual({ code: "compensated", connections: ["second"] });
      expect(await open()).toBe(0);
      await resend("second");
      expect((await settling.plan(user)).lanes.map((lane) => lane.connection)).toEqual(["second"]);
      await settling.settle(user, "second");
      expect(await run(user)).toEqual(["no failure"]);
      expect(await states(user)).toEqual(["settled", null, "settled", null]);
      expect([await first.users(), await second.users()]).toEqual([[expect.anything()], [expect.anything()]]);
      expect(await open()).toBe(0);
    });

    it("ends, and stays ended, when the failed connection fails again, also under a new configuration", async () => {
      const user = await halfJoined();
      await run(user);
      proxies.second.next("write", refused);
      await configure("compensate", "within: PT2H");
      expect(await run(user)).toEqual(["rejected for good"]);
      expect(await run(user)).toEqual([]);
      expect(await states(user)).toEqual(["parked", "compensated", "parked", "rejected"]);
      expect(await first.users()).toEqual([]);
      expect(await open()).toBe(0);
    });

    it("comes back by the user's next change, the failed connection first", async () => {
      const user = await halfJoined();
      await run(user);
      await settling.accept(titled("Countess"));
      expect((await settling.plan(user)).lanes.map((lane) => lane.connection)).toEqual(["second"]);
      await run(user);
      expect(await states(user)).toEqual(["settled", null, "settled", null]);
    });

    it("only disables where the list says so, and enables the same account again", async () => {
      await configure("compensate", "accounts: disable");
      const user = await halfJoined();
      await run(user);
      expect(await first.users()).toEqual([expect.objectContaining({ active: false })]);
      await resend("second");
      await run(user);
      expect(await first.users()).toEqual([expect.objectContaining({ active: true })]);
      expect(proxies.first.requests().filter((request) => request.method === "POST")).toHaveLength(1);
    });

    it("unlinks an adopted account, with the values read at adoption", async () => {
      await configure("compensate", "", "    adopt: always");
      await existing({ userName: "ada", name: { givenName: "Augusta" }, active: true });
      const user = await settling.accept(ada({ title: "Countess" }));
      proxies.second.next("write", refused);
      await settling.plan(user);
      expect(await settling.settle(user, "first")).toMatchObject({ outcome: "adopted" });
      expect(await first.users()).toEqual([
        expect.objectContaining({ title: "Countess", externalId: "u-1" }),
      ]);
      await failure(settling.settle(user, "second"));
      await run(user);
      const [left] = await first.users();
      expect(left).toMatchObject({ userName: "ada", name: { givenName: "Augusta" }, active: true });
      expect([left?.["title"], left?.["externalId"]]).toEqual([undefined, undefined]);
      expect(await settling.account(user, "first")).toMatchObject({ existence: "none", remoteId: null });
      await resend("second");
      await run(user);
      expect(await states(user)).toEqual(["settled", null, "settled", null]);
      expect(await first.users()).toHaveLength(1);
    });

    it("a user whose account is a year old loses nothing because the other rejects an update", async () => {
      const user = await settling.accept(ada());
      await run(user);
      await settling.pass(365 * 24 * hour);
      await settling.accept(titled("Countess"));
      proxies.second.next("write", refused);
      await run(user);
      expect(await first.users()).toEqual([expect.objectContaining({ title: "Countess", active: true })]);
      expect(await states(user)).toEqual(["settled", null, "parked", "rejected"]);
      expect([await holds(), await open()]).toEqual([[], 0]);
    });

    it("reverts updates where the list says so", async () => {
      await configure("compensate", "revertUpdates: true");
      const user = await settling.accept(ada());
      await run(user);
      await settling.accept(titled("Countess"));
      proxies.second.next("write", refused);
      await run(user);
      const [left] = await first.users();
      expect([left?.["title"], left?.["active"]]).toEqual([undefined, true]);
      expect(await states(user)).toEqual(["parked", "compensated", "parked", "rejected"]);
      await resend("second");
      await run(user);
      expect(await first.users()).toEqual([expect.objectContaining({ title: "Countess" })]);
    });

    it("a leaver with one target rejecting still leaves the other, also in the middle of a compensation", async () => {
      await configure("compensate", "", "    deprovision: wso2");
      const user = await halfJoined();
      await settling.plan(user);
      await settling.accept(deletion("u-1"));
      expect((await settling.plan(user)).lanes).toMatchObject([
        { connection: "first", verb: "remove" },
        { connection: "second" },
      ]);
      await run(user);
      expect(await first.users()).toEqual([]);
      expect(await settling.account(user, "first")).toMatchObject({
        state: "removed",
        undo: null,
        waitsFor: [],
      });
    });

    it("removals are never undone", async () => {
      const user = await settling.accept(ada());
      await run(user);
      await settling.accept(deletion("u-1", { at: Date.now() - 1_000 }));
      proxies.second.next("write", refused);
      expect(await run(user)).toEqual(["no failure", "rejected for good"]);
      expect(await first.users()).toEqual([expect.objectContaining({ active: false })]);
      expect([await states(user), await open()]).toEqual([["settled", null, "parked", "rejected"], 0]);
    });

    it("too late after the first effect it asks a person, whose word compensates all the same", async () => {
      const user = await halfJoined();
      await settling.pass(2 * hour);
      expect(await settling.plan(user)).toMatchObject({ lanes: [], standing: "held" });
      expect(await holds()).toMatchObject([{ kind: "partial_failure", connection: "second" }]);
      expect([(await first.users()).length, await open()]).toEqual([1, 0]);
      expect(await word("compensated")).toMatchObject({ holds: 1 });
      await run(user);
      expect(await first.users()).toEqual([]);
      expect(await states(user)).toEqual(["parked", "compensated", "parked", "rejected"]);
    });

    it("what waits is not begun, and an attempt that was scheduled before finds nothing to do", async () => {
      proxies.first.next("read", unavailable);
      proxies.second.next("write", refused);
      const user = await settling.accept(ada());
      await settling.plan(user);
      expect(await failure(settling.settle(user, "first"))).toBe("target_error");
      await failure(settling.settle(user, "second"));
      expect(await settling.plan(user)).toMatchObject({ lanes: [], standing: "compensated" });
      expect(await settling.settle(user, "first")).toMatchObject({ state: "parked", code: "compensated" });
      expect([await first.users(), await open()]).toEqual([[], 0]);
    });

    it("a create that is in flight when the episode is concluded is undone", async () => {
      proxies.second.next("write", refused);
      const gate = Promise.withResolvers<void>();
      proxies.first.next("write", { kind: "gate", opens: gate.promise });
      const user = await settling.accept(ada());
      await settling.plan(user);
      const creating = settling.settle(user, "first");
      await until(() => proxies.first.requests().some((request) => request.method === "POST"));
      await failure(settling.settle(user, "second"));
      expect((await settling.plan(user)).lanes).toMatchObject([{ connection: "first", verb: "undo" }]);
      gate.resolve();
      expect(await creating).toMatchObject({ outcome: "created" });
      expect(await settling.account(user, "first")).toMatchObject({ state: "pending", effect: "created" });
      expect(await run(user)).toEqual(["no failure"]);
      expect([await first.users(), await open()]).toEqual([[], 0]);
    });

    it("a create whose reply was lost is looked up and undone", async () => {
      proxies.first.next("write", lost);
      proxies.second.next("write", refused);
      const user = await settling.accept(ada());
      await settling.plan(user);
      expect(await failure(settling.settle(user, "first"))).toBe("reply_lost");
      await failure(settling.settle(user, "second"));
      expect(await first.users()).toHaveLength(1);
      expect(await run(user)).toEqual(["no failure"]);
      expect([await first.users(), await open()]).toEqual([[], 0]);
    });

    it("killed half way it ends, once", async () => {
      const user = await halfJoined();
      await settling.plan(user);
      const { id } = await settling.account(user, "first");
      await writeClaim(settling.db, id, "00000000-0000-4000-8000-000000000003", 30_000);
      await clear(first);
      expect(await failure(settling.settle(user, "first"))).toBe("busy");
      await settling.pass(51_000);
      await settling.plan(user);
      proxies.first.forget();
      expect(await settling.settle(user, "first")).toMatchObject({ outcome: "absent", code: "compensated" });
      expect(proxies.first.requests().map((request) => request.method)).toEqual(["GET"]);
      expect(await run(user)).toEqual([]);
      expect(await open()).toBe(0);
    });

    it("is counted by the guard, and a person's refusal leaves the account as it is", async () => {
      await configure("compensate", "", "    guard: { free: 0, percent: 0, ceiling: 0, window: PT1H }");
      const user = await halfJoined();
      await settling.plan(user);
      expect(await settling.settle(user, "first")).toMatchObject({ state: "held" });
      expect(await holds()).toMatchObject([{ kind: "guard", cause: "compensation" }]);
      expect(await word("skipped")).toMatchObject({ holds: 0 });
      expect(await word("cancelled")).toMatchObject({ holds: 1 });
      await run(user);
      expect([(await first.users()).length, await states(user)]).toEqual([
        1,
        ["settled", null, "parked", "rejected"],
      ]);
    });

    it("a cancelled run is not compensated, and a compensation that is cancelled ends where it is", async () => {
      const user = await halfJoined();
      await settling.plan(user);
      await cancelUser(settling.db, { organization: "acme", user });
      expect(await settling.account(user, "first")).toMatchObject({ code: "cancelled", undo: null });
      expect([(await first.users()).length, await open()]).toEqual([1, 0]);
    });
  });

  it("continue: what worked stays, the failed account is parked and can be sent again", async () => {
    await configure("continue");
    const user = await halfJoined();
    expect(await settling.plan(user)).toMatchObject({ lanes: [], standing: null });
    expect([(await first.users()).length, await open()]).toEqual([1, 0]);
    expect(await states(user)).toEqual(["settled", null, "parked", "rejected"]);
  });

  it("an optional entry triggers nothing", async () => {
    const text = scimConfiguration([
      { id: "first", url: proxies.first.url },
      { id: "second", url: proxies.second.url },
    ])
      .replace("onPartialFailure: continue", "onPartialFailure: compensate")
      .replace("{ connection: second,", "{ connection: second, optional: true,");
    await settling.configure(text);
    const user = await halfJoined();
    expect(await settling.plan(user)).toMatchObject({ lanes: [], standing: null });
    expect([(await first.users()).length, await open()]).toEqual([1, 0]);
  });

  describe("hold", () => {
    beforeEach(() => configure("hold"));

    it("asks a person once; retry completes", async () => {
      const user = await halfJoined();
      expect(await settling.plan(user)).toMatchObject({ lanes: [], standing: "held" });
      await settling.plan(user);
      expect([(await holds()).length, await open()]).toEqual([1, 0]);
      expect(await word("released")).toMatchObject({ holds: 0 });
      expect(await word("retried")).toMatchObject({ holds: 1 });
      expect(await run(user)).toEqual(["no failure"]);
      expect(await states(user)).toEqual(["settled", null, "settled", null]);
    });

    it("asks again when the retry fails too", async () => {
      const user = await halfJoined();
      await settling.plan(user);
      await word("retried");
      proxies.second.next("write", refused);
      await run(user);
      expect(await holds()).toHaveLength(1);
    });

    it("skip closes it and leaves everything as it is", async () => {
      const user = await halfJoined();
      await settling.plan(user);
      expect(await word("skipped")).toMatchObject({ holds: 1 });
      expect(await run(user)).toEqual([]);
      expect([await holds(), await states(user)]).toEqual([[], ["settled", null, "parked", "rejected"]]);
    });

    it("a newer wish voids it", async () => {
      const user = await halfJoined();
      await settling.plan(user);
      await settling.accept(titled("Countess"));
      await settling.plan(user);
      expect(await holds()).toEqual([]);
    });
  });
});
