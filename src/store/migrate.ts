import type { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { foundation } from "./migrations/0001-foundation.js";
import type { Schema } from "./schema.js";

const migrations = { "0001-foundation": foundation };

/**
 * Brings a database to the newest schema; forward only. Safe to run from several processes at once (Kysely takes
 * a lock), a no-op when nothing is new. Throws what the database says when a step fails; nothing is half applied.
 */
export async function migrateToLatest(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined)
    throw error instanceof Error ? error : new Error("migration failed", { cause: error });
}
