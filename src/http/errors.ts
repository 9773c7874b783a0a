import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { isDatabaseUp } from "../store/database.js";
import type { Db } from "../store/schema.js";
import type { ProblemDetails, ProblemError, ProblemKind } from "./problem.js";
import { HttpProblem, sendProblem } from "./problem.js";

type Answer = readonly [ProblemKind, ProblemDetails];

const contentTypes =
  "send application/json, for events also application/cloudevents+json or application/cloudevents-batch+json, for a configuration also text/yaml";

/** Fastify's own errors in our words. */
const frameworkAnswers: Readonly<Record<string, Answer>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["unsupported_media_type", { detail: contentTypes }],
  FST_ERR_CTP_BODY_TOO_LARGE: ["body_too_large", { detail: "a body has at most 4 MiB: send less at once" }],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    "invalid_request",
    { detail: "the body is shorter or longer than Content-Length says" },
  ],
  FST_ERR_BAD_URL: ["bad_url", { detail: "the path is not correctly percent-encoded" }],
  FST_ERR_MAX_PARAM_LENGTH: ["bad_url", { detail: "a part of the path is too long" }],
};

const places: Readonly<Record<string, string>> = {
  params: "/path",
  querystring: "/query",
  body: "/body",
  headers: "/headers",
};

const validationErrors = (error: FastifyError): readonly ProblemError[] =>
  (error.validation ?? []).map((issue) => {
    const at = issue.instancePath === "/" ? "" : issue.instancePath;
    const keys = issue.keyword === "unrecognized_keys" ? issue.params["keys"] : undefined;
    return {
      pointer: `${places[error.validationContext ?? "body"] ?? ""}${at}`,
      code: issue.keyword === "unrecognized_keys" ? "unknown_key" : "invalid_value",
      detail: Array.isArray(keys)
        ? `remove what is not known here: ${keys.map(String).join(", ").slice(0, 200)}`
        : (issue.message ?? "is not valid"),
    };
  });

const knownAnswer = (error: FastifyError): Answer | null => {
  if (error instanceof HttpProblem) return [error.kind, error.details];
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = validationErrors(error);
    const detail = errors.map((one) => `${one.pointer}: ${one.detail}`).join("; ");
    return ["invalid_request", { detail, errors }];
  }
  const framework = frameworkAnswers[error.code];
  if (framework !== undefined) return framework;
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500
    ? ["invalid_request", { detail: "the request could not be read" }]
    : null;
};

const sqlState = (error: FastifyError): string | null =>
  /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null;

/** Where an error was raised, without its message: that may hold what somebody sent. */
const framesOf = (error: Error): readonly string[] =>
  (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim());

const logUnknown = (request: FastifyRequest, error: FastifyError): void => {
  const route = request.routeOptions.url ?? "unmatched";
  request.log.error(
    { route, error: error.name, code: sqlState(error), frames: framesOf(error) },
    "request failed",
  );
};

/**
 * Makes every error a problem document (RFC 9457) with a stable code. What nobody foresaw is 503 when the store
 * does not answer and 500 otherwise, without detail; the log has its class and place under the request's id.
 */
export function handleErrors(app: FastifyInstance, db: Db): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const known = knownAnswer(error);
    if (known !== null) return sendProblem(reply, ...known);
    logUnknown(request, error);
    if (!(await isDatabaseUp(db)))
      return sendProblem(reply, "store_unavailable", { detail: "nothing was stored: try again" });
    return sendProblem(reply, "internal", {
      detail: "the request failed; the log has more under this instance",
    });
  });
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, "not_found", { detail: "check the path and the method; /openapi.json lists them" }),
  );
}

/** Answers for what Fastify refuses before any route is found: a path that cannot be decoded. */
export function answerFrameworkError(
  error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const answer = frameworkAnswers[error.code] ?? (["internal", { detail: "the request failed" }] as const);
  void sendProblem(reply, ...answer);
}
