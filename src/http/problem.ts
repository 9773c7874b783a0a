import type { FastifyReply } from "fastify";

/** Stable codes of answers with status 4xx or 5xx, with their status and title. Rejected events have codes of their own. */
export const problemKinds = {
  invalid_json: [400, "The body is not JSON"],
  invalid_utf8: [400, "The body is not UTF-8"],
  json_too_deep: [400, "The body nests too deeply"],
  forbidden_key: [400, "The body holds a forbidden key"],
  body_not_object: [400, "The body is not an object"],
  body_not_array: [400, "The body is not a list"],
  invalid_request: [400, "The request is not valid"],
  invalid_author: [400, "The author is not valid"],
  wait_single_only: [400, "Only single events can be waited for"],
  bad_url: [400, "The address is not valid"],
  unauthorized: [401, "The token does not open this"],
  not_found: [404, "There is nothing at this address"],
  unknown_event: [404, "There is no such event"],
  unknown_user: [404, "There is no such user"],
  unknown_connection: [404, "There is no such connection"],
  unknown_hold: [404, "There is no such hold"],
  unknown_organization: [404, "The organization has no configuration"],
  request_timeout: [408, "The request took too long to arrive"],
  event_ambiguous: [409, "Several sources have an event with this id"],
  hold_answered: [409, "The hold is not open any more"],
  hold_kind_mismatch: [409, "The hold takes another answer"],
  orphans: [409, "Connections vanish that have accounts"],
  body_too_large: [413, "The body is too large"],
  batch_too_large: [413, "The batch is too large"],
  unsupported_media_type: [415, "The content type is not taken"],
  event_rejected: [422, "The event was rejected"],
  invalid_configuration: [422, "The configuration is not valid"],
  organization_mismatch: [422, "The configuration is another organization's"],
  headers_too_large: [431, "The headers are too large"],
  internal: [500, "Something went wrong here"],
  store_unavailable: [503, "The store does not answer"],
  secret_unavailable: [503, "A secret cannot be read"],
  overloaded: [503, "There is too much to do at the moment"],
} as const satisfies Record<string, readonly [number, string]>;

/** A stable code of the HTTP edge. */
export type ProblemKind = keyof typeof problemKinds;

/** One thing that is wrong with a request. */
export interface ProblemError {
  /** JSON pointer; into the event for events, else beginning with `/body`, `/query`, `/path` or `/headers`. */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** What a problem says beside its code. */
export interface ProblemDetails {
  readonly detail: string;
  /** Replaces the kind's own code: an event's. */
  readonly code?: string;
  readonly errors?: readonly ProblemError[];
  /** Further members (RFC 9457 §3.2). */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Thrown by handlers to answer with a problem. The detail is shown to the caller: nothing secret, nothing personal. */
export class HttpProblem extends Error {
  readonly kind: ProblemKind;
  readonly details: ProblemDetails;

  constructor(kind: ProblemKind, details: ProblemDetails) {
    super(kind);
    this.name = "HttpProblem";
    this.kind = kind;
    this.details = details;
  }
}

const retryAfterSeconds = 5;

/** The members of a problem document (RFC 9457 §3.1); `requestId` finds the request in the log. */
export function problemDocument(
  kind: ProblemKind,
  details: ProblemDetails,
  requestId: string,
): Readonly<Record<string, unknown>> {
  const [status, title] = problemKinds[kind];
  const code = details.code ?? kind;
  return {
    type: `urn:problem-type:outbound:${code}`,
    title,
    status,
    detail: details.detail,
    instance: `urn:uuid:${requestId}`,
    code,
    ...(details.errors !== undefined && { errors: details.errors }),
    ...details.extra,
  };
}

/** Answers with a problem as `application/problem+json`. */
export function sendProblem(reply: FastifyReply, kind: ProblemKind, details: ProblemDetails): FastifyReply {
  const [status] = problemKinds[kind];
  if (status === 401) void reply.header("www-authenticate", 'Bearer realm="outbound"');
  if (status === 503) void reply.header("retry-after", retryAfterSeconds);
  // A text, not an object: no response schema of a route may drop members of it.
  return reply
    .code(status)
    .type("application/problem+json; charset=utf-8")
    .send(JSON.stringify(problemDocument(kind, details, reply.request.id)));
}
