import { describe, expect, it } from "@jest/globals";
import type { Existence } from "../../src/domain/account.js";
import type { Deprovision, RemovalPolicy } from "../../src/domain/configuration.js";
import {
  accountOf,
  codesOf,
  connectionOf,
  dayMs,
  decideOne,
  defaultDeprovision,
  factsOf,
  listOf,
  now,
} from "./builders.js";

const target = connectionOf("target");
const engineers = "hr:g-engineering";
const filtered = connectionOf("target", { groupFilter: [engineers] });
const unselected = { provisioners: listOf() };
const gone = { exists: false, enrolments: [] };
const disabled = { enabled: false, disabled: true };
const locked = { enabled: false, locked: true };
const leaving = (changes: Partial<Deprovision>): Partial<typeof target> => ({
  deprovision: { ...defaultDeprovision, ...changes },
});

const policies: readonly (readonly [RemovalPolicy, object, string])[] = [
  [{ kind: "keep" }, { verb: "none" }, "removal_kept"],
  [{ kind: "disable" }, { verb: "remove", step: "disable", graceMs: null }, "removal_disable"],
  [{ kind: "delete" }, { verb: "remove", step: "delete", graceMs: null }, "removal_delete"],
  [
    { kind: "staged", graceMs: dayMs },
    { verb: "remove", step: "disable", graceMs: dayMs },
    "removal_disable",
  ],
];

describe("the decision table, row 1: a connection that the configuration disables", () => {
  const off = connectionOf("target", { enabled: false, groupFilter: [engineers] });

  it.each([
    ["a user in scope", factsOf({}, [engineers])],
    ["a user who is gone", factsOf(gone)],
    ["a user out of scope", factsOf({}, [], [engineers])],
  ])("statement 8: is skipped with a recorded reason for %s", (_title, facts) => {
    const decision = decideOne(off, facts, accountOf("target"));
    expect(decision.want).toEqual({ verb: "none" });
    expect(codesOf(decision)).toEqual(["connection_disabled"]);
  });
});

describe("the decision table, row 2: the user is gone", () => {
  it.each<Existence>(["known", "maybe"])("removes an account that is %s", (existence) => {
    const decision = decideOne(target, factsOf(gone), accountOf("target", { existence }));
    expect(decision.want).toMatchObject({ verb: "remove", cause: "deleted", step: "disable" });
  });

  it.each(policies)("does what `deleted` says: %j", (deleted, want, code) => {
    const connection = connectionOf("target", leaving({ deleted }));
    const decision = decideOne(connection, factsOf(gone), accountOf("target"));
    expect(decision.want).toMatchObject(want);
    expect(codesOf(decision)).toEqual(["user_gone", code]);
  });

  it("goes before the filter, even one whose groups nobody has ever seen", () => {
    expect(decideOne(filtered, factsOf(gone), accountOf("target")).want.verb).toBe("remove");
  });

  it("goes before selection: an account at a connection of no list goes too", () => {
    expect(decideOne(target, factsOf(gone), accountOf("target"), now, unselected).want.verb).toBe("remove");
  });

  it.each([null, accountOf("target", { existence: "none", state: "removed" })])(
    "statement 23: makes no call where there was never an account",
    (account) => {
      const decision = decideOne(target, factsOf(gone), account);
      expect(decision.want).toEqual({ verb: "none" });
      expect(codesOf(decision)).toEqual(["user_gone"]);
    },
  );
});

describe("the decision table, row 3: none of the filter's groups has ever been seen", () => {
  it.each([null, accountOf("target")])(
    "decides nothing, so that existing accounts stay untouched",
    (account) => {
      const decision = decideOne(filtered, factsOf(), account);
      expect(decision.want).toEqual({ verb: "none" });
      expect(codesOf(decision)).toEqual(["selected", "filter_group_unknown"]);
    },
  );

  it("holds for a disabled user, whose account stays as it is", () => {
    expect(decideOne(filtered, factsOf(disabled), accountOf("target")).want).toEqual({ verb: "none" });
  });

  it("no longer fits when one group of several has been seen", () => {
    const two = connectionOf("target", { groupFilter: [engineers, "hr:g-new"] });
    expect(decideOne(two, factsOf({}, [], [engineers]), accountOf("target")).want.verb).toBe("remove");
  });

  it("statement 16: does not fit a deleted group, which counts as seen: its members leave", () => {
    const decision = decideOne(filtered, factsOf({}, [], [engineers]), accountOf("target"));
    expect(decision.want).toMatchObject({ verb: "remove", cause: "out_of_scope" });
  });
});

describe("the decision table, row 4: there is an account, and the filter is not met", () => {
  it.each(policies)("does what `outOfScope` says: %j", (outOfScope, want, code) => {
    const connection = { ...filtered, ...leaving({ outOfScope }) };
    const decision = decideOne(connection, factsOf({}, [], [engineers]), accountOf("target"));
    expect(decision.want).toMatchObject(want);
    expect(codesOf(decision)).toEqual(["selected", "not_in_filter_group", code]);
  });

  it("holds whether the connection is selected or not", () => {
    const facts = factsOf({}, [], [engineers]);
    const decision = decideOne(filtered, facts, accountOf("target"), now, unselected);
    expect(decision.want).toMatchObject({ verb: "remove", cause: "out_of_scope" });
    expect(codesOf(decision)).toEqual(["not_on_list", "not_in_filter_group", "removal_disable"]);
  });

  it("holds for an account that may be there, since its create may have arrived", () => {
    const facts = factsOf({}, [], [engineers]);
    expect(decideOne(filtered, facts, accountOf("target", { existence: "maybe" })).want.verb).toBe("remove");
  });
});

