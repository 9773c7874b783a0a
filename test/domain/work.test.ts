import { describe, expect, it } from "@jest/globals";
import type { Account, AccountState } from "../../src/domain/account.js";
import { newAccount } from "../../src/domain/account.js";
import type { Want } from "../../src/domain/decide.js";
import type { Candidate } from "../../src/domain/work.js";
import { connectionsWithWork, hasWork, lowersAccess } from "../../src/domain/work.js";
import { accountOf, connectionOf, decideOne, factsOf, now, settledAt, wishOf } from "./builders.js";

const target = connectionOf("target");
const gone = { exists: false, enrolments: [] };
const ensure = decideOne(target, factsOf()).want;
const disable = decideOne(target, factsOf({ enabled: false, disabled: true }), accountOf("target")).want;
const remove = decideOne(target, factsOf(gone), accountOf("target")).want;
const nothing: Want = { verb: "none" };
const works = (want: Want, account: Account | null, connectionEnabled = true): boolean =>
  hasWork(want, wishOf(want), account, { connectionEnabled, released: false });
const settled = settledAt(newAccount("target"), ensure);

describe("hasWork", () => {
  it("statement 22: is true of a user who is to have an account and has none", () => {
    expect(works(ensure, null)).toBe(true);
    expect(works(ensure, newAccount("target"))).toBe(true);
  });

  it("statement 14: is false of a user who is to have none and never had one", () => {
    expect(works(nothing, null)).toBe(false);
  });

  it("is false of an account that rests as decided, and true as soon as the decision is another", () => {
    expect(works(ensure, settled)).toBe(false);
    expect(works(disable, settled)).toBe(true);
    expect(works(remove, settled)).toBe(true);
  });

  it.each<readonly [string, Partial<Account>]>([
    ["is true of an account that waits", { state: "pending" }],
    [
      "statement 28: is true after a failed call, which is no success",
      { state: "failing", code: "target_error" },
    ],
    ["is true of an account that somebody else may have written to", { uncertain: true }],
    ["is true of an account that may be there", { existence: "maybe" }],
    ["is true of an account that an operator marked", { marked: true }],
    [
      "statement 29: is true of a parked account that an operator resends",
      { state: "parked", code: "gave_up", marked: true },
    ],
  ])("%s, even at the same wish", (_title, changes) => {
    expect(works(ensure, { ...settled, ...changes })).toBe(true);
  });

  it.each<AccountState>(["held", "parked"])(
    "statement 29: leaves an account that is %s at rest until its wish changes",
    (state) => {
      const resting: Account = { ...settledAt(accountOf("target"), remove), state };
      expect(works(remove, resting)).toBe(false);
      expect(works(ensure, resting)).toBe(true);
    },
  );

  it("takes a parked account up again when the user's attributes mend what was missing", () => {
    const mapping = { userName: { path: "nickName" } };
    const incomplete = decideOne(connectionOf("target", { mapping }), factsOf()).want;
    const parked = settledAt(newAccount("target"), incomplete);
    expect(parked).toMatchObject({ state: "parked", code: "mapping_incomplete" });
    expect(works(incomplete, parked)).toBe(false);
    const mended = decideOne(
      connectionOf("target", { mapping }),
      factsOf({ attributes: { nickName: "ada" } }),
    ).want;
    expect(works(mended, parked)).toBe(true);
  });

  it("statement 24: is done with an account that was removed, however often removal is decided", () => {
    const removed: Account = { ...newAccount("target"), state: "removed", wish: "another" };
    expect(works(remove, removed)).toBe(false);
    expect(works(ensure, removed)).toBe(true);
  });

  it.each([ensure, remove, nothing])(
    "statement 8: is false of whatever is decided at a connection that is not enabled",
    (want) => {
      for (const account of [
        null,
        settled,
        { ...settled, marked: true },
        { ...settled, state: "failing" as const },
      ])
        expect(works(want, account, false)).toBe(false);
    },
  );
});

