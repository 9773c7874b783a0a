import type { Logger } from "pino";
import type { Environment } from "../config/environment.js";
import type { SecretResolver } from "../config/secrets.js";
import { createSecretResolver } from "../config/secrets.js";
import { isDatabaseUp, openDatabase } from "../store/database.js";
import type { Db } from "../store/schema.js";
import type { TemporalTarget } from "../temporal/connect.js";
import { temporalTarget } from "../temporal/connect.js";
import { createLogger } from "./logger.js";
import type { Metrics, MetricsServer } from "./metrics.js";
import { createMetrics, serveMetrics } from "./metrics.js";
import { StartupError } from "./startup-error.js";

/** What every production process has. */
export interface ProcessServices {
  readonly db: Db;
  readonly temporal: TemporalTarget;
  readonly secrets: SecretResolver;
  readonly logger: Logger;
  readonly metrics: Metrics;
  close(): Promise<void>;
}

/** The command's own view of the environment. */
export interface ProcessOptions {
  readonly environment: Environment;
  readonly env: NodeJS.ProcessEnv;
}

/** Opens the Postgres of `server`, `worker` and `migrate`. Throws `StartupError` without a URL or an answer. */
export async function openProductionDatabase(environment: Environment): Promise<Db> {
  if (environment.databaseUrl === null)
    throw new StartupError(
      "database_url_required",
      "set OUTBOUND_DATABASE_URL to a Postgres 15 or later; only `outbound up` runs on the embedded database",
    );
  const db = await openDatabase({ kind: "postgres", url: environment.databaseUrl });
  if (await isDatabaseUp(db)) return db;
  await db.destroy();
  throw new StartupError(
    "database_unreachable",
    "the Postgres of OUTBOUND_DATABASE_URL does not answer: check address and credentials",
  );
}

/** Opens what a production process needs; `close()` ends it in reverse. */
export async function openProcess({ environment, env }: ProcessOptions): Promise<ProcessServices> {
  const db = await openProductionDatabase(environment);
  const metrics = createMetrics();
  let metricsServer: MetricsServer;
  try {
    metricsServer = await serveMetrics(metrics, environment.host, environment.metricsPort);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    db,
    temporal: temporalTarget(env, `127.0.0.1:${String(environment.temporalPort)}`),
    secrets: createSecretResolver({ env }),
    logger: createLogger(environment.logLevel),
    metrics,
    close: async () => {
      await metricsServer.close();
      await db.destroy();
    },
  };
}
