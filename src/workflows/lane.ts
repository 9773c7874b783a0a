import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
} from "@temporalio/workflow";
import type { SettlingActivities } from "../activities/index.js";
import type { LanePlan, SettleAccountResult } from "./contract.js";
import { connectionQueue } from "./contract.js";

/** Where a lane stands; `failed` carries the stable code of a failure that is never tried again. */
export type LaneState =
  | { readonly kind: "running" }
  | { readonly kind: "done"; readonly result: SettleAccountResult }
  | { readonly kind: "failed"; readonly code: string }
  | { readonly kind: "dropped" };

const settle = (organization: string, plan: LanePlan) =>
  proxyActivities<SettlingActivities>({
    taskQueue: connectionQueue(organization, plan.connection),
    // One attempt: 20 s of calls inside a 30 s claim. A worker that dies is noticed here.
    startToCloseTimeout: "35s",
    // No schedule-to-close: give-up counts on the account row, not in Temporal (design, section 5).
    retry: { initialInterval: "1s", backoffCoefficient: 2, maximumInterval: "10 minutes" },
    priority: { priorityKey: plan.priority },
  });

const codeOf = (error: unknown): string =>
  error instanceof ActivityFailure && error.cause instanceof ApplicationFailure
    ? (error.cause.type ?? "internal")
    : "internal";

/**
 * The strictly serial settling of one user at one connection. A lane runs `settleAccount` until it has applied at
 * least the version that was planned. The activity decides again on every attempt, so a newer plan only needs to
 * interrupt a back-off that it must not wait for.
 */
export class Lane {
  state: LaneState = { kind: "running" };
  /** Whether a plan has been made since the lane ended. */
  reviewed = false;
  private plan: LanePlan;
  private version: number;
  private scope = new CancellationScope();
  private cutting = false;
  private dropped = false;
  private rounds = 0;
  private readonly organization: string;
  private readonly user: string;
  /** Resolves when the lane has come to rest; never rejects. */
  readonly ended: Promise<void>;

  constructor(organization: string, user: string, plan: LanePlan, version: number) {
    this.organization = organization;
    this.user = user;
    this.plan = plan;
    this.version = version;
    this.ended = this.run();
  }

  /** Takes a newer plan; interrupts a back-off when the plan says so. */
  follow(plan: LanePlan, version: number): void {
    this.plan = plan;
    this.version = Math.max(this.version, version);
    if (!plan.urgent || this.state.kind !== "running") return;
    this.cutting = true;
    this.scope.cancel();
  }

  /** Ends the lane: its connection is not listed any more. An attempt under way is awaited. */
  drop(): void {
    this.dropped = true;
    this.scope.cancel();
  }

  private async run(): Promise<void> {
    for (;;) {
      if (this.dropped) {
        this.state = { kind: "dropped" };
        return;
      }
      const planned = this.version;
      this.cutting = false;
      this.scope = new CancellationScope();
      try {
        const result = await this.scope.run(() => this.attempt());
        if (result.version >= this.version && !this.interrupted()) {
          this.state = { kind: "done", result };
          return;
        }
      } catch (error) {
        // A failure after a newer plan or a cut means only "over": cancelled, timed out or failed (design, section 3).
        if (this.version > planned || this.interrupted()) continue;
        this.state = isCancellation(error) ? { kind: "dropped" } : { kind: "failed", code: codeOf(error) };
        return;
      }
    }
  }

  private interrupted(): boolean {
    return this.cutting || this.dropped;
  }

  private attempt(): Promise<SettleAccountResult> {
    this.rounds += 1;
    const { connection, verb } = this.plan;
    return settle(this.organization, this.plan).settleAccount.executeWithOptions(
      { activityId: `${connection}/${verb}#${this.rounds}`, summary: `${verb} account at ${connection}` },
      [{ organization: this.organization, user: this.user, connection }],
    );
  }
}
