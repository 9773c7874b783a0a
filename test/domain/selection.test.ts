import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Compensation, PartialFailurePolicy } from "../../src/domain/configuration.js";
import type { OnFailure } from "../../src/domain/selection.js";
import {
  combineOnFailure,
  governingList,
  selectConnection,
  unionAllowed,
} from "../../src/domain/selection.js";
import { enrolments } from "./arbitrary-changes.js";
import {
  applicationOf,
  codesOf,
  configurationOf,
  connectionOf,
  decideOne,
  entryOf,
  factsOf,
  listOf,
} from "./builders.js";
import { enrolmentOf } from "./changes.js";

const connections = [connectionOf("google"), connectionOf("slack"), connectionOf("salesforce")];
const own = applicationOf("portal", {
  requestedAttributes: ["userName", "title"],
  provisioners: listOf("salesforce"),
});
const without = applicationOf("crm");
const console = applicationOf("console", { requestedAttributes: ["title"] });
const configuration = configurationOf(connections, {
  provisioners: listOf("google", entryOf("slack", { jit: true })),
  applications: [own, without, console],
});

const token = (application: string | null) => enrolmentOf({ application, kind: "token" });
const login = (application: string | null) => enrolmentOf({ application, kind: "jit", selfService: true });
const selected = (...through: Parameters<typeof selectConnection>[1]) =>
  connections.map((one) => one.id).filter((id) => selectConnection(configuration, through, id).selected);

describe("which list governs", () => {
  it("statement 1: a request through an application with its own list uses that list only", () => {
    expect(selected(token("portal"))).toEqual(["salesforce"]);
    expect(selectConnection(configuration, [token("portal")], "google").enrolments).toMatchObject([
      { kind: "not_on_list", list: "portal" },
    ]);
  });

  it("statement 2: a request through an application without a list uses the organization's", () => {
    expect(selected(token("crm"))).toEqual(["google", "slack"]);
    expect(governingList(configuration, token("crm"))).toMatchObject({
      name: "organization",
      application: without,
    });
  });

  it("statement 3: console, self sign-up and requests without an application use the organization's", () => {
    expect(selected(enrolmentOf())).toEqual(["google", "slack"]);
    expect(selected(enrolmentOf({ selfService: true }))).toEqual(["google", "slack"]);
    expect(selected(enrolmentOf({ application: "portal" }))).toEqual(["google", "slack"]);
    expect(selected(token(null))).toEqual(["google", "slack"]);
  });

  it("takes an application's empty list at its word: it selects nothing", () => {
    const empty = configurationOf(connections, { applications: [{ ...own, provisioners: listOf() }] });
    for (const { id } of connections)
      expect(selectConnection(empty, [token("portal")], id).selected).toBe(false);
  });

  it("falls back to the organization's list for an application that is not configured any more", () => {
    expect(governingList(configuration, token("gone")).name).toBe("organization");
  });

  it("is decided per enrolment, and the union of all selects: each says how it stands", () => {
    expect(selected(token("portal"), enrolmentOf())).toEqual(["google", "slack", "salesforce"]);
    const both = selectConnection(configuration, [token("portal"), enrolmentOf()], "google");
    expect(both.enrolments.map((one) => one.kind)).toEqual(["not_on_list", "selected"]);
    expect(selected()).toEqual([]);
  });
});

describe("a login that created the user", () => {
  it("statement 4: uses the login application's list, else the organization's, without entries that do not take it", () => {
    expect(selected(login(null))).toEqual(["slack"]);
    expect(selected(login("crm"))).toEqual(["slack"]);
    expect(selected(login("portal"))).toEqual([]);
    expect(selectConnection(configuration, [login("portal")], "salesforce").enrolments).toMatchObject([
      { kind: "jit_entry_off", list: "portal" },
    ]);
  });

  it("statement 4: has nothing provisioned through an entry that does not take it, and says so", () => {
    const decision = decideOne(connectionOf("google"), factsOf({ enrolments: [login(null)] }));
    expect(decision.want).toEqual({ verb: "none" });
    expect(codesOf(decision)).toEqual(["jit_entry_off", "no_filter"]);
  });

  it("lives beside a token request of the same application", () => {
    expect(selected(login("portal"), token("portal"))).toEqual(["salesforce"]);
  });

  it("adopts by external id only, as a self sign-up does, unless a request selects the connection too", () => {
    const selfService = (...through: Parameters<typeof selectConnection>[1]) =>
      selectConnection(configuration, through, "slack").selfService;
    expect(selfService(login(null))).toBe(true);
    expect(selfService(login(null), enrolmentOf({ selfService: true }))).toBe(true);
    expect(selfService(login(null), enrolmentOf())).toBe(false);
    expect(selfService()).toBe(false);
  });
});

