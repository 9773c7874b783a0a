import type { Client } from "@temporalio/client";
import type { ProcessOptions } from "./runtime/process-services.js";
import { openProcess } from "./runtime/process-services.js";
import { installTemporalLogging } from "./runtime/temporal-logging.js";
import { StartupError } from "./runtime/startup-error.js";
import { untilStopped } from "./runtime/until-stopped.js";
import { migrateToLatest } from "./store/migrate.js";
import type { TemporalTarget } from "./temporal/connect.js";
import { lazyClient } from "./temporal/connect.js";
import { ensureSearchAttributes } from "./temporal/search-attributes.js";
import { TemporalServerError } from "./temporal/temporal-server-error.js";
import { startWorkers } from "./worker.js";

/** How long a worker waits for Temporal at its start, in milliseconds. */
const temporalMaxMs = 30_000;

const reachTemporal = async (client: Client, target: TemporalTarget): Promise<void> => {
  try {
    await client.withDeadline(Date.now() + temporalMaxMs, () =>
      ensureSearchAttributes(client.connection, target.namespace),
    );
  } catch (error) {
    if (error instanceof TemporalServerError) throw error;
    const message = `Temporal does not answer at ${target.connection.address}, namespace ${target.namespace}: check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE`;
    throw new StartupError("temporal_unreachable", message, { cause: error });
  }
};

/** `outbound worker`: works until it is asked to stop, or its workflow worker ends. Resolves with the exit code. */
export async function runWorker(
  options: ProcessOptions & { readonly shard: { readonly index: number; readonly of: number } },
): Promise<number> {
  const services = await openProcess(options);
  installTemporalLogging(services.logger);
  const client = lazyClient(services.temporal);
  try {
    await migrateToLatest(services.db);
    await reachTemporal(client, services.temporal);
    const workers = await startWorkers({ ...services, shard: options.shard });
    services.logger.info({ shard: options.shard.index, of: options.shard.of }, "worker is up");
    await Promise.race([untilStopped(), workers.ended]);
    await workers.stop();
    return 0;
  } finally {
    await client.connection.close();
    await services.close();
  }
}
