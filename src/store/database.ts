import { PGlite } from "@electric-sql/pglite";
import { Kysely, PGliteDialect, PostgresDialect, sql } from "kysely";
import { Pool, TypeOverrides, types } from "pg";
import type { Db, Schema } from "./schema.js";

/** Where the store lives: an embedded PGlite directory (one process) or any Postgres 15 or later. */
export type DatabaseTarget =
  | { readonly kind: "pglite"; readonly directory: string }
  | { readonly kind: "postgres"; readonly url: string; readonly poolSize?: number };

/** Opens a Postgres by URL. bigint columns come back as numbers: ours stay far below 2^53. */
export function openPostgres(url: string, poolSize = 10): Db {
  const own = new TypeOverrides();
  own.setTypeParser(types.builtins.INT8, Number);
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    types: own,
    // An unreachable database is an error after this long, not a request that hangs.
    connectionTimeoutMillis: 5_000,
  });
  // A connection that dies while idle is replaced by the pool; without a listener Node would end the process.
  pool.on("error", () => undefined);
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}

/** Opens an embedded database over a PGlite that the caller made. `destroy()` closes it. */
export function openPglite(pglite: PGlite): Db {
  return new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) });
}

/**
 * Opens the store without migrating it.
 *
 * PGlite survives process crashes, not power cuts, and takes no lock on its directory: the caller holds
 * `lockDirectory` first.
 */
export async function openDatabase(target: DatabaseTarget): Promise<Db> {
  if (target.kind === "postgres") return openPostgres(target.url, target.poolSize);
  const db = openPglite(await PGlite.create(target.directory));
  await sql`select 1`.execute(db);
  return db;
}

/** Whether the store answers. Never throws. */
export async function isDatabaseUp(db: Db): Promise<boolean> {
  try {
    await sql`select 1`.execute(db);
    return true;
  } catch {
    return false;
  }
}
