import { join } from "node:path";
import { applyFirstFile, loadConfiguration } from "./runtime/configuration-file.js";
import type { ProcessOptions, ProcessServices } from "./runtime/process-services.js";
import { openProcess } from "./runtime/process-services.js";
import { temporalRuns } from "./runtime/temporal-runs.js";
import { keptToken } from "./runtime/token-file.js";
import { untilStopped } from "./runtime/until-stopped.js";
import { startServer } from "./server.js";
import { migrateToLatest } from "./store/migrate.js";
import { lazyClient } from "./temporal/connect.js";

const firstConfiguration = async (services: ProcessServices, file: string | null): Promise<void> => {
  if (file === null) return;
  const found = await applyFirstFile(services.db, await loadConfiguration(file));
  if (found === "differs")
    services.logger.warn(
      { file },
      "OUTBOUND_CONFIG differs from the stored configuration, which stays in force: use `outbound apply`",
    );
};

/** `outbound server`: migrates, then serves until it is asked to stop. Resolves with the exit code. */
export async function runServer(options: ProcessOptions): Promise<number> {
  const { environment } = options;
  const services = await openProcess(options);
  const client = lazyClient(services.temporal);
  try {
    await migrateToLatest(services.db);
    await firstConfiguration(services, environment.configFile);
    const server = await startServer({
      ...services,
      runs: temporalRuns(client),
      adminToken: environment.adminToken ?? (await keptToken(join(environment.dataDirectory, "admin-token"))),
      host: environment.host,
      port: environment.port,
    });
    services.logger.info({ url: server.url }, "server is up");
    await untilStopped();
    await server.stop();
    return 0;
  } finally {
    await client.connection.close();
    await services.close();
  }
}
