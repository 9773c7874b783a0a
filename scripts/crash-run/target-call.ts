/** One request as a target of the run received it. Times are epoch milliseconds. */
export interface TargetCall {
  readonly connection: string;
  readonly method: string;
  /** The account: its id at the target, or for a create the external id that it is made for. */
  readonly subject: string;
  readonly startedAt: number;
  /** When the answer had been given; null while the call is in flight. */
  readonly endedAt: number | null;
  readonly status: number | null;
}

/** An account as a target keeps it: a SCIM resource. */
export type TargetAccount = Readonly<Record<string, unknown>> & { readonly id: string };

/** What the targets' process is asked for, and what it answers. */
export interface TargetAnswers {
  readonly urls: Readonly<Record<string, string>>;
  readonly inFlight: number;
  readonly calls: readonly TargetCall[];
  readonly accounts: Readonly<Record<string, readonly TargetAccount[]>>;
}

/** A question to the targets' process. */
export interface TargetQuestion {
  readonly number: number;
  readonly about: keyof TargetAnswers;
  /** From now on calls take so many times as long. */
  readonly slowdown?: number;
}

/** The answer to a question. */
export interface TargetReply {
  readonly number: number;
  readonly answer: TargetAnswers[keyof TargetAnswers];
}

const writes = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** Whether a call may change something. */
export function isWrite(call: TargetCall): boolean {
  return writes.has(call.method);
}

/** Whether a call was in flight at a moment: received, and not answered. */
export function inFlightAt(call: TargetCall, at: number): boolean {
  return call.startedAt <= at && (call.endedAt === null || call.endedAt > at);
}
