import { priorities } from "../domain/directory-event.js";
import { dueUsers, takeStalledEpisodes } from "../store/episodes.js";
import { wakeUsers } from "../store/outbox.js";
import type { Db } from "../store/schema.js";
import type { Repeated } from "./repeated.js";
import { startRepeating } from "./repeated.js";

/** Whether a user's workflow is running, by Temporal's own word; rejects when Temporal does not answer. */
export type IsRunning = (organization: string, user: string) => Promise<boolean>;

/** What a sweep is given. */
export interface SweepDependencies {
  readonly db: Db;
  readonly isRunning: IsRunning;
  /** How long an open episode may rest before Temporal is first asked about it, in milliseconds. */
  readonly stalledAfterMs: number;
}

const limit = 200;

/**
 * One pass of the sweep: wakes users whose `due_at` has passed, and users with an open episode whose workflow
 * Temporal does not know or calls finished. So a terminated run, a lost signal, or a Temporal restored empty heal by
 * themselves (promise 1). Idempotent; any number may run at once. Returns how many users were woken.
 */
export async function sweepOnce(deps: SweepDependencies): Promise<number> {
  const due = await dueUsers(deps.db, limit);
  let woken = await wakeUsers(deps.db, due, priorities.change);
  for (const episode of await takeStalledEpisodes(deps.db, limit, deps.stalledAfterMs)) {
    if (await deps.isRunning(episode.organization, episode.userKey)) continue;
    woken += await wakeUsers(deps.db, [episode.userKey], priorities.change);
  }
  return woken;
}

/** Repeats {@link sweepOnce} every `everyMs`; a pass that fails is reported and tried again. */
export function startSweep(
  deps: SweepDependencies & {
    readonly everyMs: number;
    readonly onError: (error: unknown) => void;
    readonly onWoken: () => void;
  },
): Repeated {
  const work = async (): Promise<void> => {
    if ((await sweepOnce(deps)) > 0) deps.onWoken();
  };
  return startRepeating({ everyMs: deps.everyMs, work, onError: deps.onError });
}
