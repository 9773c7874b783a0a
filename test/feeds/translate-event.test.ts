import { describe, expect, it } from "@jest/globals";
import type { Json, JsonObject } from "../../src/domain/json.js";
import { eventOf, receivedAt, translated, userWrite } from "./support.js";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const user = (attributes: JsonObject = {}): JsonObject => ({
  user: { id: "u-17", userName: "ada", ...attributes },
});
const updated = (attributes: JsonObject): JsonObject =>
  eventOf("user.updated", { user: { id: "u-17", ...attributes } });

describe("registers of a user", () => {
  const rows: readonly [string, JsonObject, Readonly<Record<string, Json>>][] = [
    [
      "simple attributes by name",
      { title: "Countess", displayName: "Ada" },
      { title: "Countess", displayName: "Ada" },
    ],
    [
      "sub-attributes by path",
      { name: { givenName: "Ada", familyName: "Lovelace" } },
      { "name/givenName": "Ada", "name/familyName": "Lovelace" },
    ],
    ["null clears a sub-attribute", { name: { givenName: null } }, { "name/givenName": null }],
    ["null clears a whole complex attribute by its own key", { name: null }, { name: null }],
    [
      "a list as a whole",
      { emails: [{ value: "ada@acme.example", primary: true }] },
      { emails: [{ value: "ada@acme.example", primary: true }] },
    ],
    ["null clears a list", { emails: null }, { emails: null }],
    ["an empty list stays one", { phoneNumbers: [] }, { phoneNumbers: [] }],
    [
      "extension attributes under their URN",
      { [enterprise]: { department: "Engines" } },
      { [`${enterprise}/department`]: "Engines" },
    ],
    [
      "a manager as an object",
      { [enterprise]: { manager: { value: "u-1" } } },
      { [`${enterprise}/manager/value`]: "u-1" },
    ],
    [
      "a manager as text is its id",
      { [enterprise]: { manager: "u-1" } },
      { [`${enterprise}/manager/value`]: "u-1" },
    ],
    ["null clears a manager", { [enterprise]: { manager: null } }, { [`${enterprise}/manager`]: null }],
    ["null clears a whole block", { [enterprise]: null }, { [enterprise]: null }],
    [
      "custom attributes of every shape",
      { "urn:acme:2.0:User": { desk: 4, remote: true, tags: ["a"], room: { floor: 2 } } },
      {
        "urn:acme:2.0:User/desk": 4,
        "urn:acme:2.0:User/remote": true,
        "urn:acme:2.0:User/tags": ["a"],
        "urn:acme:2.0:User/room/floor": 2,
      },
    ],
    ["active", { active: false }, { active: false }],
    [
      "never keys of the protocol, nor passwords",
      { externalId: "x", schemas: ["urn:x"], meta: { a: 1 }, password: "s3cret", groups: [] },
      {},
    ],
  ];

  it.each(rows)("%s", (_title, attributes, registers) => {
    expect(userWrite(translated(updated(attributes))).registers).toEqual(registers);
  });
});

describe("types of events", () => {
  const rows: readonly [string, JsonObject, Readonly<Record<string, Json>>, boolean][] = [
    ["user.created", {}, { userName: "ada" }, false],
    ["user.created", { active: false }, { userName: "ada", active: false }, true],
    ["user.updated", { title: "Dr" }, { userName: "ada", title: "Dr" }, false],
    ["user.updated", { active: false }, { userName: "ada", active: false }, true],
    ["user.disabled", { title: "Dr" }, { userName: "ada", title: "Dr", active: false }, true],
    ["user.enabled", {}, { userName: "ada", active: true }, false],
    ["user.locked", {}, { userName: "ada", locked: true }, true],
    ["user.unlocked", {}, { userName: "ada", locked: false }, false],
  ];

  it.each(rows)("%s with %j writes %j, lowering access: %s", (type, attributes, registers, lowersAccess) => {
    const event = translated(eventOf(type, user(attributes)));
    expect(userWrite(event).registers).toEqual(registers);
    expect(event.subject).toMatchObject({ kind: "user", externalId: "u-17", lowersAccess });
  });

  it.each([true, false])("user.deleted ends the user, authoritative (%s) as the feed is", (authoritative) => {
    const event = translated(eventOf("user.deleted", { user: { id: "u-17" } }), { authoritative });
    expect(event.subject).toEqual({
      kind: "user",
      externalId: "u-17",
      change: { kind: "end", stamp: event.stamp, feed: "hr", authoritative },
      memberships: [],
      lowersAccess: true,
    });
  });

  it("takes what a deletion says beside the id for granted", () => {
    expect(
      translated(eventOf("user.deleted", user({ userName: null, groups: ["g-1"] }))).subject.change.kind,
    ).toBe("end");
  });
});

