import { describe, expect, it } from "@jest/globals";
import type { Account } from "../../src/domain/account.js";
import { newAccount } from "../../src/domain/account.js";
import type { Configuration } from "../../src/domain/configuration.js";
import type { Ensure, UserFacts } from "../../src/domain/decide.js";
import { decide } from "../../src/domain/decide.js";
import type { UserChange } from "../../src/domain/merge.js";
import { mergeGroup, mergeMembership, unseenGroup } from "../../src/domain/merge.js";
import type { UserView } from "../../src/domain/user.js";
import { hasWork } from "../../src/domain/work.js";
import { attributeDifference } from "../../src/domain/attributes.js";
import {
  accountOf,
  accountsOf,
  applicationOf,
  configurationOf,
  connectionOf,
  decideOne,
  entryOf,
  factsOf,
  listOf,
  now,
  settledAt,
  viewOf,
  wishOf,
} from "./builders.js";
import { creation, ending, enrolmentOf, shown, update } from "./changes.js";

const engineers = "hr:g-engineering";
const research = "hr:g-research";
const target = connectionOf("target");
const filtered = connectionOf("target", { groupFilter: [engineers, research] });
const joiner = { userName: "ada", "name/givenName": "Ada", title: "Countess" };
const attributesOfAda = { userName: "ada", "name.givenName": "Ada", title: "Countess" };

const of = (view: UserView, groups: readonly string[] = [], seen: readonly string[] = []): UserFacts =>
  factsOf(view, groups, seen);

/** The account after everything that was decided has been done. */
const after = (connection: typeof target, facts: UserFacts, account: Account | null = null): Account =>
  settledAt(account ?? newAccount(connection.id), decideOne(connection, facts, account).want);

const works = (
  connection: typeof target,
  facts: UserFacts,
  account: Account | null,
  changes = {},
): boolean => {
  const { want } = decideOne(connection, facts, account, now, changes);
  return hasWork(want, wishOf(want), account, { connectionEnabled: connection.enabled, released: false });
};

describe("toggles", () => {
  const login = of(viewOf({ enrolments: [enrolmentOf({ kind: "jit" })] }));
  const withJit = (jit: boolean): Partial<Configuration> => ({
    provisioners: listOf(entryOf("target", { jit })),
  });

  it("statement 5: JIT, blocking and filter take effect with the next decision", () => {
    expect(decideOne(target, login, null, now, withJit(false)).want.verb).toBe("none");
    expect(decideOne(target, login, null, now, withJit(true)).want.verb).toBe("ensure");
    const blocking = { provisioners: listOf(entryOf("target", { blocking: true })) };
    expect(decideOne(target, factsOf()).blocking).toBe(false);
    expect(decideOne(target, factsOf(), null, now, blocking).blocking).toBe(true);
    expect(decideOne(target, of(viewOf(), [], [engineers])).want.verb).toBe("ensure");
    expect(decideOne(filtered, of(viewOf(), [], [engineers])).want.verb).toBe("none");
  });
});

describe("holders of a user", () => {
  const connections = [connectionOf("google"), connectionOf("salesforce")];
  const configuration = configurationOf(connections, {
    provisioners: listOf("google"),
    applications: [applicationOf("portal", { provisioners: listOf("salesforce") })],
  });
  const portal = enrolmentOf({ application: "portal", kind: "token" });
  const verbs = (view: UserView) =>
    decide(configuration, of(view), accountsOf(accountOf("salesforce")), now).map(({ want }) => want.verb);

  it("statement 9: an update in the console reaches the target of the application that created the user", () => {
    const view = shown(creation(1, joiner, { enrolment: portal }), update(2, { title: "Dr" }));
    const salesforce = decide(configuration, of(view), accountsOf(accountOf("salesforce")), now)[1];
    expect(salesforce?.want).toMatchObject({ verb: "ensure", attributes: { title: "Dr" } });
  });

  it("statement 9: a deletion in the console removes the account that an application's list made", () => {
    expect(verbs(shown(creation(1, joiner, { enrolment: portal }), ending(2)))).toEqual(["none", "remove"]);
  });

  it("statement 23: a deletion where there is no account affects no other connection", () => {
    const gone = of(shown(creation(1, joiner), ending(2)));
    const orders = [connections, [...connections].reverse()];
    for (const order of orders) {
      const decisions = decide(
        { ...configuration, connections: order },
        gone,
        accountsOf(accountOf("salesforce")),
        now,
      );
      const verb = new Map(decisions.map(({ connection, want }) => [connection, want.verb]));
      expect([verb.get("google"), verb.get("salesforce")]).toEqual(["none", "remove"]);
    }
  });
});

