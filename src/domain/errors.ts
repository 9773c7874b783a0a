/**
 * What a failure means for the next step; the code decides the class, the class decides what happens.
 * `transient` and `throttled` are tried again; `conflict` observes again; `absent` is success on a removal;
 * `unauthorized` is probed and may quarantine the connection; the rest is never tried again by itself.
 */
export type ErrorClass =
  "transient" | "throttled" | "rejected" | "unauthorized" | "conflict" | "absent" | "contract" | "invariant";

/**
 * Every code a failed call or a parked account can carry, with its class. Codes are stable: operators filter by
 * them and `docs/failure-modes.md` explains each.
 */
export const errorClasses = {
  /** No connection could be made, so nothing was sent. */
  target_unreachable: "transient",
  /** Something was sent and no usable answer came: the target may have acted. */
  reply_lost: "transient",
  /** The target answered 5xx. */
  target_error: "transient",
  /** The shared deadline of one attempt ran out before anything was sent. */
  attempt_timeout: "transient",
  /** The target asked us to slow down (429, or 503 with Retry-After). */
  throttled: "throttled",
  /** The target refused the request for good (4xx that is not one of the others). */
  rejected: "rejected",
  /** A required target attribute has no value; no call was made. */
  mapping_incomplete: "rejected",
  /** Egress to this address is not allowed (private address, scheme, credentials in the URL). */
  egress_denied: "rejected",
  /** The credentials were refused (401, or 403 that is not a quota). */
  unauthorized: "unauthorized",
  /** The token endpoint or a credential probe refused: the connection is quarantined. */
  credentials_refused: "unauthorized",
  /** A secret that the configuration names cannot be read (missing variable or file). */
  secret_unavailable: "unauthorized",
  /** The target says that the account exists, or more than one match was found, and none is ours. */
  conflict: "conflict",
  /** The remote record changed under us (412). */
  version_conflict: "conflict",
  /** The matching remote account is linked to another user. */
  linked_to_other_user: "conflict",
  /** The matching remote account is linked to a user who is gone. */
  linked_to_former_user: "conflict",
  /** The remote account does not exist (404 on a linked record). */
  absent: "absent",
  /** The answer breaks the protocol: not JSON, no id, too large, a redirect. */
  contract: "contract",
  /** Tried for as long as `retry.giveUpAfter` allows. */
  gave_up: "rejected",
  /** An operator cancelled the run. */
  cancelled: "rejected",
  /** An operator cancelled this removal. */
  removal_cancelled: "rejected",
  /** The configuration disables the connection while work for it was open; enabling it takes the work up again. */
  connection_disabled: "rejected",
  /** Another connection failed for good, so what this episode did here was taken back, or not begun. */
  compensated: "rejected",
  /** A bug of ours. */
  invariant: "invariant",
} as const satisfies Record<string, ErrorClass>;

/** A stable error code. */
export type ErrorCode = keyof typeof errorClasses;

/** The class of a code. */
export function errorClass(code: ErrorCode): ErrorClass {
  return errorClasses[code];
}

const notFailures: readonly ErrorCode[] = [
  "mapping_incomplete",
  "cancelled",
  "removal_cancelled",
  "connection_disabled",
  "compensated",
];
const retriedClasses: readonly ErrorClass[] = ["transient", "throttled", "absent"];

/**
 * Codes that say, of a parked account, that its lane failed for good: the error is never tried again, or it gave up
 * (design, section 6). What a person or the configuration parked, and what was never sent, is no failure.
 */
export const finalFailures: readonly ErrorCode[] = (Object.keys(errorClasses) as ErrorCode[]).filter(
  (code) => !retriedClasses.includes(errorClass(code)) && !notFailures.includes(code),
);

/** How far a failed call got: nothing left this process, it may have been acted upon, or an answer came. */
export type Sent = "no" | "maybe" | "answered";

/** What a {@link TargetError} carries beside its code. */
export interface TargetErrorDetails {
  readonly sent: Sent;
  /** HTTP status, when an answer came. */
  readonly status?: number;
  /** How long the target asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The target's own error keyword (`scimType`, a vendor code): never free text, never personal. */
  readonly keyword?: string;
  /** What was raised underneath; for debugging in the process, never stored. */
  readonly cause?: unknown;
}

/**
 * Thrown by connectors and by the HTTP client for every failed call. The message is made of code, status and
 * keyword only: it may be stored and shown anywhere, since nothing of the target's text is in it.
 */
export class TargetError extends Error {
  readonly code: ErrorCode;
  readonly sent: Sent;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly keyword: string | undefined;

  constructor(code: ErrorCode, details: TargetErrorDetails) {
    const status = details.status === undefined ? "" : ` (HTTP ${String(details.status)})`;
    const keyword = details.keyword === undefined ? "" : ` ${details.keyword}`;
    super(`${code}${status}${keyword}`, { cause: details.cause });
    this.name = "TargetError";
    this.code = code;
    this.sent = details.sent;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.keyword = details.keyword;
  }

  /** The class that decides what happens next. */
  get class(): ErrorClass {
    return errorClass(this.code);
  }
}
