import { TargetError } from "../domain/errors.js";
import { EgressDenied } from "./egress-guard.js";

/** How far a request got when it failed. */
export interface RequestProgress {
  /** Set just before the first byte is written to an open connection: from there the target may act. */
  started: boolean;
  /** Set when our own clock or the caller ended the request. */
  aborted: boolean;
  /** Set when the status line arrived. */
  status?: number;
}

function codeOf(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

function unusableAnswer(code: string): boolean {
  return code === "UND_ERR_RES_EXCEEDED_MAX_SIZE" || code === "UND_ERR_HEADERS_OVERFLOW";
}

/**
 * The code of a request that failed below HTTP.
 *
 * Nothing is called unsent unless it is certain: `sent` is "no" only while no byte of the request was written
 * (refused, DNS, connect time-out, TLS handshake, egress), else "maybe".
 */
export function transportFailure(cause: unknown, progress: RequestProgress): TargetError {
  if (cause instanceof TargetError) return cause;
  const code = codeOf(cause);
  const status = progress.status === undefined ? {} : { status: progress.status };
  if (progress.started) {
    return new TargetError(unusableAnswer(code) ? "contract" : "reply_lost", {
      sent: "maybe",
      cause,
      ...status,
    });
  }
  if (cause instanceof EgressDenied) return new TargetError("egress_denied", { sent: "no", cause });
  if (code === "UND_ERR_INVALID_ARG") return new TargetError("invariant", { sent: "no", cause });
  if (progress.aborted) return new TargetError("attempt_timeout", { sent: "no", cause });
  return new TargetError("target_unreachable", { sent: "no", cause });
}
