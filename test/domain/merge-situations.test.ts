import { describe, expect, it } from "@jest/globals";
import type { UserChange } from "../../src/domain/merge.js";
import { groupExists, mergeGroup, mergeUser, unseenGroup } from "../../src/domain/merge.js";
import { unseenUser, viewUser } from "../../src/domain/user.js";
import { arriving, creation, ending, enrolmentOf, shown, update } from "./changes.js";

const ada = { userName: "ada", title: "Countess" };
const wso2 = enrolmentOf({ feed: "wso2", application: "portal", kind: "token" });

describe("existence", () => {
  it("begins with a creation, and with the first update that is ever seen", () => {
    expect(shown(creation(1, ada)).exists).toBe(true);
    expect(shown(update(1, ada)).exists).toBe(true);
    expect(viewUser(unseenUser).exists).toBe(false);
  });

  it("needs a user name: an event of an unnamed user is remembered and makes no user", () => {
    const state = arriving(update(1, { title: "Countess" }));
    expect(viewUser(state).exists).toBe(false);
    expect(viewUser(mergeUser(state, update(2, { userName: "ada" })).state)).toMatchObject({
      exists: true,
      attributes: { userName: "ada", title: "Countess" },
    });
  });

  it("is no matter of a feed that enrols nobody, which leaves the next feed's update the first", () => {
    const hint = update(1, ada, { enrolment: null });
    expect(shown(hint).exists).toBe(false);
    expect(shown(hint, update(2, { title: "Dr" })).exists).toBe(true);
  });

  it("is not given by an update once the user was seen: only the first event's application enrolled", () => {
    const view = shown(creation(1, ada), update(2, ada, { enrolment: wso2 }));
    expect(view.enrolments).toEqual([enrolmentOf()]);
  });

  it.each([
    ["after", [creation(1, ada), ending(5), update(3, { title: "Late" })]],
    ["before", [update(3, { title: "Late" }), ending(5), creation(1, ada)]],
    ["between", [creation(1, ada), update(3, { title: "Late" }), ending(5)]],
  ] as const)("is not revived by an update older than the deletion that arrives %s it", (_when, changes) => {
    expect(shown(...changes)).toMatchObject({ exists: false, userName: null, attributes: {} });
  });

  it("is not revived by a newer update either, whose values are kept for the day of the rehire", () => {
    const left = [creation(1, ada), ending(5), update(7, { title: "Dr" })] as const;
    expect(shown(...left)).toMatchObject({ exists: false, attributes: { title: "Dr" } });
    expect(shown(...left, creation(9, { userName: "ada" }))).toMatchObject({
      exists: true,
      attributes: { userName: "ada", title: "Dr" },
    });
  });

  it("is not given by the first event that is seen when that is a deletion, nor by updates after it", () => {
    expect(shown(ending(5), update(7, ada)).exists).toBe(false);
    expect(shown(update(7, ada), ending(5)).exists).toBe(false);
  });

  it("comes back with a creation or a login after the deletion", () => {
    const login = enrolmentOf({ application: "crm", kind: "jit", selfService: true });
    expect(shown(creation(1, ada), ending(5), creation(6, ada)).exists).toBe(true);
    expect(shown(creation(1, ada), ending(5), creation(6, ada, { enrolment: login })).enrolments).toEqual([
      login,
    ]);
  });

  it("ends with a deletion whose creation arrives late", () => {
    expect(shown(ending(5), creation(4, ada)).exists).toBe(false);
  });
});

describe("a rehire under the same id", () => {
  it("does not bring back the old title, in whatever order the three events arrive", () => {
    const joined = creation(1, ada);
    const left = ending(5);
    const rehired = creation(9, { userName: "ada" });
    const orders: readonly (readonly UserChange[])[] = [
      [joined, left, rehired],
      [joined, rehired, left],
      [left, joined, rehired],
      [left, rehired, joined],
      [rehired, joined, left],
      [rehired, left, joined],
    ];
    for (const order of orders)
      expect(shown(...order)).toMatchObject({ exists: true, attributes: { userName: "ada" } });
    for (const order of orders) expect(shown(...order).attributes).not.toHaveProperty("title");
  });

  it("is enrolled by the rehiring application only", () => {
    const view = shown(creation(1, ada), ending(5), creation(9, ada, { enrolment: wso2 }));
    expect(view.enrolments).toEqual([wso2]);
  });
});

describe("a deletion by a feed that is not authoritative", () => {
  const joined = [creation(1, ada), creation(2, ada, { enrolment: wso2 })] as const;

  it("ends only that feed's own enrolments, and no value", () => {
    const view = shown(...joined, ending(5, "wso2", false));
    expect(view).toMatchObject({ exists: true, enrolments: [enrolmentOf()], attributes: ada });
  });

  it("ends every enrolment that feed made, through whatever application", () => {
    const other = enrolmentOf({ feed: "wso2", application: "crm", kind: "jit" });
    const view = shown(...joined, creation(3, ada, { enrolment: other }), ending(5, "wso2", false));
    expect(view.enrolments).toEqual([enrolmentOf()]);
  });

  it("leaves a user without enrolments gone", () => {
    expect(shown(creation(1, ada, { enrolment: wso2 }), ending(5, "wso2", false)).exists).toBe(false);
  });

  it("of a feed that enrolled nobody ends nothing", () => {
    expect(shown(...joined, ending(5, "hooks", false)).enrolments).toHaveLength(2);
  });

  it("that is older than a new creation by the feed does not end it", () => {
    const view = shown(...joined, creation(7, ada, { enrolment: wso2 }), ending(5, "wso2", false));
    expect(view.enrolments).toHaveLength(2);
  });

  it("works for a feed named like something every object has", () => {
    const odd = enrolmentOf({ feed: "constructor" });
    expect(shown(creation(1, ada, { enrolment: odd })).exists).toBe(true);
    expect(shown(creation(1, ada, { enrolment: odd }), ending(5, "constructor", false)).exists).toBe(false);
  });
});

