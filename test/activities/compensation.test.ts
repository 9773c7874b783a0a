import { describe, expect, it } from "@jest/globals";
import { cancelUser } from "../../src/activities/cancel-user.js";
import { writeClaim } from "../../src/store/attempts.js";
import { databaseKinds } from "../setup/databases.js";
import { deletion } from "../support/events.js";
import type { Fault } from "../support/fault-proxy.js";
import { until } from "../support/until.js";
import { usePartialFailure } from "./partial-failure-stage.js";
import { failure } from "./stage.js";

const refused: Fault = { kind: "answer", status: 400, headers: {} };
const unavailable: Fault = { kind: "answer", status: 503, headers: {} };
const lost: Fault = { kind: "drop-after" };
const hour = 3_600_000;

describe.each(databaseKinds)("compensate on %s", (kind) => {
  const {
    on,
    configure,
    ada,
    titled,
    run,
    states,
    open,
    resend,
    holds,
    word,
    reasonsAt,
    clear,
    existing,
    halfJoined,
  } = usePartialFailure(kind);

  it("takes the account created a moment ago away again, says why, and a resend after mending completes both", async () => {
    const user = await halfJoined();
    expect(await open()).toBe(1);
    const plan = await on.settling.plan(user);
    expect(plan).toMatchObject({
      lanes: [{ connection: "first", verb: "undo", urgent: true }],
      standing: "compensated",
    });
    expect(await reasonsAt(user, "first")).toContainEqual({
      code: "compensating",
      connections: ["second"],
    });
    expect(await on.settling.settle(user, "first")).toMatchObject({
      outcome: "deleted",
      code: "compensated",
    });
    expect(await on.first.users()).toEqual([]);
    expect(await run(user)).toEqual([]);
    expect(await states(user)).toEqual(["parked", "compensated", "parked", "rejected"]);
    expect(await reasonsAt(user, "first")).toContainEqual({ code: "compensated", connections: ["second"] });
    expect(await open()).toBe(0);
    await resend("second");
    expect((await on.settling.plan(user)).lanes.map((lane) => lane.connection)).toEqual(["second"]);
    await on.settling.settle(user, "second");
    expect(await run(user)).toEqual(["no failure"]);
    expect(await states(user)).toEqual(["settled", null, "settled", null]);
    expect([await on.first.users(), await on.second.users()]).toEqual([
      [expect.anything()],
      [expect.anything()],
    ]);
    expect(await open()).toBe(0);
  });

  it("ends, and stays ended, when the failed connection fails again, also under a new configuration", async () => {
    const user = await halfJoined();
    await run(user);
    on.proxies.second.next("write", refused);
    await configure("compensate", "within: PT2H");
    expect(await run(user)).toEqual(["rejected for good"]);
    expect(await run(user)).toEqual([]);
    expect(await states(user)).toEqual(["parked", "compensated", "parked", "rejected"]);
    expect(await on.first.users()).toEqual([]);
    expect(await open()).toBe(0);
  });

  it("comes back by the user's next change, the failed connection first", async () => {
    const user = await halfJoined();
    await run(user);
    await on.settling.accept(titled("Countess"));
    expect((await on.settling.plan(user)).lanes.map((lane) => lane.connection)).toEqual(["second"]);
    await run(user);
    expect(await states(user)).toEqual(["settled", null, "settled", null]);
  });

  it("only disables where the list says so, and enables the same account again", async () => {
    await configure("compensate", "accounts: disable");
    const user = await halfJoined();
    await run(user);
    expect(await on.first.users()).toEqual([expect.objectContaining({ active: false })]);
    await resend("second");
    await run(user);
    expect(await on.first.users()).toEqual([expect.objectContaining({ active: true })]);
    expect(on.proxies.first.requests().filter((request) => request.method === "POST")).toHaveLength(1);
  });

  it("unlinks an adopted account, with the values read at adoption", async () => {
    await configure("compensate", "", "    adopt: always");
    await existing({ userName: "ada", name: { givenName: "Augusta" }, active: true });
    const user = await on.settling.accept(ada({ title: "Countess" }));
    on.proxies.second.next("write", refused);
    await on.settling.plan(user);
    expect(await on.settling.settle(user, "first")).toMatchObject({ outcome: "adopted" });
    expect(await on.first.users()).toEqual([
      expect.objectContaining({ title: "Countess", externalId: "u-1" }),
    ]);
    await failure(on.settling.settle(user, "second"));
    await run(user);
    const [left] = await on.first.users();
    expect(left).toMatchObject({ userName: "ada", name: { givenName: "Augusta" }, active: true });
    expect([left?.["title"], left?.["externalId"]]).toEqual([undefined, undefined]);
    expect(await on.settling.account(user, "first")).toMatchObject({ existence: "none", remoteId: null });
    await resend("second");
    await run(user);
    expect(await states(user)).toEqual(["settled", null, "settled", null]);
    expect(await on.first.users()).toHaveLength(1);
  });

  it("a user whose account is a year old loses nothing because the other rejects an update", async () => {
    const user = await on.settling.accept(ada());
    await run(user);
    await on.settling.pass(365 * 24 * hour);
    await on.settling.accept(titled("Countess"));
    on.proxies.second.next("write", refused);
    await run(user);
    expect(await on.first.users()).toEqual([expect.objectContaining({ title: "Countess", active: true })]);
    expect(await states(user)).toEqual(["settled", null, "parked", "rejected"]);
    expect([await holds(), await open()]).toEqual([[], 0]);
  });

  it("reverts updates where the list says so", async () => {
    await configure("compensate", "revertUpdates: true");
    const user = await on.settling.accept(ada());
    await run(user);
    await on.settling.accept(titled("Countess"));
    on.proxies.second.next("write", refused);
    await run(user);
    const [left] = await on.first.users();
    expect([left?.["title"], left?.["active"]]).toEqual([undefined, true]);
    expect(await states(user)).toEqual(["parked", "compensated", "parked", "rejected"]);
    await resend("second");
    await run(user);
    expect(await on.first.users()).toEqual([expect.objectContaining({ title: "Countess" })]);
  });

  it("a leaver with one target rejecting still leaves the other, also in the middle of a compensation", async () => {
    await configure("compensate", "", "    deprovision: wso2");
    const user = await halfJoined();
    await on.settling.plan(user);
    await on.settling.accept(deletion("u-1"));
    expect((await on.settling.plan(user)).lanes).toMatchObject([
      { connection: "first", verb: "remove" },
      { connection: "second" },
    ]);
    await run(user);
    expect(await on.first.users()).toEqual([]);
    expect(await on.settling.account(user, "first")).toMatchObject({
      state: "removed",
      undo: null,
      waitsFor: [],
    });
  });

  it("removals are never undone", async () => {
    const user = await on.settling.accept(ada());
    await run(user);
    await on.settling.accept(deletion("u-1", { at: Date.now() - 1_000 }));
    on.proxies.second.next("write", refused);
    expect(await run(user)).toEqual(["no failure", "rejected for good"]);
    expect(await on.first.users()).toEqual([expect.objectContaining({ active: false })]);
    expect([await states(user), await open()]).toEqual([["settled", null, "parked", "rejected"], 0]);
  });

  it("too late after the first effect it asks a person, whose word compensates all the same", async () => {
    const user = await halfJoined();
    await on.settling.pass(2 * hour);
    expect(await on.settling.plan(user)).toMatchObject({ lanes: [], standing: "held" });
    expect(await holds()).toMatchObject([{ kind: "partial_failure", connection: "second" }]);
    expect([(await on.first.users()).length, await open()]).toEqual([1, 0]);
    expect(await word("compensated")).toMatchObject({ holds: 1 });
    await run(user);
    expect(await on.first.users()).toEqual([]);
    expect(await states(user)).toEqual(["parked", "compensated", "parked", "rejected"]);
  });

  it("what waits is not begun, and an attempt that was scheduled before finds nothing to do", async () => {
    on.proxies.first.next("read", unavailable);
    on.proxies.second.next("write", refused);
    const user = await on.settling.accept(ada());
    await on.settling.plan(user);
    expect(await failure(on.settling.settle(user, "first"))).toBe("target_error");
    await failure(on.settling.settle(user, "second"));
    expect(await on.settling.plan(user)).toMatchObject({ lanes: [], standing: "compensated" });
    expect(await on.settling.settle(user, "first")).toMatchObject({ state: "parked", code: "compensated" });
    expect([await on.first.users(), await open()]).toEqual([[], 0]);
  });

  it("a create that is in flight when the episode is concluded is undone", async () => {
    on.proxies.second.next("write", refused);
    const gate = Promise.withResolvers<undefined>();
    on.proxies.first.next("write", { kind: "gate", opens: gate.promise });
    const user = await on.settling.accept(ada());
    await on.settling.plan(user);
    const creating = on.settling.settle(user, "first");
    await until(() => on.proxies.first.requests().some((request) => request.method === "POST"));
    await failure(on.settling.settle(user, "second"));
    expect((await on.settling.plan(user)).lanes).toMatchObject([{ connection: "first", verb: "undo" }]);
    gate.resolve(undefined);
    expect(await creating).toMatchObject({ outcome: "created" });
    expect(await on.settling.account(user, "first")).toMatchObject({ state: "pending", effect: "created" });
    expect(await run(user)).toEqual(["no failure"]);
    expect([await on.first.users(), await open()]).toEqual([[], 0]);
  });

  it("a create whose reply was lost is looked up and undone", async () => {
    on.proxies.first.next("write", lost);
    on.proxies.second.next("write", refused);
    const user = await on.settling.accept(ada());
    await on.settling.plan(user);
    expect(await failure(on.settling.settle(user, "first"))).toBe("reply_lost");
    await failure(on.settling.settle(user, "second"));
    expect(await on.first.users()).toHaveLength(1);
    expect(await run(user)).toEqual(["no failure"]);
    expect([await on.first.users(), await open()]).toEqual([[], 0]);
  });

  it("killed half way it ends, once", async () => {
    const user = await halfJoined();
    await on.settling.plan(user);
    const { id } = await on.settling.account(user, "first");
    await writeClaim(on.settling.db, id, "00000000-0000-4000-8000-000000000003", 30_000);
    await clear(on.first);
    expect(await failure(on.settling.settle(user, "first"))).toBe("busy");
    await on.settling.pass(51_000);
    await on.settling.plan(user);
    on.proxies.first.forget();
    expect(await on.settling.settle(user, "first")).toMatchObject({ outcome: "absent", code: "compensated" });
    expect(on.proxies.first.requests().map((request) => request.method)).toEqual(["GET"]);
    expect(await run(user)).toEqual([]);
    expect(await open()).toBe(0);
  });

  it("is counted by the guard, and a person's refusal leaves the account as it is", async () => {
    await configure("compensate", "", "    guard: { free: 0, percent: 0, ceiling: 0, window: PT1H }");
    const user = await halfJoined();
    await on.settling.plan(user);
    expect(await on.settling.settle(user, "first")).toMatchObject({ state: "held" });
    expect(await holds()).toMatchObject([{ kind: "guard", cause: "compensation" }]);
    expect(await word("skipped")).toMatchObject({ holds: 0 });
    expect(await word("cancelled")).toMatchObject({ holds: 1 });
    await run(user);
    expect([(await on.first.users()).length, await states(user)]).toEqual([
      1,
      ["settled", null, "parked", "rejected"],
    ]);
  });

  it("a cancelled run is not compensated, and a compensation that is cancelled ends where it is", async () => {
    const user = await halfJoined();
    await on.settling.plan(user);
    await cancelUser(on.settling.db, { organization: "acme", user });
    expect(await on.settling.account(user, "first")).toMatchObject({ code: "cancelled", undo: null });
    expect([(await on.first.users()).length, await open()]).toEqual([1, 0]);
  });
});