describe("group filters", () => {
  const view = shown(creation(1, joiner));

  it("statement 10: no filter takes every user; a filter takes members of at least one of its groups", () => {
    expect(decideOne(target, of(view)).want.verb).toBe("ensure");
    for (const groups of [[engineers], [research], [engineers, research, "hr:g-other"]])
      expect(decideOne(filtered, of(view, groups)).want.verb).toBe("ensure");
    expect(decideOne(filtered, of(view, ["hr:g-other"], [engineers])).want.verb).toBe("none");
  });

  it("statement 11: joining a configured group asks for the full attribute set; joining again for nothing", () => {
    const { want } = decideOne(filtered, of(view, [engineers]));
    expect(want).toMatchObject({ verb: "ensure", attributes: attributesOfAda });
    const added = mergeMembership(null, { member: true, stamp: "1" });
    const again = mergeMembership(added.state, { member: true, stamp: "2" });
    expect(again.state.member).toBe(true);
    const settled = after(filtered, of(view, [engineers]));
    expect(works(filtered, of(view, [engineers]), settled)).toBe(false);
    expect(works(filtered, of(view, [engineers, research]), settled)).toBe(false);
  });

  it("statement 12: leaving a group deprovisions only who is in no other group of the connection", () => {
    const account = after(filtered, of(view, [engineers, research]));
    expect(works(filtered, of(view, [research], [engineers]), account)).toBe(false);
    expect(decideOne(filtered, of(view, [], [engineers, research]), account).want).toMatchObject({
      verb: "remove",
      cause: "out_of_scope",
    });
  });

  it("statement 13: a user created together with a configured group is provisioned once", () => {
    const facts = of(view, [engineers]);
    expect(works(filtered, facts, null)).toBe(true);
    expect(works(filtered, facts, after(filtered, facts))).toBe(false);
  });

  it("statement 14: an update of a user out of scope asks for nothing, or deprovisions who was provisioned", () => {
    const updated = of(shown(creation(1, joiner), update(2, { title: "Dr" })), [], [engineers]);
    expect(works(filtered, updated, null)).toBe(false);
    const provisioned = after(filtered, of(view, [engineers]));
    expect(works(filtered, updated, provisioned)).toBe(true);
    expect(decideOne(filtered, updated, provisioned).want.verb).toBe("remove");
    expect(works(filtered, updated, after(filtered, updated, provisioned))).toBe(false);
  });

  it("statement 15: a filter is held by id: a renamed group keeps its members, a group of the name gains none", () => {
    const named = (stamp: string, displayName: string) =>
      ({ kind: "write", stamp, displayName, replacesMembers: false }) as const;
    const before = mergeGroup(unseenGroup, named("1", "engineering")).state;
    const renamed = mergeGroup(before, named("2", "developers")).state;
    expect(renamed).toMatchObject({
      displayName: { value: "developers" },
      membersFloor: null,
      deletedAt: null,
    });
    expect(decideOne(filtered, of(view, ["hr:engineering"], [engineers])).want.verb).toBe("none");
  });

  it("statement 16: an edited filter re-evaluates who is there: some leave, some join, the rest have no work", () => {
    const edited = connectionOf("target", { groupFilter: [research] });
    const engineer = of(view, [engineers], [research]);
    const researcher = of(view, [research]);
    expect(decideOne(edited, engineer, after(filtered, engineer)).want.verb).toBe("remove");
    expect(works(edited, researcher, after(filtered, researcher))).toBe(false);
    expect(decideOne(edited, researcher).want.verb).toBe("ensure");
  });
});