describe("hasWork of a decision of nothing", () => {
  const at = (changes: Partial<Account>): Account => ({
    ...settledAt(accountOf("target"), remove),
    ...changes,
  });

  it("leaves an account that rests as it is", () => {
    expect(works(nothing, settled)).toBe(false);
    expect(works(nothing, { ...settled, uncertain: true })).toBe(false);
    expect(works(nothing, { ...settled, existence: "maybe" })).toBe(false);
  });

  it("closes an attempt that is still open", () => {
    expect(works(nothing, at({ state: "pending" }))).toBe(true);
    expect(works(nothing, at({ state: "failing" }))).toBe(true);
  });

  it("voids a hold, ends a cancelled removal and clears what was parked, once", () => {
    for (const changes of [
      { state: "held" },
      { state: "parked", code: "removal_cancelled" },
      { state: "parked", code: "rejected" },
    ] as const) {
      const resting = at(changes);
      expect(works(nothing, resting)).toBe(true);
      expect(works(nothing, settledAt(resting, nothing))).toBe(false);
    }
  });

  it("ends a grace, once", () => {
    const waiting = at({ dueAt: now });
    expect(works(nothing, waiting)).toBe(true);
    expect(works(nothing, settledAt(waiting, nothing))).toBe(false);
  });
});

describe("lowersAccess", () => {
  it("is true of every removal, and of disabling an account that is, or may be, enabled", () => {
    expect(lowersAccess(remove, accountOf("target"))).toBe(true);
    expect(lowersAccess(disable, accountOf("target"))).toBe(true);
    expect(lowersAccess(disable, accountOf("target", { active: null }))).toBe(true);
  });

  it("is false of giving or keeping access, and where there is no account", () => {
    expect(lowersAccess(ensure, accountOf("target"))).toBe(false);
    expect(lowersAccess(disable, accountOf("target", { active: false }))).toBe(false);
    expect(lowersAccess(ensure, null)).toBe(false);
    expect(lowersAccess(disable, newAccount("target"))).toBe(false);
    expect(lowersAccess(nothing, accountOf("target"))).toBe(false);
  });

  it("is true of calling off a create that is still waiting", () => {
    expect(lowersAccess(nothing, newAccount("target"))).toBe(true);
    expect(lowersAccess(nothing, { ...newAccount("target"), state: "failing" })).toBe(true);
    expect(lowersAccess(nothing, { ...newAccount("target"), state: "removed" })).toBe(false);
  });
});

describe("a compensated account", () => {
  const parked: Account = {
    ...newAccount("target"),
    wish: wishOf(ensure),
    state: "parked",
    code: "compensated",
    waitsFor: ["wiki"],
  };
  const wiki = (account: Account | null, want: Want = ensure): Candidate => ({
    connection: "wiki",
    want,
    wish: wishOf(want),
    account,
    enabled: true,
    revised: false,
  });
  const failed: Account = { ...settledAt(accountOf("wiki"), ensure), state: "parked", code: "rejected" };
  const working = (other: Candidate | null, account = parked, want: Want = ensure): readonly string[] => {
    const own: Candidate = { ...wiki(account, want), connection: "target" };
    return [...connectionsWithWork(other === null ? [own] : [own, other])].sort();
  };

  it("rests while what it waits for has failed, whatever its own wish has become", () => {
    expect(working(wiki(failed))).toEqual([]);
    const changed = decideOne(target, factsOf({ attributes: { userName: "ada", title: "Countess" } })).want;
    expect(working(wiki(failed), parked, changed)).toEqual([]);
  });

  it("lets the failed connection go first, and comes back when that has settled", () => {
    expect(working(wiki({ ...failed, wish: "another" }))).toEqual(["wiki"]);
    expect(working(wiki({ ...failed, marked: true }))).toEqual(["wiki"]);
    expect(working(wiki(settledAt(accountOf("wiki"), ensure)))).toEqual(["target"]);
  });

  it("comes back when the failed connection is no longer wanted, disabled or gone", () => {
    expect(working(wiki({ ...failed, wish: wishOf(nothing) }, nothing))).toEqual(["target"]);
    expect(working({ ...wiki(failed), enabled: false })).toEqual(["target"]);
    expect(working(null)).toEqual(["target"]);
  });

  it("has the failed connection tried once more under a new configuration", () => {
    expect(working({ ...wiki(failed), revised: true })).toEqual(["wiki"]);
    expect(
      working({ ...wiki(failed), revised: true }, { ...parked, code: "rejected", waitsFor: [] }),
    ).toEqual([]);
  });

  it("waits for nobody when an operator marks it, the user leaves, or access is lowered anew", () => {
    expect(working(wiki(failed), { ...parked, marked: true })).toEqual(["target"]);
    const there: Account = { ...accountOf("target"), ...parked, existence: "known", active: true };
    expect(working(wiki(failed), there, remove)).toEqual(["target"]);
    expect(working(wiki(failed), there, disable)).toEqual(["target"]);
    expect(working(wiki(failed), { ...there, wish: wishOf(disable) }, disable)).toEqual([]);
  });
});