describe("what may be sent", () => {
  const allowed = (...through: Parameters<typeof selectConnection>[1]) =>
    selectConnection(
      configurationOf(connections, {
        provisioners: listOf(entryOf("slack", { jit: true })),
        applications: [{ ...own, provisioners: null }, console],
      }),
      through,
      "slack",
    ).allowed;

  it("statement 31: a token request allows what its application requested; console, login and others all", () => {
    expect(allowed(token("portal"))).toEqual(["title", "userName"]);
    expect(allowed(token("console"))).toBe("all");
    expect(allowed(login("portal"))).toBe("all");
    expect(allowed(enrolmentOf())).toBe("all");
  });

  it("is the union over the enrolments that select the connection, and of no others", () => {
    const other = applicationOf("hr", { requestedAttributes: ["emails"], provisioners: listOf("slack") });
    const elsewhere = applicationOf("wiki", {
      requestedAttributes: ["locale"],
      provisioners: listOf("google"),
    });
    const several = configurationOf(connections, {
      applications: [{ ...own, provisioners: null }, other, elsewhere],
    });
    const through = [token("portal"), token("hr"), token("wiki")];
    expect(selectConnection(several, through, "slack").allowed).toEqual(["emails", "title", "userName"]);
    expect(selectConnection(several, [...through, enrolmentOf()], "slack").allowed).toBe("all");
  });

  it("of nothing is nothing", () => {
    expect(unionAllowed([])).toEqual([]);
  });
});

describe("the flags of several selecting entries", () => {
  const flagged = (portal: Parameters<typeof entryOf>[1], organization: Parameters<typeof entryOf>[1]) =>
    selectConnection(
      configurationOf(connections, {
        provisioners: listOf(entryOf("slack", organization)),
        applications: [{ ...own, provisioners: listOf(entryOf("slack", portal)) }],
      }),
      [token("portal"), enrolmentOf()],
      "slack",
    );

  it.each([
    [true, true, true],
    [true, false, true],
    [false, false, false],
  ])("block if any says so: %s and %s give %s", (one, other, blocking) => {
    expect(flagged({ blocking: one }, { blocking: other }).blocking).toBe(blocking);
  });

  it.each([
    [true, true, true],
    [true, false, false],
    [false, false, false],
  ])("are optional only if all say so: %s and %s give %s", (one, other, optional) => {
    expect(flagged({ optional: one }, { optional: other }).optional).toBe(optional);
  });

  it("of a connection that nobody selects are neither", () => {
    expect(selectConnection(configuration, [], "slack")).toMatchObject({ blocking: false, optional: false });
  });
});

describe("selection as a whole", () => {
  it("is the same whatever the order of the enrolments", () => {
    const many = fc.array(enrolments, { maxLength: 4 });
    fc.assert(
      fc.property(many, fc.constantFrom("google", "slack", "salesforce"), (through, id) => {
        const { enrolments: forwards, ...summary } = selectConnection(configuration, through, id);
        const reversed = selectConnection(configuration, [...through].reverse(), id);
        expect(reversed).toEqual({ ...summary, enrolments: [...forwards].reverse() });
      }),
    );
  });
});

describe("combineOnFailure", () => {
  const rule = (policy: PartialFailurePolicy, changes: Partial<Compensation> = {}): OnFailure => ({
    policy,
    compensation: { accounts: "delete", withinMs: 3_600_000, revertUpdates: true, ...changes },
  });

  it("hold goes before continue, continue before compensate; nothing comes of no list", () => {
    expect(combineOnFailure([rule("compensate"), rule("hold"), rule("continue")])?.policy).toBe("hold");
    expect(combineOnFailure([rule("compensate"), rule("continue")])?.policy).toBe("continue");
    expect(combineOnFailure([])).toBeNull();
  });

  it("disables before it deletes, in the shortest time, and reverts only if all say so", () => {
    const soft = { accounts: "disable", withinMs: 1_000, revertUpdates: false } as const;
    expect(combineOnFailure([rule("compensate"), rule("compensate", soft)])?.compensation).toEqual(soft);
  });
});
