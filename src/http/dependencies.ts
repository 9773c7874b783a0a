import type { FastifyBaseLogger } from "fastify";
import type { ParseResult } from "../config/parse-configuration.js";
import type { Db } from "../store/schema.js";

/** A connection that a user's run works for at the moment, by Temporal's own word. */
export interface PendingLane {
  readonly connection: string;
  readonly attempt: number;
  /** ISO 8601; null when it is running or waits for a worker. */
  readonly nextTryAt: string | null;
  /** Code of the last failure. */
  readonly code: string | null;
  readonly waiting: "retry" | "queue" | "running";
}

/** How the parts behind the edge are. `temporal` is null while nobody knows. */
export interface Health {
  readonly store: boolean;
  readonly temporal: boolean | null;
  readonly outbox: { readonly waiting: number; readonly oldestMs: number };
}

/** What the HTTP edge is given; only composition roots build these. */
export interface HttpDependencies {
  readonly db: Db;
  /** The secret behind a reference; rejects when it cannot be had. */
  readonly resolveSecret: (reference: string) => Promise<string>;
  readonly adminToken: string;
  /** Something was committed that the dispatcher should look at now. */
  readonly onCommitted: () => void;
  /** What a user's run is doing; may reject when Temporal does not answer. */
  readonly inspectRun: (organization: string, userKey: string) => Promise<readonly PendingLane[]>;
  readonly parseConfiguration: (text: string) => ParseResult;
  /** Rejects when the store does not answer. */
  readonly health: () => Promise<Health>;
  /** Probes a connection's credentials with a harmless read. */
  readonly testConnection: (
    organization: string,
    connection: string,
  ) => Promise<{ readonly ok: boolean; readonly code: string | null }>;
  readonly logger: FastifyBaseLogger | false;
  /** Epoch milliseconds; the process's clock by default. */
  readonly now?: () => number;
}
