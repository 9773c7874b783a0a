import type { InjectOptions } from "fastify";
import type { MalformedTable } from "./malformed-support.js";
import { bearer, expects, feedRequest, text, json } from "./malformed-support.js";
import { adminToken, base, hrEvents } from "./support.js";

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

/** Wrong addresses and queries, and malformed requests to admin routes. */
export const malformedAddresses: MalformedTable = {
  "a wrong wait": [...waits, ...waitedBatch],
  "an unknown query": unknownQuery,
  "a wrong address": [...urls, ...nowhere, ...methods],
  "an admin route without its token": adminWithoutToken,
  "a wrong query of an admin route": badQueries,
  "a wrong control body": [...badControls, ...badAuthors],
  "a wrong configuration": [...documents, ...strangeDocuments],
};
