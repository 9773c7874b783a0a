import { describe, expect, it } from "@jest/globals";
import type { Feed } from "../../src/domain/configuration.js";
import type { Json, JsonObject } from "../../src/domain/json.js";
import type { Enrolment } from "../../src/domain/user.js";
import { codesOf, eventOf, receivedAt, refused, translated, userWrite } from "./support.js";

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

describe("enrolments (statements 1 to 4 and 31)", () => {
  const organization = { feed: "hr", application: null, kind: "organization", selfService: false } as const;
  const rows: readonly [string, JsonObject, Partial<Feed>, Enrolment | null][] = [
    ["no application", {}, {}, organization],
    [
      "the event's application",
      { application: "hr-portal" },
      {},
      { ...organization, application: "hr-portal", kind: "token" },
    ],
    [
      "the feed's application",
      {},
      { application: "hr-portal" },
      { ...organization, application: "hr-portal", kind: "token" },
    ],
    ["the console", { application: "console" }, {}, organization],
    ["a console trigger", { application: "hr-portal", trigger: "console" }, {}, organization],
    [
      "self sign-up",
      { application: "hr-portal", trigger: "self-sign-up" },
      {},
      { ...organization, selfService: true },
    ],
    [
      "a login",
      { application: "hr-portal", trigger: "jit" },
      {},
      { feed: "hr", application: "hr-portal", kind: "jit", selfService: true },
    ],
    [
      "a login without application",
      { trigger: "jit" },
      {},
      { feed: "hr", application: null, kind: "jit", selfService: true },
    ],
    ["a feed that enrols nobody", { application: "hr-portal" }, { enrols: "none" }, null],
  ];

  it.each(rows)("%s", (_title, data, feed, enrolment) => {
    expect(userWrite(translated(eventOf("user.created", { ...user(), ...data }), feed)).enrolment).toEqual(
      enrolment,
    );
  });

  it.each([
    ["user.created", "api", true],
    ["user.updated", "api", false],
    ["user.updated", "jit", true],
    ["user.enabled", "console", false],
  ])("%s by %s enrols: %s", (type, trigger, enrols) => {
    expect(userWrite(translated(eventOf(type, { ...user(), trigger }))).enrols).toBe(enrols);
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

describe("refusals", () => {
  const long = "x".repeat(257);
  const events: readonly [string, Json, readonly string[]][] = [
    ["not an object", "evt", ["invalid_event "]],
    ["a list", [], ["invalid_event "]],
    ["no type", { id: "evt-1" }, ["unknown_type /type"]],
    ["another type", eventOf("user.renamed", user()), ["unknown_type /type"]],
    [
      "another version of CloudEvents",
      eventOf("user.created", user(), { specversion: "0.3" }),
      ["invalid_event /specversion"],
    ],
    ["no id", eventOf("user.created", user(), { id: "" }), ["invalid_id /id"]],
    ["an id that is too long", eventOf("user.created", user(), { id: long }), ["invalid_id /id"]],
    ["an id with control characters", eventOf("user.created", user(), { id: "evt\n1" }), ["invalid_id /id"]],
    ["another source", eventOf("user.created", user(), { source: "crm" }), ["source_mismatch /source"]],
    [
      "no time of a day",
      eventOf("user.created", user(), { time: "2026-02-30T08:00:00Z" }),
      ["invalid_time /time"],
    ],
    [
      "a time without zone",
      eventOf("user.created", user(), { time: "2026-02-03T08:00:00" }),
      ["invalid_time /time"],
    ],
    [
      "a time before 1970",
      eventOf("user.created", user(), { time: "1969-12-31T23:59:59Z" }),
      ["invalid_time /time"],
    ],
    ["a number as time", eventOf("user.created", user(), { time: 5 }), ["invalid_time /time"]],
    [
      "a negative sequence",
      eventOf("user.created", { ...user(), sequence: -1 }),
      ["invalid_sequence /data/sequence"],
    ],
    [
      "a sequence beyond the safe integers",
      eventOf("user.created", { ...user(), sequence: 2 ** 53 }),
      ["invalid_sequence /data/sequence"],
    ],
    [
      "a sequence that is no number",
      eventOf("user.created", user(), { sequence: "seven" }),
      ["invalid_sequence /sequence"],
    ],
    [
      "another content type of data",
      eventOf("user.created", user(), { datacontenttype: "text/xml" }),
      ["invalid_event /datacontenttype"],
    ],
    ["binary data", eventOf("user.created", user(), { data_base64: "AA==" }), ["invalid_event /data_base64"]],
    ["no data", eventOf("user.created", null), ["invalid_event /data"]],
    [
      "something unknown in data",
      eventOf("user.created", { ...user(), extra: 1 }),
      ["unknown_attribute /data"],
    ],
    [
      "another trigger",
      eventOf("user.created", { ...user(), trigger: "magic" }),
      ["invalid_event /data/trigger"],
    ],
    ["no user", eventOf("user.created", {}), ["invalid_event /data/user"]],
    [
      "no id of the user",
      eventOf("user.created", { user: { userName: "ada" } }),
      ["invalid_id /data/user/id"],
    ],
    [
      "a number as id of the user",
      eventOf("user.created", { user: { id: 17, userName: "ada" } }),
      ["invalid_id /data/user/id"],
    ],
    [
      "no user name at a creation",
      eventOf("user.created", { user: { id: "u-17" } }),
      ["user_name_required /data/user/userName"],
    ],
    ["a user name that is cleared", updated({ userName: null }), ["user_name_required /data/user/userName"]],
    ["a blank user name", updated({ userName: " " }), ["user_name_required /data/user/userName"]],
    ["a user name that is too long", updated({ userName: long }), ["too_long /data/user/userName"]],
    [
      "a custom attribute beside the core ones",
      updated({ shoeSize: 38 }),
      ["unknown_attribute /data/user/shoeSize"],
    ],
    ["a core attribute misspelled", updated({ username: "ada" }), ["unknown_attribute /data/user/username"]],
    ["locked as an attribute", updated({ locked: true }), ["unknown_attribute /data/user/locked"]],
    ["a URN with a slash", updated({ "urn:acme/User": {} }), ["unknown_attribute /data/user/urn:acme~1User"]],
    [
      "an attribute name that is none",
      updated({ "urn:acme:User": { "a/b": 1 } }),
      ["unknown_attribute /data/user/urn:acme:User/a~1b"],
    ],
    ["a number where a text belongs", updated({ title: 5 }), ["invalid_event /data/user/title"]],
    ["a text where true or false belongs", updated({ active: "true" }), ["invalid_event /data/user/active"]],
    [
      "a text where a list belongs",
      updated({ emails: "ada@acme.example" }),
      ["invalid_event /data/user/emails"],
    ],
    ["null within a list", updated({ emails: [null] }), ["invalid_event /data/user/emails/0"]],
    ["a text that is too long", updated({ title: "x".repeat(16_385) }), ["too_long /data/user/title"]],
    [
      "too many values",
      updated({ emails: Array.from({ length: 501 }, () => ({ value: "a" })) }),
      ["too_many /data/user/emails"],
    ],
    [
      "too deep an extension",
      updated({ "urn:acme:User": { a: { b: { c: 1 } } } }),
      ["invalid_event /data/user/urn:acme:User/a"],
    ],
    [
      "too many attributes",
      updated({
        "urn:acme:User": Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`a${at}`, 1])),
      }),
      ["too_many /data/user"],
    ],
    [
      "too many groups",
      updated({ groups: Array.from({ length: 10_001 }, (_, at) => `g-${at}`) }),
      ["too_many /data/user/groups"],
    ],
    [
      "too many changes of groups together",
      updated({
        addGroups: Array.from({ length: 6_000 }, (_, at) => `g-${at}`),
        removeGroups: Array.from({ length: 6_000 }, (_, at) => `h-${at}`),
      }),
      ["too_many /data/user"],
    ],
    ["an empty id among groups", updated({ groups: ["g-1", ""] }), ["invalid_id /data/user/groups/1"]],
    [
      "a full list beside changes",
      updated({ groups: ["g-1"], addGroups: ["g-2"] }),
      ["contradiction /data/user/groups"],
    ],
    [
      "a group both added and removed",
      updated({ addGroups: ["g-1"], removeGroups: ["g-1"] }),
      ["contradiction /data/user/removeGroups"],
    ],
    [
      "disabled, but active",
      eventOf("user.disabled", user({ active: true })),
      ["contradiction /data/user/active"],
    ],
    [
      "enabled, but not active",
      eventOf("user.enabled", user({ active: false })),
      ["contradiction /data/user/active"],
    ],
    [
      "a user in an event about a group",
      eventOf("group.created", user()),
      ["invalid_event /data/group", "unknown_attribute /data"],
    ],
    [
      "group.members without members",
      eventOf("group.members", { group: { id: "g-1" } }),
      ["invalid_event /data/group"],
    ],
    [
      "a group as member",
      eventOf("group.members", { group: { id: "g-1", add: [{ value: "g-2", type: "Group" }] } }),
      ["nested_group /data/group/add/0"],
    ],
    [
      "something unknown in a group",
      eventOf("group.created", { group: { id: "g-1", owner: "u-1" } }),
      ["unknown_attribute /data/group"],
    ],
    [
      "members beside changes",
      eventOf("group.members", { group: { id: "g-1", members: [], add: [] } }),
      ["contradiction /data/group/members"],
    ],
    ["NUL in a value", updated({ title: "a\0b" }), ["invalid_text /data/user/title"]],
    ["NUL in a key", updated({ "urn:a\0b": {} }), ["invalid_text /data/user"]],
    [
      "half of a surrogate pair",
      updated({ emails: [{ value: "\ud800" }] }),
      ["invalid_text /data/user/emails/0/value"],
    ],
    [
      "an unknown application",
      eventOf("user.created", { ...user(), application: "crm" }),
      ["unknown_application /data/application"],
    ],
  ];

  it.each(events)("%s", (_title, input, codes) => {
    expect(codesOf(refused(input))).toEqual(codes);
  });

  it("another application than the feed's", () => {
    const event = eventOf("user.created", { ...user(), application: "console" });
    expect(codesOf(refused(event, { application: "hr-portal" }))).toEqual([
      "application_mismatch /data/application",
    ]);
  });

  it("a trigger that the feed may not send, an absent one being api", () => {
    const jitOnly: Partial<Feed> = { triggers: ["jit"] };
    expect(codesOf(refused(eventOf("user.created", user()), jitOnly))).toEqual([
      "trigger_not_allowed /data/trigger",
    ]);
    expect(translated(eventOf("user.created", { ...user(), trigger: "jit" }), jitOnly).id).toBe("evt-1");
  });

  it("reports all problems of one event together", () => {
    const event = eventOf(
      "user.created",
      { user: { id: "u-17" }, application: "crm" },
      { source: "crm", time: "soon" },
    );
    expect(codesOf(refused(event)).map((code) => code.split(" ")[0])).toEqual([
      "invalid_time",
      "source_mismatch",
      "unknown_application",
      "user_name_required",
    ]);
  });

  it("tells where custom attributes belong, and repeats names but no value", () => {
    const [problem] = refused(updated({ shoeSize: "thirty-eight" }));
    expect(problem.detail).toContain("shoeSize");
    expect(problem.detail).toContain("under their URN");
    expect(
      JSON.stringify(refused(updated({ title: { secret: "Ada" }, emails: "ada@acme.example" }))),
    ).not.toMatch(/Ada|acme/);
  });
});
