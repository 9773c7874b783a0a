import type { MalformedTable } from "./malformed-support.js";
import { expects, feedRequest, times, text, json, single, batchType, bearer } from "./malformed-support.js";
import { adminToken, base, hrEvents } from "./support.js";

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

/** Requests to a feed that fail before any event is looked at. */
export const malformedBodies: MalformedTable = {
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
};