describe("the decision table, row 5: selected and in scope", () => {
  it("wants a complete account, whatever it knows of an existing one", () => {
    for (const account of [null, accountOf("target"), accountOf("target", { existence: "maybe" })]) {
      const decision = decideOne(target, factsOf(), account);
      expect(decision.want).toMatchObject({
        verb: "ensure",
        active: true,
        attributes: {
          userName: "ada",
          "name.givenName": "Ada",
          "name.familyName": "Lovelace",
          title: "Countess",
        },
        missing: [],
      });
      expect(codesOf(decision)).toEqual(["selected", "no_filter"]);
    }
  });

  it.each([
    ["disabled", disabled, ["user_disabled"]],
    ["locked", locked, ["user_locked"]],
    ["disabled and locked", { ...disabled, locked: true }, ["user_disabled", "user_locked"]],
  ])("disables the account of a user who is %s", (_title, view, reasons) => {
    const decision = decideOne(target, factsOf(view), accountOf("target"));
    expect(decision.want).toMatchObject({ verb: "ensure", active: false });
    expect(codesOf(decision)).toEqual(["selected", "no_filter", ...reasons]);
  });

  it.each([disabled, locked])("leaves it enabled where `disabled` says ignore", (view) => {
    const connection = connectionOf("target", leaving({ disabled: "ignore" }));
    const decision = decideOne(connection, factsOf(view), accountOf("target"));
    expect(decision.want).toMatchObject({ verb: "ensure", active: true });
    expect(codesOf(decision)).toContain("disabled_ignored");
  });

  it.each(["disable", "ignore"] as const)(
    "creates no account for a disabled user where `disabled` says %s",
    (policy) => {
      const connection = connectionOf("target", leaving({ disabled: policy }));
      const decision = decideOne(connection, factsOf(disabled));
      expect(decision.want).toEqual({ verb: "none" });
      expect(codesOf(decision)).toContain("disabled_not_created");
    },
  );

  it("names a required target attribute without a value", () => {
    const connection = connectionOf("target", { mapping: { userName: { path: "nickName" } } });
    const decision = decideOne(connection, factsOf());
    expect(decision.want).toMatchObject({ verb: "ensure", missing: ["userName"] });
    expect(decision.reasons).toContainEqual({ code: "mapping_missing", attributes: ["userName"] });
  });

  it("misses nothing that a default fills", () => {
    const mapping = { userName: { path: "nickName", default: "someone" } };
    expect(decideOne(connectionOf("target", { mapping }), factsOf()).want).toMatchObject({ missing: [] });
  });
});

describe("the decision table, row 6: there is an account, and no enrolment selects it any more", () => {
  it("keeps it, updated with the attributes it was last allowed", () => {
    const account = accountOf("target", { allowed: ["name.givenName"] });
    const decision = decideOne(target, factsOf(), account, now, unselected);
    expect(decision.want).toMatchObject({
      verb: "ensure",
      active: true,
      attributes: { userName: "ada", "name.givenName": "Ada" },
      allowed: ["name.givenName"],
    });
    expect(Object.keys((decision.want as { attributes: object }).attributes)).toHaveLength(2);
    expect(codesOf(decision)).toEqual(["not_on_list", "no_filter", "deselected_kept", "attributes_withheld"]);
  });

  it("still disables it with the user, and says why", () => {
    const decision = decideOne(target, factsOf(disabled), accountOf("target"), now, unselected);
    expect(decision.want).toMatchObject({ verb: "ensure", active: false });
    expect(codesOf(decision)).toContain("user_disabled");
  });

  it("says that it ignores the switch where it does", () => {
    const connection = connectionOf("target", leaving({ disabled: "ignore" }));
    const decision = decideOne(connection, factsOf(disabled), accountOf("target"), now, unselected);
    expect(decision.want).toMatchObject({ verb: "ensure", active: true });
    expect(codesOf(decision)).toEqual(expect.arrayContaining(["user_disabled", "disabled_ignored"]));
  });

  it.each(["disable", "delete"] as const)("removes it where `deselected` says %s", (deselected) => {
    const connection = connectionOf("target", leaving({ deselected }));
    const decision = decideOne(connection, factsOf(), accountOf("target"), now, unselected);
    expect(decision.want).toEqual({ verb: "remove", cause: "deselected", step: deselected, graceMs: null });
    expect(codesOf(decision)).toEqual(["not_on_list", "no_filter", `removal_${deselected}`]);
  });
});

describe("the decision table, row 7: no account, and not selected or not in scope", () => {
  it.each([
    ["not selected", target, factsOf(), unselected, ["not_on_list", "no_filter"]],
    ["not in scope", filtered, factsOf({}, [], [engineers]), {}, ["selected", "not_in_filter_group"]],
  ] as const)("wants nothing when %s, and says why", (_title, connection, facts, changes, codes) => {
    const decision = decideOne(connection, facts, null, now, changes);
    expect(decision.want).toEqual({ verb: "none" });
    expect(codesOf(decision)).toEqual(codes);
  });
});
