import type { NativeConnection } from "@temporalio/worker";
import { Worker } from "@temporalio/worker";
import type { SettlingActivities } from "../activities/index.js";
import { startRepeating } from "../feeds/repeated.js";
import { currentRevision, listOrganizations } from "../store/configurations.js";
import { listConnectionStates } from "../store/connection-states.js";
import type { Db } from "../store/schema.js";
import { connectionQueue } from "../workflows/contract.js";

/** What the workers of connections are built from. */
export interface ConnectionWorkerOptions {
  readonly db: Db;
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly identity: string;
  readonly activities: SettlingActivities;
  /** This process takes the connections whose number modulo `of` is `index`. */
  readonly shard: { readonly index: number; readonly of: number };
  readonly everyMs: number;
  readonly onError: (error: unknown) => void;
}

/** The workers of all active connections, following configuration and connection states. */
export interface ConnectionWorkers {
  /** Ends polling at once and lets running calls finish. */
  stop(): Promise<void>;
}

interface Wanted {
  readonly queue: string;
  readonly concurrency: number;
}

interface Running extends Wanted {
  readonly worker: Worker;
  readonly ended: Promise<void>;
}

const shardOf = (queue: string, of: number): number => {
  let sum = 0;
  for (const character of queue) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return sum % of;
};

/** Queues that must be polled: of enabled connections that nobody paused and nothing quarantined. */
const wantedQueues = async (options: ConnectionWorkerOptions): Promise<ReadonlyMap<string, Wanted>> => {
  const wanted = new Map<string, Wanted>();
  for (const organization of await listOrganizations(options.db)) {
    const revision = await currentRevision(options.db, organization);
    const states = await listConnectionStates(options.db, organization);
    const resting = new Set(states.filter((one) => one.state !== "active").map((one) => one.connection));
    for (const connection of revision?.configuration.connections ?? []) {
      if (!connection.enabled || resting.has(connection.id)) continue;
      const queue = connectionQueue(organization, connection.id);
      if (shardOf(queue, options.shard.of) !== options.shard.index) continue;
      wanted.set(queue, { queue, concurrency: connection.limits.concurrency });
    }
  }
  return wanted;
};

const startWorker = async (options: ConnectionWorkerOptions, wanted: Wanted): Promise<Running> => {
  const worker = await Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    identity: options.identity,
    taskQueue: wanted.queue,
    activities: { settleAccount: options.activities.settleAccount },
    maxConcurrentActivityTaskExecutions: wanted.concurrency,
    activityTaskPollerBehavior: { type: "simple-maximum", maximum: 2 },
    // Above start-to-close, and no force time: a running call finishes and is recorded (docs/adr/0003).
    shutdownGraceTime: "40s",
  });
  return { ...wanted, worker, ended: worker.run().catch(options.onError) };
};

const stopWorker = async (running: Running): Promise<void> => {
  if (running.worker.getState() === "RUNNING") running.worker.shutdown();
  await running.ended;
};

/**
 * Runs one activity worker per active connection: a paused or quarantined connection is not polled at all, so its
 * backlog waits in Temporal and no attempt is burned. Looks at configuration and states every `everyMs`.
 */
export function startConnectionWorkers(options: ConnectionWorkerOptions): ConnectionWorkers {
  const running = new Map<string, Running>();

  const follow = async (): Promise<void> => {
    const wanted = await wantedQueues(options);
    for (const [queue, one] of running) {
      const next = wanted.get(queue);
      const alive = one.worker.getState() === "RUNNING" || one.worker.getState() === "INITIALIZED";
      if (next?.concurrency === one.concurrency && alive) continue;
      running.delete(queue);
      void stopWorker(one);
    }
    for (const [queue, one] of wanted)
      if (!running.has(queue)) running.set(queue, await startWorker(options, one));
  };
  const following = startRepeating({ everyMs: options.everyMs, work: follow, onError: options.onError });
  return {
    stop: async () => {
      await following.stop();
      await Promise.all([...running.values()].map(stopWorker));
    },
  };
}
