import { describe, expect, it } from "@jest/globals";
import type { Deprovision } from "../../src/domain/configuration.js";
import { wishText } from "../../src/domain/decide.js";
import {
  accountOf,
  applicationOf,
  connectionOf,
  dayMs,
  decideOne,
  defaultDeprovision,
  factsOf,
  now,
  wso2Deprovision,
} from "./builders.js";
import { enrolmentOf } from "./changes.js";

const target = connectionOf("target");
const engineers = "hr:g-engineering";
const filtered = connectionOf("target", { groupFilter: [engineers] });
const gone = { exists: false, enrolments: [] };
const disabled = { enabled: false, disabled: true };
const leaving = (changes: Partial<Deprovision>): Partial<typeof target> => ({
  deprovision: { ...defaultDeprovision, ...changes },
});

describe("a staged removal", () => {
  const staged = (dueAt: number | null, at = now) =>
    decideOne(target, factsOf(gone), accountOf("target", { active: false, dueAt }), at);

  it("disables until its grace has ended, and deletes from then on", () => {
    expect(staged(null).want).toMatchObject({ step: "disable" });
    expect(staged(now + 1).want).toMatchObject({ step: "disable" });
    expect(staged(now).want).toMatchObject({ step: "delete" });
    expect(staged(now - 1).want).toMatchObject({ step: "delete" });
  });

  it("says when the account is deleted, or after how long", () => {
    expect(staged(now + dayMs).reasons).toContainEqual({
      code: "removal_disable",
      cause: "deleted",
      deleteAt: now + dayMs,
      graceMs: 30 * dayMs,
    });
    expect(staged(null).reasons).toContainEqual(
      expect.objectContaining({ deleteAt: null, graceMs: 30 * dayMs }),
    );
  });

  it("promises no deletion any more once the policy is only to disable", () => {
    const connection = connectionOf("target", leaving({ deleted: { kind: "disable" } }));
    const account = accountOf("target", { active: false, dueAt: now + dayMs });
    expect(decideOne(connection, factsOf(gone), account).reasons).toContainEqual({
      code: "removal_disable",
      cause: "deleted",
      deleteAt: null,
      graceMs: null,
    });
  });

  it("ends with a rehire, which enables the same account", () => {
    const account = accountOf("target", { active: false, dueAt: now - 1 });
    expect(decideOne(target, factsOf(), account).want).toMatchObject({ verb: "ensure", active: true });
  });
});

describe("WSO2's preset", () => {
  const connection = { ...filtered, deprovision: wso2Deprovision };

  it("deletes at once on deletion and on leaving the filter, and lets disabled users be", () => {
    expect(decideOne(connection, factsOf(gone), accountOf("target")).want).toMatchObject({ step: "delete" });
    expect(decideOne(connection, factsOf({}, [], [engineers]), accountOf("target")).want).toMatchObject({
      step: "delete",
    });
    expect(decideOne(connection, factsOf(disabled, [engineers]), accountOf("target")).want).toMatchObject({
      active: true,
    });
  });
});

describe("a wish", () => {
  it("is of verb, desired attributes and activity, not of where they come from", () => {
    const application = applicationOf("portal");
    const token = enrolmentOf({ application: "portal", kind: "token" });
    const one = decideOne(target, factsOf());
    const other = decideOne(target, factsOf({ enrolments: [token] }), null, now, {
      applications: [application],
    });
    expect(wishText(one.want)).toBe(wishText(other.want));
  });

  it("differs when an attribute, the activity, the verb or the step does", () => {
    const account = accountOf("target");
    const wishes = [
      decideOne(target, factsOf(), account),
      decideOne(target, factsOf({ attributes: { userName: "grace" } }), account),
      decideOne(target, factsOf(disabled), account),
      decideOne(target, factsOf(gone), account),
      decideOne(target, factsOf(gone), accountOf("target", { dueAt: now })),
      decideOne(filtered, factsOf(), account),
      decideOne(filtered, factsOf({}, [], [engineers]), account),
    ].map((decision) => wishText(decision.want));
    expect(new Set(wishes).size).toBe(wishes.length);
  });
});
