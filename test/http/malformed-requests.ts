import type { InjectOptions } from "fastify";
import { adminToken, base, hrEvents } from "./support.js";

/** One malformed request, and how it must be answered. */
export interface Malformed {
  readonly request: InjectOptions;
  readonly status: number;
  readonly code: string;
}

/** Kind of malformed request → the requests. */
export type MalformedTable = Readonly<Record<string, readonly Malformed[]>>;

const json = "application/json";
const single = "application/cloudevents+json";
const batchType = "application/cloudevents-batch+json";

const good = {
  specversion: "1.0",
  id: "evt-malformed",
  source: "hr",
  type: "user.updated",
  time: "2026-11-24T08:00:00Z",
  data: {
    trigger: "api",
    user: {
      id: "u-malformed",
      userName: "ada",
      title: "Dr",
      emails: [{ value: "ada@acme.example" }],
      groups: ["g-1"],
    },
  },
};

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

const feedRequest = (
  payload: string | Buffer,
  type: string = json,
  url: string = hrEvents,
): InjectOptions => ({
  method: "POST",
  url,
  payload,
  headers: { "content-type": type, ...bearer("hr-feed-token") },
});

const expects =
  (status: number, code: string) =>
  (request: InjectOptions): Malformed => ({ request, status, code });

const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));

/** A copy of the good event with another value at a path. */
const replaced = (path: readonly string[], value: unknown, target: unknown = good): unknown => {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const object = target as Record<string, unknown>;
  return Array.isArray(target)
    ? target.map((item: unknown, at) => (String(at) === head ? replaced(rest, value, item) : item))
    : { ...object, [head]: replaced(rest, value, object[head]) };
};

const text = JSON.stringify(good);
const event = (value: unknown): InjectOptions => feedRequest(JSON.stringify(value));

const truncated = times(text.length - 1, (at) =>
  expects(400, "invalid_json")(feedRequest(text.slice(0, at + 1))),
);
const garbage = [
  "{]",
  "{'id':1}",
  "id: 1",
  "<event/>",
  "NaN",
  "undefined",
  `${text},`,
  `${text}${text}`,
  '"\u0001"',
  "[1,]",
  "{,}",
  "\ufeff\ufeff1x",
  "01",
  "1.",
  "+1",
  "tru",
  '{"a" 1}',
  '{"a":1 "b":2}',
]
  .map((body) => feedRequest(body))
  .map(expects(400, "invalid_json"));
const empty = [
  ...["", " ", "\n\t\r"].map((body) => feedRequest(body)),
  { method: "POST", url: hrEvents, headers: bearer("hr-feed-token") } as const,
].map(expects(400, "invalid_json"));
const notUtf8 = times(text.length, (at) => {
  const bytes = Buffer.from(text);
  bytes[at] = 0xff;
  return expects(400, "invalid_utf8")(feedRequest(bytes));
});

const deepArray = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const deepObject = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const deep = [33, 34, 40, 64, 100, 1_000, 10_000, 100_000, 400_000].flatMap((depth) => [
  expects(400, "json_too_deep")(feedRequest(deepArray(depth))),
  expects(400, "json_too_deep")(feedRequest(deepObject(depth))),
  expects(400, "json_too_deep")(feedRequest(`[${text},${deepObject(depth)}]`)),
]);

const poisons = [
  '{"__proto__":{"admin":true}}',
  '{"a":[{"__proto__":1}]}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"\\u005f_proto__":1}',
];
const poisoned = poisons.flatMap((poison) => [
  expects(400, "forbidden_key")(feedRequest(poison)),
  expects(400, "forbidden_key")(feedRequest(`[${text},${poison}]`)),
  expects(400, "forbidden_key")(feedRequest(text.replace('"title":"Dr"', `"urn:acme:User":${poison}`))),
  expects(400, "forbidden_key")(feedRequest(text.replace('"trigger":"api"', `"trigger":${poison}`))),
]);

const authorizations = [
  undefined,
  "",
  "Bearer",
  "Bearer ",
  "Bearer  ",
  "hr-feed-token",
  "Basic aHI6aHItZmVlZC10b2tlbg==",
  "Bearer hr-feed-toke",
  "Bearer hr-feed-tokenn",
  "Bearer HR-FEED-TOKEN",
  "Bearer partner-feed-token",
  "Bearer facade-feed-token",
  `Bearer ${adminToken}`,
  "Bearer hr-feed-token hr-feed-token",
  "Token hr-feed-token",
  "Bearer \u00e4",
  `Bearer ${"x".repeat(8_000)}`,
];
const wrongToken = authorizations.map((authorization) =>
  expects(
    401,
    "unauthorized",
  )({
    method: "POST",
    url: hrEvents,
    payload: text,
    headers: { "content-type": json, ...(authorization !== undefined && { authorization }) },
  }),
);
const strangers = [
  "nobody",
  "facade",
  "HR",
  "hr%00",
  "hr%20",
  "%F0%9F%98%80",
  "constructor",
  "__proto__",
  "hr'--",
  "x".repeat(600),
  "-",
  "..%2fhr",
];
const unknownFeed = strangers.flatMap((name) => [
  expects(401, "unauthorized")(feedRequest(text, json, `${base}/feeds/${name}/events`)),
  expects(401, "unauthorized")(feedRequest(text, json, `/v1/organizations/${name}/feeds/hr/events`)),
]);

