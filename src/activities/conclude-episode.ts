import type { PartialFailurePolicy } from "../domain/configuration.js";
import type { Decision } from "../domain/decide.js";
import { finalFailures } from "../domain/errors.js";
import type { OnFailure } from "../domain/selection.js";
import type { AccountRecord } from "../store/accounts.js";
import type { OpenEpisode } from "../store/episodes.js";
import { closeEpisodeIfDone, markConcluded, readOpenEpisode } from "../store/episodes.js";
import type { EpisodeAccount } from "../store/partial-failure.js";
import { compensateEpisode, compensationSteps, holdFailure } from "../store/partial-failure.js";
import type { Tx } from "../store/schema.js";
import { wishOf } from "./wish.js";

/** What a conclusion looks at: a user's locked accounts, and what is decided for each. */
export interface Concluding {
  readonly userKey: string;
  readonly accounts: ReadonlyMap<string, AccountRecord>;
  readonly decisions: readonly Decision[];
  /** Connections that are worked on now: their failure is not the last word. */
  readonly working: ReadonlySet<string>;
  /** The database's clock, in epoch milliseconds. */
  readonly now: number;
}

interface Failed {
  readonly account: AccountRecord;
  readonly decision: Decision | null;
}

const decisionOf = (concluding: Concluding, connection: string): Decision | null =>
  concluding.decisions.find((one) => one.connection === connection) ?? null;

const failedAccounts = (concluding: Concluding): readonly Failed[] =>
  [...concluding.accounts.values()]
    .filter(({ state, code }) => state === "parked" && code !== null && finalFailures.includes(code))
    .filter(({ connection, undo }) => undo === null && !concluding.working.has(connection))
    .map((account) => ({ account, decision: decisionOf(concluding, account.connection) }));

const episodeAccounts = (concluding: Concluding): readonly EpisodeAccount[] =>
  [...concluding.accounts.values()].flatMap((account) => {
    const decision = decisionOf(concluding, account.connection);
    // A connection that the configuration has no more cannot be worked on.
    if (decision === null || decision.reasons.some((reason) => reason.code === "connection_disabled"))
      return [];
    return [{ account, want: decision.want, wish: wishOf(decision.want) }];
  });

/** Whether there is something to take back, and too long ago to do it unasked (design, section 6: `within`). */
const isLate = (
  concluding: Concluding,
  accounts: readonly EpisodeAccount[],
  episode: string,
  { compensation }: OnFailure,
): boolean => {
  const effects = [...concluding.accounts.values()].flatMap((one) =>
    one.effectEpisode === episode && one.effectAt !== null ? [one.effectAt] : [],
  );
  if (effects.length === 0 || concluding.now - Math.min(...effects) <= compensation.withinMs) return false;
  return compensationSteps(accounts, { episode, compensation }).some(([, step]) => step.kind === "undo");
};

const concludeOne = async (
  tx: Tx,
  concluding: Concluding,
  episode: OpenEpisode,
  { account, decision }: Failed,
): Promise<PartialFailurePolicy | null> => {
  if (decision?.want.verb !== "ensure" || decision.onFailure === null) return null;
  const { policy, compensation } = decision.onFailure;
  if (policy === "continue") return policy;
  const accounts = episodeAccounts(concluding);
  if (policy === "hold" || isLate(concluding, accounts, episode.id, decision.onFailure)) {
    const { want, reasons } = decision;
    await holdFailure(tx, { account, wish: wishOf(want), reasons, compensation });
    return "hold";
  }
  const compensating = { episode: episode.id, failed: account.connection, compensation };
  await compensateEpisode(tx, accounts, compensating);
  return policy;
};

/**
 * Concludes a user's open episode for the lanes that have failed for good since it was last looked at, as the
 * provisioner lists say (design, section 6), in planning's transaction: so it survives any crash, and happens once.
 * One failure at a time, and what comes of it must be read anew: true when something was concluded.
 */
export async function concludeEpisode(tx: Tx, concluding: Concluding): Promise<boolean> {
  const failed = failedAccounts(concluding).filter(({ account }) => account.episode !== null);
  if (failed.length === 0) return false;
  const episode = await readOpenEpisode(tx, concluding.userKey);
  if (episode === null) return false;
  const next = failed.find(
    ({ account }) => account.episode === episode.id && !episode.concluded.includes(account.connection),
  );
  if (next === undefined) return false;
  const policy = await concludeOne(tx, concluding, episode, next);
  await markConcluded(tx, episode, [next.account.connection], policy);
  return true;
}

/** Closes a user's open episode when planning has found that nobody works on it any more. */
export async function closeOpenEpisode(tx: Tx, userKey: string): Promise<void> {
  const episode = await readOpenEpisode(tx, userKey);
  if (episode !== null) await closeEpisodeIfDone(tx, episode.id, true);
}
