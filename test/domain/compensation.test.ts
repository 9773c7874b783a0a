import { describe, expect, it } from "@jest/globals";
import type { Account } from "../../src/domain/account.js";
import { newAccount } from "../../src/domain/account.js";
import type { Compensated } from "../../src/domain/compensation.js";
import { compensationStep } from "../../src/domain/compensation.js";
import type { Compensation } from "../../src/domain/configuration.js";
import type { Want } from "../../src/domain/decide.js";
import type { Before, Effect, Undo } from "../../src/domain/undo.js";
import { undoStep } from "../../src/domain/undo.js";
import { accountOf, connectionOf, decideOne, factsOf } from "./builders.js";

const target = connectionOf("target");
const ensure = decideOne(target, factsOf()).want;
const remove = decideOne(target, factsOf({ exists: false, enrolments: [] }), accountOf("target")).want;
const disable = decideOne(target, factsOf({ enabled: false, disabled: true }), accountOf("target")).want;
const before: Before = { applied: { title: "Countess" }, active: true, externalId: null };
const terms: Compensation = { accounts: "delete", withinMs: 3_600_000, revertUpdates: false };
const reverting = { ...terms, revertUpdates: true };
const done = (effect: Effect): Account =>
  accountOf("target", { effect, before: effect === "created" ? null : before });
const stepOf = (account: Account, more: Partial<Compensated> = {}, with_ = terms) =>
  compensationStep(
    {
      account,
      inEpisode: true,
      effectInEpisode: account.effect !== null,
      claimed: false,
      want: ensure,
      ...more,
    },
    with_,
  );
const waiting = (changes: Partial<Account> = {}): Account => ({ ...newAccount("target"), ...changes });

describe("undoStep", () => {
  const all = { accounts: "delete", revertUpdates: true } as const;

  it.each<readonly [string, Account, ReturnType<typeof undoStep>]>([
    ["removes what was created", done("created"), { kind: "remove", step: "delete" }],
    ["unlinks what was adopted", done("adopted"), { kind: "unlink", before }],
    ["reverts what was updated", done("updated"), { kind: "revert", before }],
    ["counts a lost create as one", waiting({ existence: "maybe" }), { kind: "remove", step: "delete" }],
    ["leaves what was not touched", accountOf("target"), { kind: "nothing" }],
    ["leaves what is not there", waiting({ effect: "created" }), { kind: "nothing" }],
  ])("%s", (_title, account, step) => {
    expect(undoStep(account, all)).toEqual(step);
  });

  it("disables and keeps updates where the terms say so", () => {
    const soft = { accounts: "disable", revertUpdates: false } as const;
    expect(undoStep(done("created"), soft)).toEqual({ kind: "remove", step: "disable" });
    expect(undoStep(done("updated"), soft)).toEqual({ kind: "nothing" });
  });
});

describe("compensationStep", () => {
  it.each<readonly [string, Account, Partial<Compensated>, Compensation, string]>([
    ["takes back a create", done("created"), {}, terms, "undo"],
    ["takes back an adoption", done("adopted"), {}, terms, "undo"],
    ["keeps an update", done("updated"), {}, terms, "leave"],
    ["takes back an update where the terms say so", done("updated"), {}, reverting, "undo"],
    ["leaves what an earlier episode created", done("created"), { effectInEpisode: false }, terms, "leave"],
    ["takes back a create whose reply was lost", waiting({ existence: "maybe" }), {}, terms, "undo"],
    ["takes back what an attempt under way may do", waiting(), { claimed: true }, terms, "undo"],
    ["does not begin what waits", waiting(), {}, terms, "park"],
    [
      "does not go on with what fails",
      waiting({ state: "failing", code: "target_error" }),
      {},
      terms,
      "park",
    ],
    ["leaves what rests", accountOf("target"), {}, terms, "leave"],
    ["leaves what waits for another episode", waiting(), { inEpisode: false }, terms, "leave"],
    ["never undoes a removal", done("created"), { want: remove }, reverting, "leave"],
    [
      "lets what lowers access go on",
      accountOf("target", { state: "pending" }),
      { want: disable },
      terms,
      "leave",
    ],
    [
      "lets what is compensated wait for one more",
      waiting({ state: "parked", code: "compensated" }),
      {},
      terms,
      "wait",
    ],
  ])("%s", (_title, account, more, with_, kind) => {
    expect(stepOf(account, more, with_).kind).toBe(kind);
  });

  it("a failed account loses what the episode is known to have done to it, and keeps its code", () => {
    const failed: Account = { ...done("adopted"), state: "parked", code: "rejected" };
    expect(stepOf(failed)).toMatchObject({ kind: "undo", undo: { code: "rejected" } });
    expect(stepOf(waiting({ state: "parked", code: "gave_up", existence: "maybe" })).kind).toBe("leave");
  });

  it("an update that may have happened counts as one where updates are reverted", () => {
    const uncertain = accountOf("target", { state: "failing", uncertain: true });
    expect(stepOf(uncertain, {}, reverting)).toMatchObject({ kind: "undo", presumed: true });
    expect(stepOf(uncertain).kind).toBe("park");
  });
});

describe("a decision while an undo stands", () => {
  const undo: Undo = { accounts: "delete", revertUpdates: false, code: "compensated" };
  const undoing = accountOf("target", { undo, waitsFor: ["wiki"] });
  const wantOf = (facts = factsOf(), account = undoing): Want => decideOne(target, facts, account).want;

  it("is the undo, whatever else is new, with the reason", () => {
    expect(wantOf()).toMatchObject({ verb: "undo", undo, instead: { verb: "ensure" } });
    expect(wantOf(factsOf({ enabled: false, disabled: true })).verb).toBe("undo");
    expect(decideOne(target, factsOf(), undoing).reasons).toContainEqual({
      code: "compensating",
      connections: ["wiki"],
    });
  });

  it("is the removal of a leaver, which goes before it", () => {
    expect(wantOf(factsOf({ exists: false, enrolments: [] }))).toMatchObject({
      verb: "remove",
      cause: "deleted",
    });
  });

  it("is nothing at a disabled connection", () => {
    const disabled = connectionOf("target", { enabled: false });
    expect(decideOne(disabled, factsOf(), undoing).want).toEqual({ verb: "none" });
  });

  it("afterwards is what it was, with the failed connections as a reason", () => {
    const account = accountOf("target", { state: "parked", code: "compensated", waitsFor: ["wiki"] });
    const { want, reasons } = decideOne(target, factsOf(), account);
    expect(want.verb).toBe("ensure");
    expect(reasons).toContainEqual({ code: "compensated", connections: ["wiki"] });
  });
});
