import { ApplicationFailure, ApplicationFailureCategory } from "@temporalio/common";
import { errorIdentity } from "../domain/error-identity.js";
import type { ErrorCode } from "../domain/errors.js";
import { TargetError } from "../domain/errors.js";

/** Codes of waits that are no failures of a target: no attempt is counted, nothing is logged as an error. */
export type BenignCode = "busy" | "not_visible_yet" | "connection_inactive" | "claim_lost";

/** Raised inside an activity to say: nothing is wrong, come back in `delayMs`. */
export class ComeBackLater extends Error {
  readonly code: BenignCode;
  readonly delayMs: number;

  constructor(code: BenignCode, delayMs: number) {
    super(code);
    this.name = "ComeBackLater";
    this.code = code;
    this.delayMs = delayMs;
  }
}

/** A failure that has been judged: what an operator reads as type, and whether Temporal tries again, and when. */
export interface JudgedFailure {
  readonly code: ErrorCode;
  readonly retry: boolean;
  readonly delayMs: number | null;
  readonly status: number | null;
}

/** Raised inside an activity for a failure that is already recorded. */
export class AttemptFailed extends Error {
  readonly judged: JudgedFailure;

  constructor(judged: JudgedFailure) {
    super(judged.code);
    this.name = "AttemptFailed";
    this.judged = judged;
  }
}

/**
 * The only place where errors become Temporal failures: type is the stable code, the message repeats code and
 * status and nothing of anybody's text, since failures are stored and shown in plain. Unknown errors (the store
 * is away, a bug) are retried under the type `internal`, with their class and SQL state only.
 */
export function toFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof ComeBackLater)
    return ApplicationFailure.create({
      type: error.code,
      message: error.code,
      nextRetryDelay: error.delayMs,
      category: ApplicationFailureCategory.BENIGN,
    });
  if (error instanceof AttemptFailed) {
    const { code, retry, delayMs, status } = error.judged;
    return ApplicationFailure.create({
      type: code,
      message: status === null ? code : `${code} (HTTP ${String(status)})`,
      nonRetryable: !retry,
      ...(delayMs !== null && { nextRetryDelay: delayMs }),
    });
  }
  if (error instanceof TargetError)
    return ApplicationFailure.create({ type: error.code, message: error.message });
  const identity = errorIdentity(error);
  const message = identity.code === null ? identity.error : `${identity.error} ${identity.code}`;
  return ApplicationFailure.create({ type: "internal", message: `internal: ${message}` });
}

/** Wraps an activity so that nothing but a judged failure leaves it. */
export function guarded<Input, Result>(
  activity: (input: Input) => Promise<Result>,
  onUnknown: (error: unknown) => void,
): (input: Input) => Promise<Result> {
  return async (input) => {
    try {
      return await activity(input);
    } catch (error) {
      const known =
        error instanceof ComeBackLater || error instanceof AttemptFailed || error instanceof TargetError;
      if (!known) onUnknown(error);
      throw toFailure(error);
    }
  };
}
