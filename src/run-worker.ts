import type { ProcessOptions } from "./runtime/process-services.js";
import { openProcess } from "./runtime/process-services.js";
import { installTemporalLogging } from "./runtime/temporal-logging.js";
import { untilStopped } from "./runtime/until-stopped.js";
import { migrateToLatest } from "./store/migrate.js";
import { lazyClient } from "./temporal/connect.js";
import { ensureSearchAttributes } from "./temporal/search-attributes.js";
import { startWorkers } from "./worker.js";

/** `outbound worker`: works until it is asked to stop, or its workflow worker ends. Resolves with the exit code. */
export async function runWorker(
  options: ProcessOptions & { readonly shard: { readonly index: number; readonly of: number } },
): Promise<number> {
  const services = await openProcess(options);
  installTemporalLogging(services.logger);
  const client = lazyClient(services.temporal);
  try {
    await migrateToLatest(services.db);
    await ensureSearchAttributes(client.connection, services.temporal.namespace);
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