describe("accounts", () => {
  it("statement 22: an update of a user never provisioned asks for a complete account", () => {
    const view = shown(creation(1, joiner), update(2, { title: "Dr" }));
    expect(decideOne(target, of(view)).want).toMatchObject({
      attributes: { ...attributesOfAda, title: "Dr" },
    });
  });

  it("statement 25: a new user name keeps the link and changes one attribute of the same account", () => {
    const account = after(target, of(shown(creation(1, joiner))));
    const renamed = of(shown(creation(1, joiner), update(2, { userName: "ada.lovelace" })));
    const { want } = decideOne(target, renamed, account);
    expect(attributeDifference((want as Ensure).attributes, account.applied)).toEqual({
      set: { userName: "ada.lovelace" },
      clear: [],
    });
    expect(settledAt(account, want)).toMatchObject({ remoteId: account.remoteId, existence: "known" });
  });

  it("statement 26: editing a connection's settings, limits or guard asks for nothing at any account", () => {
    const account = after(target, factsOf());
    const edited = connectionOf("target", {
      settings: { baseUrl: "https://elsewhere.example/scim" },
      adopt: "always",
      limits: { requestsPerSecond: 1, concurrency: 1 },
      guard: { free: 0, percent: 1, ceiling: 1, windowMs: 1 },
    });
    expect(works(edited, factsOf(), account)).toBe(false);
  });

  it("statement 27: a partial update asks for the named attribute, a cleared one for its removal", () => {
    const account = after(target, of(shown(creation(1, joiner))));
    const difference = (...changes: readonly UserChange[]) =>
      attributeDifference(
        (decideOne(target, of(shown(creation(1, joiner), ...changes)), account).want as Ensure).attributes,
        account.applied,
      );
    expect(difference(update(2, { "name/givenName": "Augusta" }))).toEqual({
      set: { "name.givenName": "Augusta" },
      clear: [],
    });
    expect(difference(update(2, { title: null }))).toEqual({ set: {}, clear: ["title"] });
  });

  it("statement 32: a default is asked for at create only: it overwrites no value and does not come back", () => {
    const connection = connectionOf("target", {
      mapping: { userName: { path: "userName" }, title: { path: "title", default: "Employee" } },
    });
    const untitled = of(shown(creation(1, { userName: "ada" })));
    const { want } = decideOne(connection, untitled);
    expect(want).toMatchObject({ attributes: { userName: "ada" }, defaults: { title: "Employee" } });
    const account = settledAt(newAccount("target"), want);
    const titled = of(shown(creation(1, { userName: "ada" }), update(2, { title: "Dr" })));
    const cleared = of(shown(creation(1, { userName: "ada", title: "Dr" }), update(2, { title: null })));
    const attributes = (facts: UserFacts) =>
      (decideOne(connection, facts, account).want as Ensure).attributes;
    expect(attributeDifference(attributes(untitled), account.applied)).toEqual({ set: {}, clear: [] });
    expect(attributes(titled)).toMatchObject({ title: "Dr" });
    expect(attributeDifference(attributes(cleared), attributes(titled))).toEqual({
      set: {},
      clear: ["title"],
    });
  });

  it("statement 31: an application's users are sent what it requested, by the organization's list too", () => {
    const applications = [applicationOf("portal", { requestedAttributes: ["name.givenName"] })];
    const token = enrolmentOf({ application: "portal", kind: "token" });
    const through = (enrolment: typeof token) =>
      (
        decideOne(target, of(shown(creation(1, joiner, { enrolment }))), null, now, { applications })
          .want as Ensure
      ).attributes;
    expect(through(token)).toEqual({ userName: "ada", "name.givenName": "Ada" });
    expect(through(enrolmentOf({ application: "console", kind: "organization" }))).toEqual(attributesOfAda);
  });
});
