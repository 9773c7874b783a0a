import { TargetError, type ErrorCode, type Sent } from "../domain/errors.js";
import type { Json } from "../domain/json.js";
import { retryAfterMs } from "./retry-after.js";

/** An answer of a target. */
export interface HttpReply {
  readonly status: number;
  /** Header fields by lower-case name; of a repeated field the first. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body; undefined when it is empty or, on an error status, not JSON. */
  readonly body: Json | undefined;
}

/** Whether the status is 2xx. */
export function isSuccess(reply: HttpReply): boolean {
  return reply.status >= 200 && reply.status < 300;
}

/** Code and certainty of an error status. Only a 4xx says for sure that the target did not act. */
function meaning(status: number, mustWait: boolean): readonly [ErrorCode, Sent] {
  if (status === 503 && mustWait) return ["throttled", "maybe"];
  if (status === 429 || (status === 403 && mustWait)) return ["throttled", "answered"];
  switch (status) {
    case 401:
    case 403:
      return ["unauthorized", "answered"];
    case 404:
    case 410:
      return ["absent", "answered"];
    case 408:
      return ["target_error", "maybe"];
    case 409:
      return ["conflict", "answered"];
    case 412:
      return ["version_conflict", "answered"];
    case 425:
      return ["target_error", "answered"];
    case 501:
      return ["rejected", "answered"];
    default:
      if (status >= 500) return ["target_error", "maybe"];
      return status >= 400 ? ["rejected", "answered"] : ["contract", "maybe"];
  }
}

/**
 * The error that an answer means, by its status (RFC 9110 §15, RFC 7644 §3.12), for connectors to refine.
 *
 * A 403 with Retry-After is a quota, as some vendors answer it. 501 is a refusal for good: the target does not
 * know the operation (statement 28).
 *
 * @param keyword The target's error keyword, already checked to be one of a known list; never free text.
 */
export function refusal(reply: HttpReply, keyword?: string): TargetError {
  const wait = retryAfterMs(reply.headers["retry-after"], Date.now());
  const [code, sent] = meaning(reply.status, wait !== undefined);
  return new TargetError(code, {
    sent,
    status: reply.status,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(keyword === undefined ? {} : { keyword }),
  });
}
