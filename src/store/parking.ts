import { sql } from "kysely";
import type { ErrorCode } from "../domain/errors.js";
import { closeEpisodeIfDone } from "./episodes.js";
import type { Db } from "./schema.js";

const park = async (
  tx: Db,
  userKey: string,
  code: ErrorCode,
  connections: readonly string[] | null,
): Promise<void> => {
  const rows = await tx
    .updateTable("accounts")
    .set({ state: "parked", code, updated_at: sql<Date>`outbound_now()` })
    .where("user_key", "=", userKey)
    .where("state", "in", ["pending", "failing"])
    .$if(connections !== null, (query) => query.where("connection", "in", connections ?? []))
    .$if(code === "cancelled", (query) => query.set({ undo: null, waits_for: "[]" }))
    .returning("episode")
    .execute();
  for (const episode of new Set(rows.map((row) => row.episode)))
    if (episode !== null) await closeEpisodeIfDone(tx, episode);
};

/**
 * Parks a user's open accounts, all of them or those at some connections. Their wish is left alone: work that was
 * never done differs from it, so the next change, or a resend, takes it up again. A cancelled compensation ends.
 */
export async function parkOpenAccounts(
  db: Db,
  userKey: string,
  code: ErrorCode,
  connections: readonly string[] | null,
): Promise<void> {
  if (connections?.length === 0) return;
  if (db.isTransaction) return park(db, userKey, code, connections);
  await db.transaction().execute((tx) => park(tx, userKey, code, connections));
}