describe("attributes", () => {
  it("merge one by one: each keeps its latest value, whatever arrives last", () => {
    const view = shown(
      creation(1, { userName: "ada", title: "Miss", "name/givenName": "Ada" }),
      update(9, { title: "Countess" }),
      update(5, { title: "Dr", "name/familyName": "Lovelace" }),
    );
    expect(view.attributes).toEqual({
      userName: "ada",
      title: "Countess",
      name: { givenName: "Ada", familyName: "Lovelace" },
    });
  });

  it("cleared as a whole take their sub-attributes along, except those written later", () => {
    const named = creation(1, { ...ada, "name/givenName": "Ada", "name/familyName": "Byron" });
    const cleared = update(5, { name: null });
    const married = update(7, { "name/familyName": "Lovelace" });
    for (const changes of [
      [named, cleared, married],
      [married, cleared, named],
      [cleared, named, married],
    ])
      expect(shown(...changes).attributes["name"]).toEqual({ familyName: "Lovelace" });
    expect(shown(named, cleared).attributes).not.toHaveProperty("name");
  });

  it("let the later of a simple value and its sub-attribute show", () => {
    const manager = "urn:example:User/manager";
    const simple = (at: number) => update(at, { [manager]: "u-1" });
    const complex = (at: number) => update(at, { [`${manager}/value`]: "u-2" });
    expect(shown(simple(1), complex(2)).attributes["urn:example:User"]).toEqual({
      manager: { value: "u-2" },
    });
    expect(shown(simple(3), complex(2)).attributes["urn:example:User"]).toEqual({ manager: "u-1" });
  });

  it("not named by a replacing write are gone; those written after it stay", () => {
    const replaced = update(5, { userName: "ada" }, { replaces: true });
    const before = creation(1, ada);
    expect(shown(before, replaced).attributes).toEqual({ userName: "ada" });
    expect(shown(replaced, before, update(6, { title: "Dr" })).attributes).toEqual({
      userName: "ada",
      title: "Dr",
    });
  });

  it("may be called anything, even what every object has", () => {
    const odd = { "urn:example:User/constructor": "a", toString: "b", "hasOwnProperty/x": "c" };
    expect(shown(creation(1, { ...ada, ...odd })).attributes).toEqual({
      ...ada,
      "urn:example:User": { constructor: "a" },
      toString: "b",
      hasOwnProperty: { x: "c" },
    });
  });

  it("leave the switches out, which say who may work", () => {
    const view = shown(creation(1, { ...ada, active: false, locked: true }));
    expect(view).toMatchObject({ disabled: true, locked: true, enabled: false, attributes: ada });
    expect(shown(creation(1, { ...ada, active: true, locked: false })).enabled).toBe(true);
  });
});

describe("staleness", () => {
  const seen = arriving(creation(1, ada), update(9, { title: "Dr" }));

  it.each<readonly [string, UserChange, boolean]>([
    ["an older value of a register that was written later", update(5, { title: "Miss" }), false],
    ["a newer value", update(10, { title: "Miss" }), true],
    ["the same value again, said later, since it now beats more", update(10, { title: "Dr" }), true],
    ["a deletion", ending(5), true],
    ["an older value of a register never written", update(5, { nickName: "Ada" }), true],
    ["an event that names nothing", update(5, {}), false],
  ])("of %s", (_title, change, changed) => {
    expect(mergeUser(seen, change).changed).toBe(changed);
  });

  it("of whatever is older than the deletion that ended it", () => {
    const ended = arriving(creation(1, ada), ending(9));
    expect(mergeUser(ended, update(5, { title: "Miss" })).changed).toBe(false);
    expect(mergeUser(ended, creation(5, ada)).changed).toBe(false);
    expect(mergeUser(ended, ending(5)).changed).toBe(false);
  });
});

describe("a group", () => {
  const named = (stamp: string) =>
    ({ kind: "write", stamp, displayName: "Engineering", replacesMembers: false }) as const;

  it("exists from its first event until its deletion, and again after a later one", () => {
    const there = mergeGroup(unseenGroup, named("1")).state;
    const gone = mergeGroup(there, { kind: "end", stamp: "2" }).state;
    expect([unseenGroup, there, gone].map(groupExists)).toEqual([false, true, false]);
    expect(groupExists(mergeGroup(gone, named("1")).state)).toBe(false);
    expect(groupExists(mergeGroup(gone, named("3")).state)).toBe(true);
  });

  it("keeps its name when an event does not say it", () => {
    const there = mergeGroup(unseenGroup, named("1")).state;
    const later = mergeGroup(there, { kind: "write", stamp: "2", replacesMembers: true }).state;
    expect(later).toMatchObject({ displayName: { value: "Engineering" }, membersFloor: "2" });
  });
});
