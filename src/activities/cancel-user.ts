import { readAccounts } from "../store/accounts.js";
import { closeEpisodeIfDone, markConcluded, readOpenEpisode } from "../store/episodes.js";
import { lockUser } from "../store/facts.js";
import { parkOpenAccounts } from "../store/parking.js";
import type { Db } from "../store/schema.js";
import type { PlanUserInput } from "../workflows/contract.js";

/**
 * An operator cancelled a user's run: its open accounts are parked as `cancelled`, without compensation (one under
 * way ends where it is), and stay so until the user changes or somebody resends them (design, section 3).
 * Idempotent.
 */
export async function cancelUser(db: Db, input: PlanUserInput): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await lockUser(tx, input.user);
    await parkOpenAccounts(tx, input.user, "cancelled", null);
    const episode = await readOpenEpisode(tx, input.user);
    if (episode === null) return;
    await markConcluded(tx, episode, [...(await readAccounts(tx, input.user)).keys()], null);
    await closeEpisodeIfDone(tx, episode.id, true);
  });
}