describe("memberships", () => {
  const member = (externalId: string) => ({ externalId, member: true });
  const former = (externalId: string) => ({ externalId, member: false });

  it("a full list of groups replaces what was there, each group once, as text or as object", () => {
    const event = translated(
      updated({ groups: ["g-1", { value: "g-2", display: "Two" }, { id: "g-3" }, "g-1"] }),
    );
    expect(userWrite(event).replacesGroups).toBe(true);
    expect(event.subject.memberships).toEqual(["g-1", "g-2", "g-3"].map(member));
  });

  it("null is the empty list of groups", () => {
    const event = translated(updated({ groups: null }));
    expect(userWrite(event).replacesGroups).toBe(true);
    expect(event.subject.memberships).toEqual([]);
  });

  it("addGroups and removeGroups are changes", () => {
    const event = translated(updated({ addGroups: ["g-1"], removeGroups: ["g-2"] }));
    expect(userWrite(event).replacesGroups).toBe(false);
    expect(event.subject.memberships).toEqual([member("g-1"), former("g-2")]);
  });

  const groups: readonly [string, JsonObject, JsonObject, readonly object[]][] = [
    [
      "group.created",
      { displayName: "Engineering" },
      { kind: "write", displayName: "Engineering", replacesMembers: false },
      [],
    ],
    ["group.created", { members: ["u-1"] }, { kind: "write", replacesMembers: true }, [member("u-1")]],
    [
      "group.updated",
      { displayName: null },
      { kind: "write", displayName: null, replacesMembers: false },
      [],
    ],
    [
      "group.members",
      { add: [{ value: "u-1" }], remove: ["u-2"] },
      { kind: "write", replacesMembers: false },
      [member("u-1"), former("u-2")],
    ],
    ["group.members", { members: [] }, { kind: "write", replacesMembers: true }, []],
    ["group.deleted", {}, { kind: "end" }, []],
  ];

  it.each(groups)("%s %j", (type, group, change, memberships) => {
    const event = translated(eventOf(type, { group: { id: "g-1", ...group } }));
    expect(event.subject).toEqual({
      kind: "group",
      externalId: "g-1",
      change: { ...change, stamp: event.stamp },
      memberships,
    });
  });
});

describe("stamp and hash", () => {
  it("stamps with time, sequence and id", () => {
    const event = translated(
      eventOf("user.created", { ...user(), sequence: 17 }, { time: "2026-11-24T08:00:00.120+01:00" }),
    );
    expect(event.stamp).toBe(`000${Date.UTC(2026, 10, 24, 7, 0, 0, 120)}:0000000000000017:evt-1`);
    expect(event).toMatchObject({
      clamped: false,
      receivedAt,
      occurredAt: Date.UTC(2026, 10, 24, 7, 0, 0, 120),
    });
  });

  it("takes CloudEvents' own sequence, a text by its specification, where data has none", () => {
    const sequenced = (sequence: Json) => translated(eventOf("user.created", user(), { sequence })).stamp;
    expect(sequenced("0042")).toBe(sequenced(42));
    expect(sequenced(42)).toContain(":0000000000000042:");
    expect(translated(eventOf("user.created", { ...user(), sequence: 1 }, { sequence: 9 })).stamp).toContain(
      ":0000000000000001:",
    );
  });

  it("an event without time happened when it was received", () => {
    const { time: _time, ...event } = eventOf("user.created", user());
    expect(translated(event).occurredAt).toBe(receivedAt);
  });

  it("clamps a time that lies in the future, and says so", () => {
    const event = translated(eventOf("user.created", user(), { time: "2027-01-01T00:00:00Z" }));
    expect(event.clamped).toBe(true);
    expect(event.stamp).toContain(String(receivedAt + 300_000));
  });

  it("hashes the whole event whatever the order of its keys, and never a password", () => {
    const hashOf = (attributes: JsonObject, envelope: JsonObject = {}) =>
      translated(eventOf("user.created", user(attributes), envelope)).hash;
    expect(hashOf({ title: "Dr", displayName: "Ada" })).toBe(hashOf({ displayName: "Ada", title: "Dr" }));
    expect(hashOf({ title: "Dr" })).not.toBe(hashOf({ title: "Prof" }));
    expect(hashOf({}, { traceparent: "a" })).not.toBe(hashOf({}, { traceparent: "b" }));
    expect(hashOf({ password: "first" })).toBe(hashOf({ password: "second" }));
  });

  it("ignores CloudEvents extension attributes and accepts JSON content types", () => {
    const event = translated(
      eventOf("user.created", user(), {
        traceparent: "00-1",
        datacontenttype: "application/json; charset=utf-8",
      }),
    );
    expect(userWrite(event).registers).toEqual({ userName: "ada" });
  });
});
