import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { SecretResolver } from "./config/secrets.js";
import { createConnector } from "./connectors/registry.js";
import { errorIdentity } from "./domain/error-identity.js";
import { TargetError } from "./domain/errors.js";
import type { Dispatcher } from "./feeds/dispatcher.js";
import { startDispatcher } from "./feeds/dispatcher.js";
import { startSweep } from "./feeds/sweep.js";
import { buildApp } from "./http/app.js";
import { parseWithConnectors } from "./runtime/configuration-file.js";
import type { Metrics } from "./runtime/metrics.js";
import { StartupError } from "./runtime/startup-error.js";
import type { TemporalRuns } from "./runtime/temporal-runs.js";
import { currentRevision } from "./store/configurations.js";
import { isDatabaseUp } from "./store/database.js";
import { outboxDepth } from "./store/outbox.js";
import type { Db } from "./store/schema.js";

/** What the server of a process is built from. */
export interface ServerOptions {
  readonly db: Db;
  readonly runs: TemporalRuns;
  readonly secrets: SecretResolver;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly adminToken: string;
  readonly host: string;
  readonly port: number;
  /** How often the sweep looks, and how long an open episode rests before Temporal is asked, in milliseconds. */
  readonly sweep?: { readonly everyMs: number; readonly stalledAfterMs: number };
}

/** A listening server: HTTP edge, dispatcher and sweep. */
export interface Server {
  readonly url: string;
  /** Stops listening, ends the dispatcher after its batch. */
  stop(): Promise<void>;
}

const probeDeadlineMs = 10_000;

/** Checks a connection's credentials by a harmless read, with a connector of its own. */
const testConnection = async (options: ServerOptions, organization: string, connection: string) => {
  const revision = await currentRevision(options.db, organization);
  const found = revision?.configuration.connections.find((one) => one.id === connection);
  if (revision === null || found === undefined) return { ok: false, code: "unknown_connection" };
  const connector = createConnector(found, {
    resolveSecret: (reference) => options.secrets.refresh(reference),
    allowPrivate: revision.configuration.network.allowPrivate,
  });
  const until = performance.now() + probeDeadlineMs;
  try {
    await connector.probe({
      remainingMs: () => Math.max(0, until - performance.now()),
      signal: AbortSignal.timeout(probeDeadlineMs),
    });
    return { ok: true, code: null };
  } catch (error) {
    return { ok: false, code: error instanceof TargetError ? error.code : "invariant" };
  } finally {
    await connector.close();
  }
};

const health = async (options: ServerOptions) => {
  const store = await isDatabaseUp(options.db);
  const temporal = await options.runs.isUp();
  const outbox = store ? await outboxDepth(options.db) : { waiting: 0, oldestMs: 0 };
  return { store, temporal, outbox };
};

const createApp = (options: ServerOptions, dispatcher: Dispatcher): Promise<FastifyInstance> =>
  buildApp({
    db: options.db,
    resolveSecret: (reference) => options.secrets.resolve(reference),
    adminToken: options.adminToken,
    onCommitted: () => {
      dispatcher.wake();
    },
    inspectRun: (organization, user) => options.runs.inspectRun(organization, user),
    parseConfiguration: parseWithConnectors,
    health: () => health(options),
    testConnection: (organization, connection) => testConnection(options, organization, connection),
    logger: options.logger,
  });

const listen = async (app: FastifyInstance, host: string, port: number): Promise<string> => {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    if (errorIdentity(error).code !== "EADDRINUSE") throw error;
    const message = `port ${String(port)} is taken by another program: stop it, or set OUTBOUND_PORT to a free port`;
    throw new StartupError("port_taken", message, { cause: error });
  }
};

const signalWith =
  (options: ServerOptions): TemporalRuns["signalUser"] =>
  async (row) => {
    try {
      await options.runs.signalUser(row);
      options.metrics.signal(true);
    } catch (error) {
      options.metrics.signal(false);
      throw error;
    }
  };

/** Starts the HTTP edge, the dispatcher and the sweep. Temporal may be down: events wait in the outbox. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { db, logger } = options;
  const report =
    (message: string) =>
    (error: unknown): void => {
      logger.warn(errorIdentity(error), message);
    };
  const dispatcher = startDispatcher({
    db,
    signalUser: signalWith(options),
    onError: report("delivery failed, will be tried again"),
  });
  const sweep = startSweep({
    db,
    isRunning: (organization, user) => options.runs.isRunning(organization, user),
    everyMs: 10_000,
    stalledAfterMs: 120_000,
    ...options.sweep,
    onError: report("sweep failed, will be tried again"),
    onWoken: () => {
      dispatcher.wake();
    },
  });
  options.metrics.watchOutbox(() => outboxDepth(db));
  const app = await createApp(options, dispatcher);
  const stop = async (): Promise<void> => {
    await app.close();
    await Promise.all([dispatcher.stop(), sweep.stop()]);
  };
  try {
    return { url: await listen(app, options.host, options.port), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
