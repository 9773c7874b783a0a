import type { MalformedTable } from "./malformed-support.js";
import { expects, times, event, good, replaced } from "./malformed-support.js";

const scalars = [null, true, false, 0, 1.5, "", "event", {}];
const noEvent = scalars.map((value) =>
  expects(422, value !== null && typeof value === "object" ? "unknown_type" : "invalid_event")(event(value)),
);

/** Wrong values that stand for a whole kind each; which of them are wrong depends on the place. */
const wrongAt: readonly (readonly [path: string, code: string, values: readonly unknown[]])[] = [
  ["specversion", "invalid_event", [null, 1, 1.0, "1", "0.3", "2.0", [], {}]],
  [
    "id",
    "invalid_id",
    [null, 0, 1, true, "", [], {}, "a\nb", "\u0007", ...times(20, (at) => "x".repeat(257 + at))],
  ],
  ["source", "invalid_event", [null, 1, true, [], {}]],
  ["source", "source_mismatch", ["", "HR", "crm", " hr", "hr ", "https://hr.acme.example"]],
  [
    "type",
    "unknown_type",
    [
      null,
      1,
      true,
      [],
      {},
      "",
      "user",
      "user.",
      "User.Created",
      "user.renamed",
      "group.members ",
      "membership",
    ],
  ],
  [
    "time",
    "invalid_time",
    [
      null,
      1,
      true,
      [],
      {},
      "",
      "now",
      "2026",
      "2026-11",
      "2026-11-24",
      "24.11.2026",
      "2026-11-24 08:00:00Z",
      "2026-13-01T00:00:00Z",
      "2026-00-01T00:00:00Z",
      "2026-02-30T00:00:00Z",
      "2026-11-24T25:00:00Z",
      "2026-11-24T08:61:00Z",
      "2026-11-24T08:00:00",
      "2026-11-24T08:00:00+25:00",
      "1969-12-31T23:59:59.999Z",
      "0000-01-01T00:00:00Z",
      "+12026-11-24T08:00:00Z",
      "-002026-11-24T08:00:00Z",
      "1764000000000",
      "2026-11-24T08:00:00Zulu",
    ],
  ],
  ["datacontenttype", "invalid_event", [null, 1, "", "text/plain", "application/xml", "json"]],
  ["data_base64", "invalid_event", ["AA==", null, 1]],
  ["sequence", "invalid_sequence", [null, -1, 1.5, 2 ** 53, "", "-1", "1.5", "abc", "9".repeat(16), [], {}]],
  ["data", "invalid_event", [null, 1, true, "", "data", [], [good.data]]],
  ["data.trigger", "invalid_event", [null, 1, "", "API", "login", [], {}]],
  ["data.application", "invalid_event", [1, true, "", [], {}]],
  ["data.application", "unknown_application", ["crm", "Console", "hr portal", "x".repeat(256)]],
  ["data.sequence", "invalid_sequence", [null, -1, 0.5, "1", 2 ** 53, 1e300, [], {}]],
  ["data.group", "unknown_attribute", [null, {}, { id: "g-1" }]],
  ["data.user", "invalid_event", [null, 1, "u-1", true, [], [good.data.user]]],
  [
    "data.user.id",
    "invalid_id",
    [null, 0, 17, true, "", [], {}, "a\tb", ...times(20, (at) => "u".repeat(257 + at))],
  ],
  ["data.user.userName", "invalid_event", [1, true, [], {}]],
  ["data.user.userName", "user_name_required", [null, "", " ", "\t"]],
  ["data.user.userName", "too_long", times(10, (at) => "n".repeat(257 + at))],
  ["data.user.active", "invalid_event", [0, 1, "", "true", "false", [], {}]],
  ["data.user.title", "invalid_event", [0, 1, true, [], {}, ["Dr"]]],
  ["data.user.title", "too_long", times(5, (at) => "t".repeat(16_385 + at))],
  ["data.user.name", "invalid_event", [0, "Ada", true, [], ["Ada"]]],
  [
    "data.user.name",
    "unknown_attribute",
    [{ "": "x" }, { "given name": "x" }, { "a/b": "x" }, { "1st": "x" }],
  ],
  ["data.user.name.givenName", "invalid_event", [1, true, [], {}, { first: "Ada" }]],
  [
    "data.user.emails",
    "invalid_event",
    [0, "", "ada@acme.example", true, {}, { value: "x" }, [null], [[]], [{ value: {} }], [{ value: ["x"] }]],
  ],
  ["data.user.emails", "too_many", [times(501, () => "x"), times(1_000, () => ({ value: "x" }))]],
  ["data.user.groups", "invalid_event", [0, "", "g-1", true, {}]],
  [
    "data.user.groups",
    "invalid_id",
    [
      [""],
      [1],
      [null],
      [{}],
      [{ value: 1 }],
      [[]],
      ["g".repeat(257)],
      ["a\u0000b".replace("\u0000", "\u0001")],
    ],
  ],
  ["data.user.addGroups", "contradiction", [[], ["g-2"]]],
  ["data.user.addGroups", "invalid_event", [null, "g-1", {}]],
  ["data.user.shoeSize", "unknown_attribute", [null, 38, "38", [], {}]],
  [
    "data.user.urn:acme:User",
    "invalid_event",
    [1, "x", true, [], ["x"], { a: [null] }, { a: { b: { c: 1 } } }, { a: { b: [[1]] } }],
  ],
  ["data.user.urn:acme:User", "unknown_attribute", [{ "": 1 }, { "a b": 1 }, { "a/b": 1 }, { _a: 1 }]],
  ["data.user.urn:acme/User", "unknown_attribute", [{}, { a: 1 }]],
  ["data.user.urn:", "unknown_attribute", [{}, null]],
  ["data.extra", "unknown_attribute", [null, 1, {}, []]],
];
const wrongValues = wrongAt.flatMap(([path, code, values]) =>
  values.map((value) => expects(422, code)(event(replaced(path.split("."), value)))),
);

const leaves = [
  "id",
  "source",
  "type",
  "time",
  "data.trigger",
  "data.user.id",
  "data.user.userName",
  "data.user.title",
  "data.user.emails.0.value",
  "data.user.groups.0",
  "traceparent",
  "data.user.password",
];
const unstorable = leaves.flatMap((path) =>
  ["a\0b", "\0", "\ud800", "a\udc00b", "\udc00\ud800"].map((value) =>
    expects(422, "invalid_text")(event(replaced(path.split("."), value))),
  ),
);
const unstorableKeys = ["a\0b", "\ud800", "urn:acme:\0"].map((key) =>
  expects(422, "invalid_text")(event(replaced(["data", "user", key], 1))),
);

/** Events that are refused one by one. */
export const malformedEvents: MalformedTable = {
  "JSON that is no event": noEvent,
  "a wrong value in an event": wrongValues,
  "text that cannot be stored": [...unstorable, ...unstorableKeys],
};

/** Batches in which no item is right: each item's code in order. */
export const malformedBatches: readonly {
  readonly items: readonly unknown[];
  readonly codes: readonly string[];
}[] = [
  { items: [null, 1, "x", [], true], codes: Array.from({ length: 5 }, () => "invalid_event") },
  { items: [{}, { id: "a" }], codes: ["unknown_type", "unknown_type"] },
  ...wrongAt.map(([path, code, values]) => ({
    items: values.slice(0, 3).map((value) => replaced(path.split("."), value)),
    codes: values.slice(0, 3).map(() => code),
  })),
];
