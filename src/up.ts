import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "./config/environment.js";
import type { SecretResolver } from "./config/secrets.js";
import { createSecretResolver } from "./config/secrets.js";
import { startDemoScimTarget } from "./demo/scim-target.js";
import { runDemo } from "./demo/sample-joiner.js";
import { errorIdentity } from "./domain/error-identity.js";
import type { LoadedConfiguration } from "./runtime/configuration-file.js";
import { applyChangedFile, loadConfiguration } from "./runtime/configuration-file.js";
import { Cleanup } from "./runtime/cleanup.js";
import { createLogger } from "./runtime/logger.js";
import { createMetrics, serveMetrics } from "./runtime/metrics.js";
import { StartupError } from "./runtime/startup-error.js";
import { installTemporalLogging } from "./runtime/temporal-logging.js";
import { temporalRuns } from "./runtime/temporal-runs.js";
import { keptToken } from "./runtime/token-file.js";
import { untilStopped } from "./runtime/until-stopped.js";
import { startServer } from "./server.js";
import { lockDirectory } from "./store/directory-lock.js";
import { openDatabase } from "./store/database.js";
import { migrateToLatest } from "./store/migrate.js";
import type { Db } from "./store/schema.js";
import type { TemporalTarget } from "./temporal/connect.js";
import { lazyClient, localTarget, temporalTarget } from "./temporal/connect.js";
import { startDevelopmentServer } from "./temporal/development-server.js";
import { ensureSearchAttributes, searchAttributes } from "./temporal/search-attributes.js";
import { startWorkers } from "./worker.js";

/** How the all-in-one process runs. */
export interface UpOptions {
  readonly environment: Environment;
  readonly env: NodeJS.ProcessEnv;
  /** Start the demo target and send a sample joiner. */
  readonly demo: boolean;
  /** The configuration file; null with `demo`: the quick start. */
  readonly configFile: string | null;
}

const quickStart = fileURLToPath(new URL("../examples/quick-start.yaml", import.meta.url));
const quickStartPort = "127.0.0.1:8090";

/** Tokens of the quick start, made once and kept in the data directory. */
const demoSecrets = async (directory: string, env: NodeJS.ProcessEnv) => ({
  HR_FEED_TOKEN: await keptToken(join(directory, "feed-token")),
  DEMO_TARGET_TOKEN: await keptToken(join(directory, "demo-target-token")),
  ...env,
});

const readConfiguration = (options: UpOptions): Promise<LoadedConfiguration> => {
  const file = options.configFile ?? options.environment.configFile;
  const port = `127.0.0.1:${String(options.environment.demoPort)}`;
  if (file !== null) return loadConfiguration(file);
  if (options.demo) return loadConfiguration(quickStart, (text) => text.replaceAll(quickStartPort, port));
  throw new StartupError(
    "configuration_missing",
    "give a configuration: `outbound up --config FILE`, or try `outbound up --demo`",
  );
};

const openStore = async (environment: Environment, cleanup: Cleanup): Promise<Db> => {
  const { databaseUrl, dataDirectory } = environment;
  if (databaseUrl === null) {
    const lock = await lockDirectory(dataDirectory);
    cleanup.add(() => {
      lock.release();
    });
  }
  const db = await openDatabase(
    databaseUrl === null
      ? { kind: "pglite", directory: join(dataDirectory, "postgres") }
      : { kind: "postgres", url: databaseUrl },
  );
  cleanup.add(() => db.destroy());
  await migrateToLatest(db);
  return db;
};

interface TemporalPart {
  readonly target: TemporalTarget;
  readonly uiUrl: string | null;
  /** Resolves when an embedded server ends by itself. */
  readonly exited: Promise<string> | null;
}

const openTemporal = async (options: UpOptions, cleanup: Cleanup): Promise<TemporalPart> => {
  const { environment, env } = options;
  if (environment.temporalAddress !== null)
    return { target: temporalTarget(env, environment.temporalAddress), uiUrl: null, exited: null };
  const server = await startDevelopmentServer({
    dataDirectory: environment.dataDirectory,
    port: environment.temporalPort,
    uiPort: environment.temporalUiPort,
    searchAttributes,
    namespace: environment.temporalNamespace,
    environment: env,
  });
  cleanup.add(() => server.stop());
  return {
    target: localTarget(server.address, environment.temporalNamespace),
    uiUrl: server.uiUrl,
    exited: server.exited,
  };
};

