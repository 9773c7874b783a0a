import { TargetError } from "../../domain/errors.js";
import { isJsonObject } from "../../domain/json.js";
import { refusal, type HttpReply } from "../http-reply.js";

/** The error keywords of RFC 7644 §3.12, table 9. Anything else a target writes there is not repeated. */
const keywords = new Set([
  "invalidFilter",
  "tooMany",
  "uniqueness",
  "mutability",
  "invalidSyntax",
  "invalidPath",
  "noTarget",
  "invalidValue",
  "invalidVers",
  "sensitive",
]);

/** The `scimType` of an error answer, when it is one that the RFC knows. */
export function scimTypeOf(reply: HttpReply): string | undefined {
  const type = isJsonObject(reply.body) ? reply.body["scimType"] : undefined;
  return typeof type === "string" && keywords.has(type) ? type : undefined;
}

function withCode(code: "conflict" | "rejected", error: TargetError): TargetError {
  const keyword = error.keyword === undefined ? {} : { keyword: error.keyword };
  const status = error.status === undefined ? {} : { status: error.status };
  return new TargetError(code, { sent: error.sent, ...status, ...keyword });
}

/**
 * The error that an answer to a call on one resource means. The status decides, since servers leave the rest out;
 * only a 400 that says `uniqueness` is a conflict (§3.12).
 */
export function resourceRefusal(reply: HttpReply): TargetError {
  const error = refusal(reply, scimTypeOf(reply));
  const taken = error.code === "rejected" && error.keyword === "uniqueness";
  return taken ? withCode("conflict", error) : error;
}

/** The same for a call on `/Users` itself: a 404 there is a wrong base URL, not a missing account. */
export function collectionRefusal(reply: HttpReply): TargetError {
  const error = resourceRefusal(reply);
  return error.code === "absent" ? withCode("rejected", error) : error;
}
