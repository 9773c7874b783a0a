import type { Configuration, Connection } from "../domain/configuration.js";
import type { Connector } from "../connectors/connector.js";
import type { Db } from "../store/schema.js";

/** Durations of the protocol of one attempt, in milliseconds (design, section 5). */
export interface AttemptTimings {
  /** All calls and limiter waits of one attempt, from the claim. */
  readonly callDeadlineMs: number;
  /** Life of a claim. */
  readonly claimMs: number;
  /** How long the next holder waits after a claim that expired unreleased. */
  readonly waitOutMs: number;
}

/** Production values. Start-to-close (35 s) lies above the claim, the claim above the deadline. */
export const attemptTimings: AttemptTimings = { callDeadlineMs: 20_000, claimMs: 30_000, waitOutMs: 20_000 };

/** Gives the connector of a connection as a configuration describes it; kept until its settings change. */
export interface ConnectorPool {
  get(configuration: Configuration, connection: Connection): Connector;
}

/** Where activities say what happened; fields are ids and codes only. */
export interface ActivityLog {
  info(fields: Readonly<Record<string, string | number | null>>, message: string): void;
  error(fields: Readonly<Record<string, string | number | null>>, message: string): void;
}

/** Counts what happened. */
export interface ActivityMetrics {
  attempt(
    labels: { readonly connection: string; readonly outcome: string; readonly code: string },
    seconds: number,
  ): void;
}

/** What activities are given. */
export interface ActivityDependencies {
  readonly db: Db;
  readonly connectors: ConnectorPool;
  readonly timings: AttemptTimings;
  /** A monotonic clock in milliseconds. */
  readonly monotonicMs: () => number;
  readonly log: ActivityLog;
  readonly metrics: ActivityMetrics;
  /** Fires when the process shuts down: running calls are given up. */
  readonly shutdown: () => AbortSignal;
}
