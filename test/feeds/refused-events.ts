import type { Json, JsonObject } from "../../src/domain/json.js";
import { eventOf } from "./support.js";

const user = (attributes: JsonObject = {}): JsonObject => ({
  user: { id: "u-17", userName: "ada", ...attributes },
});
const updated = (attributes: JsonObject): JsonObject =>
  eventOf("user.updated", { user: { id: "u-17", ...attributes } });
const long = "x".repeat(257);
const many = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}-${at}`);

type Row = readonly [title: string, event: Json, codes: readonly string[]];

/** Envelopes that are refused, with code and pointer of each problem. */
export const refusedEnvelopes: readonly Row[] = [
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
];

/** Events whose data is refused before its user is looked at. */
export const refusedData: readonly Row[] = [
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
];

/** Users that are refused. */
export const refusedUsers: readonly Row[] = [
  ["no id of the user", eventOf("user.created", { user: { userName: "ada" } }), ["invalid_id /data/user/id"]],
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
];

/** Memberships, contradictions, groups and texts that are refused. */
export const refusedGroups: readonly Row[] = [
  ["too many groups", updated({ groups: many(10_001, "g") }), ["too_many /data/user/groups"]],
  [
    "too many changes of groups together",
    updated({
      addGroups: many(6_000, "g"),
      removeGroups: many(6_000, "h"),
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
