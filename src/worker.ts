import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import type { NativeConnection } from "@temporalio/worker";
import { Worker } from "@temporalio/worker";
import type { Logger } from "pino";
import type { AttemptTimings } from "./activities/dependencies.js";
import { attemptTimings } from "./activities/dependencies.js";
import { createActivities } from "./activities/index.js";
import type { SecretResolver } from "./config/secrets.js";
import { errorIdentity } from "./domain/error-identity.js";
import type { ConnectionWorkers } from "./runtime/connection-workers.js";
import { startConnectionWorkers } from "./runtime/connection-workers.js";
import { createConnectorPool } from "./runtime/connector-pool.js";
import { activityLog } from "./runtime/logger.js";
import type { Metrics } from "./runtime/metrics.js";
import type { Db } from "./store/schema.js";
import { connectNative } from "./temporal/connect-native.js";
import type { TemporalTarget } from "./temporal/connect.js";
import { workflowQueue } from "./workflows/contract.js";

/** What the workers of a process are built from. */
export interface WorkerOptions {
  readonly db: Db;
  readonly temporal: TemporalTarget;
  readonly secrets: SecretResolver;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly timings?: AttemptTimings;
  readonly shard?: { readonly index: number; readonly of: number };
  /** A prebuilt workflow bundle; by default the one beside this file, else the sources are bundled at start. */
  readonly bundlePath?: string;
}

/** Running workers: one for workflows and planning, one per active connection. */
export interface Workers {
  /** Rejects when the workflow worker ends by itself. */
  readonly ended: Promise<void>;
  /** Ends polling at once, lets running calls finish, then closes connections. */
  stop(): Promise<void>;
}

const workflowCode = (bundlePath: string | undefined) => {
  const bundle = bundlePath ?? fileURLToPath(new URL("./workflow-bundle.js", import.meta.url));
  if (existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return { workflowsPath: fileURLToPath(new URL(`./workflows/index.${extension}`, import.meta.url)) };
};

const startWorkflowWorker = (
  options: WorkerOptions,
  connection: NativeConnection,
  activities: ReturnType<typeof createActivities>,
): Promise<Worker> =>
  Worker.create({
    connection,
    namespace: options.temporal.namespace,
    taskQueue: workflowQueue,
    identity: `outbound-workflows/${String(process.pid)}@${hostname()}`,
    ...workflowCode(options.bundlePath),
    activities: { planUser: activities.planUser, cancelUser: activities.cancelUser },
    // Evicted runs are replayed from some 20 events; runs in a back-off of days need no cache.
    maxCachedWorkflows: 400,
    stickyQueueScheduleToStartTimeout: "2s",
    workflowTaskPollerBehavior: { type: "simple-maximum", maximum: 4 },
    activityTaskPollerBehavior: { type: "simple-maximum", maximum: 2 },
    shutdownGraceTime: "10s",
  });

/** Starts the workers of one process. Rejects when Temporal does not answer or a worker cannot be made. */
export async function startWorkers(options: WorkerOptions): Promise<Workers> {
  const { db, logger } = options;
  const shutdown = new AbortController();
  const connectors = createConnectorPool(db, options.secrets);
  const activities = createActivities({
    db,
    connectors,
    timings: options.timings ?? attemptTimings,
    monotonicMs: () => performance.now(),
    log: activityLog(logger),
    metrics: options.metrics.activities,
    shutdown: () => shutdown.signal,
  });
  const connection = await connectNative(options.temporal);
  const workflows = await startWorkflowWorker(options, connection, activities);
  const perConnection: ConnectionWorkers = startConnectionWorkers({
    db,
    connection,
    namespace: options.temporal.namespace,
    identity: `outbound-connections/${String(process.pid)}@${hostname()}`,
    activities,
    shard: options.shard ?? { index: 0, of: 1 },
    everyMs: 1_000,
    onError: (error) => {
      logger.error(errorIdentity(error), "connection worker failed");
    },
  });
  const ended = workflows.run();
  return {
    ended,
    stop: async () => {
      const stopping = perConnection.stop();
      if (workflows.getState() === "RUNNING") workflows.shutdown();
      await Promise.allSettled([ended, stopping]);
      shutdown.abort();
      await connectors.close();
      await connection.close();
    },
  };
}