const types = [
  "text/plain",
  "text/json",
  "application/xml",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/jsonp",
  "application/octet-stream",
  "application/scim+json",
  "application/cloudevents+xml",
  "text/yaml",
  "json",
  "application/",
  "/json",
  "*/*",
];
const wrongType = [
  ...types.map((type) => expects(415, "unsupported_media_type")(feedRequest(text, type))),
  ...["gzip", "br", "deflate"].map((encoding) => {
    const request = feedRequest(text);
    return expects(
      415,
      "unsupported_media_type",
    )({ ...request, headers: { ...request.headers, "content-encoding": encoding } });
  }),
];

const huge = [4 * 1_024 * 1_024 + 1, 5_000_000].map((size) =>
  expects(413, "body_too_large")(feedRequest(`"${"x".repeat(size - 2)}"`)),
);
const largeBatch = [1_001, 2_000].map((size) =>
  expects(413, "batch_too_large")(feedRequest(`[${times(size, () => "1").join(",")}]`)),
);
const mismatched = [
  ...["[]", `[${text}]`].map((body) => expects(400, "body_not_object")(feedRequest(body, single))),
  ...[text, "{}", "1", "null"].map((body) => expects(400, "body_not_array")(feedRequest(body, batchType))),
];

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

const waits = ["", "5", "5m", "s", "-1s", "1.5s", "31s", "30001ms", "999999s", "5s%00", "PT5S"].map((wait) =>
  expects(400, "invalid_request")(feedRequest(text, json, `${hrEvents}?wait=${wait}`)),
);
const waitedBatch = ["[]", `[${text}]`].map((body) =>
  expects(400, "wait_single_only")(feedRequest(body, json, `${hrEvents}?wait=5s`)),
);
const unknownQuery = ["?Wait=5s", "?wait=5s&wait=6s", "?dry=true"].map((query) =>
  expects(400, "invalid_request")(feedRequest(text, json, `${hrEvents}${query}`)),
);

const urls = [
  "/v1/organizations/acme/feeds/%zz/events",
  "/v1/%",
  "/%c0%80",
  `/v1/organizations/${"x".repeat(1_100)}/feeds/hr/events`,
].map((url) => expects(400, "bad_url")(feedRequest(text, json, url)));
const nowhere = [
  "/",
  "/v1",
  "/v1/organizations",
  "/v1/organizations/acme/feeds/hr",
  `${hrEvents}/evt-1`,
  "/metrics",
  "/admin",
  "/openapi.yaml",
].map((url) => expects(404, "not_found")(feedRequest(text, json, url)));
const methods = (["GET", "PUT", "PATCH", "DELETE"] as const).map((method) =>
  expects(404, "not_found")({ ...feedRequest(text), method }),
);

const adminRequest = (method: "GET" | "POST" | "PUT", path: string, payload?: unknown): InjectOptions => ({
  method,
  url: `${base}${path}`,
  headers: { ...bearer(adminToken), ...(payload !== undefined && { "content-type": json }) },
  ...(payload !== undefined && { payload: JSON.stringify(payload) }),
});