const openDemoTarget = async (options: UpOptions, secrets: SecretResolver, cleanup: Cleanup) => {
  if (!options.demo) return null;
  const { demoPort, dataDirectory } = options.environment;
  try {
    const token = await secrets.resolve("env:DEMO_TARGET_TOKEN");
    const target = await startDemoScimTarget({
      token,
      port: demoPort,
      file: join(dataDirectory, "demo-target.json"),
    });
    cleanup.add(() => target.close());
    return target;
  } catch (error) {
    if (errorIdentity(error).code !== "EADDRINUSE") throw error;
    const message = `port ${String(demoPort)} is taken by another program: stop it, or set OUTBOUND_DEMO_PORT to a free port`;
    throw new StartupError("port_taken", message, { cause: error });
  }
};

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const start = async (options: UpOptions, cleanup: Cleanup): Promise<{ readonly ended: Promise<unknown> }> => {
  const { environment } = options;
  const loaded = await readConfiguration(options);
  const secretsEnv = await demoSecrets(environment.dataDirectory, options.env);
  const secrets = createSecretResolver({ env: secretsEnv });
  const logger = createLogger(environment.logLevel === "info" ? "warn" : environment.logLevel);
  installTemporalLogging(logger);
  const metrics = createMetrics();
  const parts = [
    openStore(environment, cleanup),
    openTemporal(options, cleanup),
    openDemoTarget(options, secrets, cleanup),
  ] as const;
  // When one fails, the others have ended starting before the failure goes on: cleanup then knows all of them.
  await Promise.allSettled(parts);
  const [db, temporal, target] = await Promise.all(parts);
  await applyChangedFile(db, loaded);
  const client = lazyClient(temporal.target);
  cleanup.add(() => client.connection.close());
  await ensureSearchAttributes(client.connection, temporal.target.namespace);
  const metricsServer = await serveMetrics(metrics, environment.host, environment.metricsPort);
  cleanup.add(() => metricsServer.close());
  const adminToken =
    environment.adminToken ?? (await keptToken(join(environment.dataDirectory, "admin-token")));
  const shared = { db, secrets, logger, metrics };
  const workers = await startWorkers({ ...shared, temporal: temporal.target });
  cleanup.add(() => workers.stop());
  const { host, port } = environment;
  const server = await startServer({ ...shared, runs: temporalRuns(client), adminToken, host, port });
  cleanup.add(() => server.stop());
  const { organization } = loaded.configuration;
  say(`outbound is up: ${server.url} (organization ${organization}, data in ${environment.dataDirectory})`);
  if (temporal.uiUrl !== null) say(`Temporal UI:    ${temporal.uiUrl}`);
  if (target !== null)
    await runDemo({
      url: server.url,
      organization,
      feed: "hr",
      feedToken: secretsEnv.HR_FEED_TOKEN,
      feedTokenFile: join(environment.dataDirectory, "feed-token"),
      adminToken,
      temporalUi: temporal.uiUrl,
      namespace: temporal.target.namespace,
      target,
      say,
    });
  say("Ctrl-C ends everything; the next start finds its state.");
  return { ended: Promise.race([workers.ended, ...(temporal.exited === null ? [] : [temporal.exited])]) };
};

/** `outbound up`: everything in one process on embedded defaults. Resolves with the exit code. */
export async function runUp(options: UpOptions): Promise<number> {
  const cleanup = new Cleanup();
  const stopped = untilStopped();
  try {
    const started = await Promise.race([start(options, cleanup), stopped]);
    if (typeof started === "string") return 0;
    const asked = await Promise.race([stopped.then(() => true), started.ended.then(() => false)]);
    if (asked) return 0;
    process.stderr.write("a part of outbound ended by itself; see the log above\n");
    return 1;
  } finally {
    await cleanup.run();
  }
}
