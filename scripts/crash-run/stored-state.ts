import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";

/** What the store held at the moment of a kill. */
export interface StoredState {
  /** Accounts with work to do: pending or failing. */
  readonly open: number;
  /** Rows in the outbox. */
  readonly waiting: number;
  /** Accounts with a claim that nobody released. */
  readonly claimed: number;
  /** Accounts with an open create intent: the account may be there. */
  readonly maybe: number;
}

/**
 * Reads the store of a killed system from a copy of its directory: exactly what it held when it died, not what it
 * said a moment before. The directory itself is not touched.
 */
export async function readStoredState(databaseDirectory: string): Promise<StoredState> {
  const scratch = await mkdtemp(join(tmpdir(), "outbound-crash-state-"));
  try {
    const copy = join(scratch, "postgres");
    await cp(databaseDirectory, copy, { recursive: true });
    const database = await PGlite.create(copy);
    const { rows } = await database.query<StoredState>(`select
      count(*) filter (where state in ('pending', 'failing'))::int as open,
      (select count(*) from outbox)::int as waiting,
      count(*) filter (where claim_token is not null)::int as claimed,
      count(*) filter (where existence = 'maybe')::int as maybe from accounts`);
    await database.close();
    const [state] = rows;
    if (state === undefined) throw new Error("the store did not answer");
    return state;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
