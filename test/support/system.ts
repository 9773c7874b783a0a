import "../setup/quiet.js";
import { randomUUID } from "node:crypto";
import type { Client } from "@temporalio/client";
import { pino } from "pino";
import type { AttemptTimings } from "../../src/activities/dependencies.js";
import { parseConfiguration } from "../../src/config/parse-configuration.js";
import { createSecretResolver } from "../../src/config/secrets.js";
import { settingsSchemas } from "../../src/connectors/registry.js";
import type { Configuration } from "../../src/domain/configuration.js";
import type { DirectoryEvent } from "../../src/domain/directory-event.js";
import type { Dispatcher } from "../../src/feeds/dispatcher.js";
import { startDispatcher } from "../../src/feeds/dispatcher.js";
import type { Metrics } from "../../src/runtime/metrics.js";
import { createMetrics } from "../../src/runtime/metrics.js";
import type { TemporalRuns } from "../../src/runtime/temporal-runs.js";
import { temporalRuns } from "../../src/runtime/temporal-runs.js";
import { storeRevision } from "../../src/store/configurations.js";
import { acceptEvents } from "../../src/store/directory.js";
import type { Db } from "../../src/store/schema.js";
import { connectClient, localTarget } from "../../src/temporal/connect.js";
import { ensureSearchAttributes } from "../../src/temporal/search-attributes.js";
import type { Workers } from "../../src/worker.js";
import { startWorkers } from "../../src/worker.js";
import type { DatabaseKind } from "../setup/databases.js";
import { openTestDatabase } from "../setup/databases.js";
import { until } from "./until.js";

/** The organization of every test system. */
export const organization = "acme";

/** A whole system in this process: store, dispatcher, workers, on a Temporal namespace of its own. */
export interface TestSystem {
  readonly db: Db;
  readonly client: Client;
  readonly runs: TemporalRuns;
  readonly dispatcher: Dispatcher;
  readonly secrets: Record<string, string>;
  workers: Workers;
  /** Stores a revision from YAML; throws its problems. */
  configure(text: string): Promise<Configuration>;
  /** Accepts events of one source and wakes the dispatcher; returns the users' keys. */
  accept(...events: readonly DirectoryEvent[]): Promise<readonly string[]>;
  startWorkers(): Promise<void>;
  stop(): Promise<void>;
}

/** How a test system is built. */
export interface SystemOptions {
  readonly database?: DatabaseKind;
  readonly timings?: AttemptTimings;
  readonly secrets?: Record<string, string>;
  readonly logger?: pino.Logger;
  readonly metrics?: Metrics;
}

/** Parses a configuration, or throws all its problems. */
export function configurationOf(text: string): Configuration {
  const result = parseConfiguration(text, { settingsSchemas });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.configuration;
}

const createNamespace = async (address: string): Promise<string> => {
  const namespace = `test-${randomUUID()}`;
  const admin = await connectClient(localTarget(address));
  try {
    await admin.connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    await until(async () => {
      try {
        await ensureSearchAttributes(admin.connection, namespace);
        return true;
      } catch {
        return false;
      }
    });
    return namespace;
  } finally {
    await admin.connection.close();
  }
};

/** Starts a test system; `stop()` ends it and gives the database back. */
export async function startSystem(options: SystemOptions = {}): Promise<TestSystem> {
  const address = process.env["TEST_TEMPORAL_ADDRESS"] ?? "";
  const database = await openTestDatabase(options.database ?? "pglite");
  const { db } = database;
  const temporal = localTarget(address, await createNamespace(address));
  const client = await connectClient(temporal);
  const runs = temporalRuns(client);
  const secrets = { TARGET_TOKEN: "target-token", FEED_TOKEN: "feed-token", ...options.secrets };
  const logger = options.logger ?? pino({ level: "silent" });
  const launch = (): Promise<Workers> =>
    startWorkers({
      db,
      temporal,
      secrets: createSecretResolver({ env: secrets }),
      logger,
      metrics: options.metrics ?? createMetrics(),
      bundlePath: process.env["TEST_WORKFLOW_BUNDLE"] ?? "",
      ...(options.timings && { timings: options.timings }),
    });
  const dispatcher = startDispatcher({
    db,
    signalUser: (row) => runs.signalUser(row),
    onError: () => undefined,
    pollMs: 100,
  });
  const system: TestSystem = {
    db,
    client,
    runs,
    dispatcher,
    secrets,
    workers: await launch(),
    configure: async (text) => {
      const configuration = configurationOf(text);
      await storeRevision(db, { configuration, text, hash: randomUUID(), origin: "api", author: "test" });
      return configuration;
    },
    accept: async (...events) => {
      const results = await acceptEvents(db, organization, events[0]?.source ?? "hr", events);
      dispatcher.wake();
      return results.map((result) => (result.status === "rejected" ? "" : result.key));
    },
    startWorkers: async () => {
      system.workers = await launch();
    },
    stop: async () => {
      await dispatcher.stop();
      await system.workers.stop();
      await client.connection.close();
      await database.close();
    },
  };
  return system;
}