const adminPaths = [
  "/users?userName=ada",
  "/users/x",
  "/users/hr:x/explanation",
  "/accounts",
  "/connections",
  "/holds",
  "/events/evt-1",
  "/configuration/revisions",
];
const adminWithoutToken = adminPaths.flatMap((path) =>
  [undefined, "Bearer hr-feed-token", "Bearer ", `Basic ${adminToken}`].map((authorization) =>
    expects(
      401,
      "unauthorized",
    )({
      method: "GET",
      url: `${base}${path}`,
      headers: authorization === undefined ? {} : { authorization },
    }),
  ),
);
const badQueries = [
  "/users",
  "/users?userName=",
  "/users?userName=a%00b",
  "/users?name=ada",
  "/users?userName=a&userName=b",
  "/accounts?state=broken",
  "/accounts?code=none",
  "/accounts?cursor=x",
  "/accounts?limit=0",
  "/accounts?limit=501",
  "/accounts?limit=ten",
  "/accounts?limit=1.5",
  "/accounts?connection=CHAT",
  "/accounts?all=true",
  "/holds?cursor=1",
  "/holds?state=open",
  "/events/a%00b",
  `/events/${"e".repeat(257)}`,
  "/events/x?source=HR",
  "/users/a%00b",
  "/users/hr:%01",
].map((path) => expects(400, "invalid_request")(adminRequest("GET", path)));
const controls: readonly (readonly [path: string, bodies: readonly unknown[]])[] = [
  [
    "/accounts/resend",
    [
      undefined,
      null,
      1,
      "all",
      [],
      {},
      { all: true },
      { reason: "x" },
      { reason: "", all: true },
      { reason: " ", all: true },
      { reason: 5, all: true },
      { reason: "x".repeat(501), all: true },
      { reason: "a\0b", all: true },
      { reason: "x", all: false },
      { reason: "x", ids: [] },
      { reason: "x", ids: ["1"] },
      { reason: "x", ids: "all" },
      { reason: "x", all: true, state: "parked" },
      { reason: "x", state: "gone" },
      { reason: "x", all: true, force: true },
    ],
  ],
  [
    "/holds/release",
    [
      undefined,
      [],
      {},
      { reason: "x" },
      { all: true },
      { reason: "x", ids: ["x"] },
      { reason: "x", all: true, connection: "chat" },
      { reason: "x", state: "open" },
      { reason: "x", connection: 1 },
    ],
  ],
  ["/holds/cancel", [undefined, {}, { reason: "x" }, { reason: "x", all: "yes" }]],
  [
    "/connections/chat/pause",
    [undefined, {}, { reason: "" }, { reason: null }, { reason: "x", until: "tomorrow" }],
  ],
  ["/connections/chat/resume", [undefined, {}, "resume"]],
  ["/connections/CHAT/test", [undefined]],
];
const badControls = controls.flatMap(([path, bodies]) =>
  bodies.map((body) => expects(400, "invalid_request")(adminRequest("POST", path, body))),
);
const badAuthors = ["", " ", "a\u0001", "x".repeat(129), "\u00e4"].map((author) => {
  const request = adminRequest("POST", "/accounts/resend", { reason: "x", all: true });
  return expects(
    400,
    "invalid_author",
  )({ ...request, headers: { ...request.headers, "x-outbound-author": author } });
});
const documents = [
  "",
  "organization: acme",
  "version: 2\norganization: acme",
  "version: 1\norganization: acme\nextra: 1",
  "{",
  "[]",
  "version: 1\norganization: acme\nfeeds: 5",
  'version: 1\norganization: "a\\0b"',
  "version: 1\norganization: acme\n\0",
].map((document) =>
  expects(
    422,
    "invalid_configuration",
  )({
    method: "PUT",
    url: `${base}/configuration`,
    payload: document,
    headers: { ...bearer(adminToken), "content-type": "text/yaml" },
  }),
);
const strangeDocuments = [
  expects(
    422,
    "organization_mismatch",
  )({
    method: "PUT",
    url: `${base}/configuration`,
    payload: "version: 1\norganization: other\n",
    headers: { ...bearer(adminToken), "content-type": "text/yaml" },
  }),
  expects(
    415,
    "unsupported_media_type",
  )({
    method: "PUT",
    url: `${base}/configuration`,
    payload: "a=1",
    headers: { ...bearer(adminToken), "content-type": "application/x-www-form-urlencoded" },
  }),
  expects(
    400,
    "invalid_utf8",
  )({
    method: "PUT",
    url: `${base}/configuration`,
    payload: Buffer.from([0xff]),
    headers: { ...bearer(adminToken), "content-type": "text/yaml" },
  }),
  expects(
    400,
    "invalid_request",
  )({
    method: "PUT",
    url: `${base}/configuration?orphans=remove`,
    payload: "x",
    headers: { ...bearer(adminToken), "content-type": "text/yaml" },
  }),
];

/** Every kind of malformed request there is a rule for. */
export const malformedTable: MalformedTable = {
  "JSON that is cut off": truncated,
  "JSON that is none": garbage,
  "no body": empty,
  "bytes that are not UTF-8": notUtf8,
  "deep nesting": deep,
  "prototype poisoning": poisoned,
  "a wrong token": wrongToken,
  "an unknown feed or organization": unknownFeed,
  "a wrong content type": wrongType,
  "a huge body": huge,
  "a large batch": largeBatch,
  "a body that does not fit its content type": mismatched,
  "JSON that is no event": noEvent,
  "a wrong value in an event": wrongValues,
  "text that cannot be stored": [...unstorable, ...unstorableKeys],
  "a wrong wait": [...waits, ...waitedBatch],
  "an unknown query": unknownQuery,
  "a wrong address": [...urls, ...nowhere, ...methods],
  "an admin route without its token": adminWithoutToken,
  "a wrong query of an admin route": badQueries,
  "a wrong control body": [...badControls, ...badAuthors],
  "a wrong configuration": [...documents, ...strangeDocuments],
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
