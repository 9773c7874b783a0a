import type { Db, Tx } from "./schema.js";

const conflicts = new Set(["23505", "40001", "40P01"]);
const tries = 4;

const sqlState = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;

/**
 * Runs a transaction and runs it again when it lost a race (unique violation, serialization, deadlock), up to four
 * times in all. `work` must have no effect outside the transaction. Throws what the last try threw.
 */
export async function retryOnConflict<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt >= tries || !conflicts.has(sqlState(error) ?? "")) throw error;
    }
  }
}
