import type { AccountState } from "../domain/account.js";
import type { Outcome } from "../domain/outcomes.js";

/** Name of the workflow that brings one user to what is decided. */
export const provisionUserWorkflow = "provisionUser";
/** Signal that says: something about this user changed, look again. Thin: a version, no data. */
export const changedSignalName = "changed";
/** Task queue of workflows and planning. */
export const workflowQueue = "outbound";

/**
 * Id of a user's workflow: the narrowest key that serialises what must be serial. Opaque, nothing personal.
 * Any text is allowed as organization id by Temporal; ours are `[a-z0-9-]`.
 */
export function userWorkflowId(organization: string, user: string): string {
  return `user/${organization}/${user}`;
}

/** Task queue of one connection: its activity workers are the connection's concurrency, and stop when it pauses. */
export function connectionQueue(organization: string, connection: string): string {
  return `connection/${organization}/${connection}`;
}

/** Input of `provisionUser`: whom to look at, never what to do. */
export interface ProvisionUserInput {
  readonly organization: string;
  /** Our key. */
  readonly user: string;
}

/** Payload of the `changed` signal. */
export interface ChangedSignal {
  /** Version of the user that asked for the look. */
  readonly version: number;
}

/** Input of `planUser`. */
export interface PlanUserInput {
  readonly organization: string;
  readonly user: string;
}

/** One connection with work. */
export interface LanePlan {
  readonly connection: string;
  /** Cut a running back-off: access is lowered, an operator asked, or the configuration is new. */
  readonly urgent: boolean;
  /** 1 to 5, lower first. */
  readonly priority: number;
  /** `ensure`, `remove`, `undo` or `settle` (an open attempt to close): for the summary an operator reads. */
  readonly verb: "ensure" | "remove" | "undo" | "settle";
}

/** What `planUser` found: ids and codes, nothing personal. */
export interface UserPlan {
  /** Version of the user that was looked at. */
  readonly version: number;
  readonly lanes: readonly LanePlan[];
  /** Connections that compensated accounts wait for: when one has settled, they are planned again. */
  readonly awaited: readonly string[];
  /** What failures have come to: a person is asked, other accounts were or are being compensated, or neither. */
  readonly standing: "held" | "compensated" | null;
}

/** Input of `settleAccount`. */
export interface SettleAccountInput {
  readonly organization: string;
  readonly user: string;
  readonly connection: string;
}

/** What `settleAccount` left behind. */
export interface SettleAccountResult {
  readonly outcome: Outcome;
  readonly state: AccountState;
  readonly code: string | null;
  /** Version of the user that was applied. */
  readonly version: number;
}

/** How a run ended, as its search attribute and result say. */
export type RunState = "settled" | "parked" | "held" | "compensated" | "cancelled";

/** Result of `provisionUser`. */
export interface ProvisionUserResult {
  readonly state: RunState;
  readonly version: number;
}
