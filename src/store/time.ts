import { sql } from "kysely";
import type { Db } from "./schema.js";

/** The database's clock, which every comparison of times uses, in epoch milliseconds. */
export async function databaseNow(db: Db): Promise<number> {
  const result = await sql<{ now: Date }>`select outbound_now() as now`.execute(db);
  const row = result.rows[0];
  if (row === undefined) throw new Error("the database has no clock");
  return row.now.getTime();
}

/** Moves the database's clock, together with Temporal's skipped time. For tests only. */
export async function shiftDatabaseClock(db: Db, milliseconds: number): Promise<void> {
  await sql`update clock set shift = shift + ${milliseconds} * interval '1 millisecond'`.execute(db);
}
