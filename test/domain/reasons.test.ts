import { describe, expect, it } from "@jest/globals";
import type { Reason, RemovalCause } from "../../src/domain/reasons.js";
import { reasonText } from "../../src/domain/reasons.js";
import { dayMs, now } from "./builders.js";

type Samples = {
  readonly [Code in Reason["code"]]: readonly Extract<Reason, { readonly code: Code }>[];
};

const enrolments = [
  { feed: "hr", application: null, kind: "organization" },
  { feed: "hr", application: "portal", kind: "token" },
  { feed: "hr", application: "portal", kind: "jit" },
  { feed: "hr", application: null, kind: "jit" },
] as const;
const lists = ["organization", "portal"];
const causes: readonly RemovalCause[] = ["deleted", "out_of_scope", "deselected"];
const groups = ["hr:g-engineering", "hr:g-research"];
const standing = <Code extends "selected" | "not_on_list" | "jit_entry_off">(code: Code) =>
  lists.flatMap((list) => enrolments.map((enrolment) => ({ code, list, enrolment })));

/** Exhaustive by its type: a new code without a sample does not compile. */
const samples: Samples = {
  connection_disabled: [{ code: "connection_disabled" }],
  user_gone: [{ code: "user_gone" }],
  selected: standing("selected"),
  not_on_list: standing("not_on_list"),
  jit_entry_off: standing("jit_entry_off"),
  no_filter: [{ code: "no_filter" }],
  in_filter_group: [{ code: "in_filter_group", groups }],
  not_in_filter_group: [{ code: "not_in_filter_group", groups }],
  filter_group_unknown: [{ code: "filter_group_unknown", groups }],
  user_disabled: [{ code: "user_disabled" }],
  user_locked: [{ code: "user_locked" }],
  disabled_not_created: [{ code: "disabled_not_created" }],
  disabled_ignored: [{ code: "disabled_ignored" }],
  deselected_kept: [{ code: "deselected_kept" }],
  attributes_withheld: [{ code: "attributes_withheld", attributes: ["title", "emails"] }],
  mapping_missing: [{ code: "mapping_missing", attributes: ["userName"] }],
  removal_kept: causes.map((cause) => ({ code: "removal_kept", cause })),
  removal_delete: causes.map((cause) => ({ code: "removal_delete", cause })),
  removal_disable: causes.flatMap((cause) => [
    { code: "removal_disable", cause, deleteAt: null, graceMs: null },
    { code: "removal_disable", cause, deleteAt: null, graceMs: 30 * dayMs },
    { code: "removal_disable", cause, deleteAt: now, graceMs: 30 * dayMs },
  ]),
  compensating: [["wiki"], []].map((connections) => ({ code: "compensating", connections })),
  compensated: [{ code: "compensated", connections: ["wiki", "chat"] }],
};
const all = Object.values(samples).flat();

describe("reasonText", () => {
  it.each(Object.entries(samples))("statement 40: makes a sentence of every %s", (_code, reasons) => {
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons) {
      const text = reasonText(reason);
      expect(text).toMatch(/^[a-z].*[^.\s]$/);
      expect(text).not.toMatch(/undefined|null|NaN|\[object|[a-z]_[a-z]/);
    }
  });

  it("tells every reason from every other", () => {
    const texts = all.map(reasonText);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it("names groups, attributes, list, application and feed", () => {
    expect(reasonText(samples.in_filter_group[0]!)).toContain("hr:g-engineering, hr:g-research");
    expect(reasonText(samples.attributes_withheld[0]!)).toContain("title, emails");
    const through = reasonText({ code: "not_on_list", list: "crm", enrolment: enrolments[1] });
    for (const name of ["application crm", "application portal", "feed hr"]) expect(through).toContain(name);
  });

  it("says when an account is deleted once that is known, else after how long", () => {
    const grace = (graceMs: number, deleteAt: number | null = null) =>
      reasonText({ code: "removal_disable", cause: "deleted", deleteAt, graceMs });
    expect(grace(30 * dayMs, now)).toContain("2026-11-24T08:00:00.000Z");
    expect(grace(30 * dayMs)).toContain("30 days later");
  });

  it.each([
    [dayMs, "1 day later"],
    [36 * 3_600_000, "36 hours later"],
    [3_600_000, "1 hour later"],
    [90 * 60_000, "90 minutes later"],
    [1_500, "2 seconds later"],
  ])("does not round a grace of %i ms down to no days", (graceMs, words) => {
    const text = reasonText({ code: "removal_disable", cause: "deleted", deleteAt: null, graceMs });
    expect(text).toContain(`; it is deleted ${words}`);
  });
});
