import type { Environment } from "./config/environment.js";
import { openProductionDatabase } from "./runtime/process-services.js";
import { migrateToLatest } from "./store/migrate.js";

/** `outbound migrate`: brings the Postgres to the newest schema and ends. Resolves with the exit code. */
export async function runMigrate({ environment }: { readonly environment: Environment }): Promise<number> {
  const db = await openProductionDatabase(environment);
  try {
    await migrateToLatest(db);
    return 0;
  } finally {
    await db.destroy();
  }
}
