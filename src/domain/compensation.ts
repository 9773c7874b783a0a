import type { Account } from "./account.js";
import type { Compensation } from "./configuration.js";
import type { Want } from "./decide.js";
import { finalFailures } from "./errors.js";
import type { Undo } from "./undo.js";
import { undoStep } from "./undo.js";
import { isCompensated, lowersAccess } from "./work.js";

/** One account as a compensation finds it. */
export interface Compensated {
  readonly account: Account;
  /** Whether its work belongs to the episode that is compensated. */
  readonly inEpisode: boolean;
  /** Whether its effect does. */
  readonly effectInEpisode: boolean;
  /** Whether an attempt holds a claim, or died with one: it may be writing. */
  readonly claimed: boolean;
  /** What is decided there now, as far as it is known; a removal is never undone. */
  readonly want: Want | null;
}

/**
 * What a compensation does to one account: take back (`presumed`: an update that may have happened counts as one),
 * not begin what waits, let it wait for one more failed connection, or leave it alone.
 */
export type CompensationStep =
  | { readonly kind: "undo"; readonly undo: Undo; readonly presumed: boolean }
  | { readonly kind: "park" }
  | { readonly kind: "wait" }
  | { readonly kind: "leave" };

const isOpen = (account: Account): boolean => account.state === "pending" || account.state === "failing";

const hasFailed = ({ state, code }: Account): boolean =>
  state === "parked" && code !== null && finalFailures.includes(code);

/** Whether there is, or may be, something to take back: an effect, a lost reply, an attempt under way. */
const isTouched = (one: Compensated, terms: Compensation): boolean => {
  const { account, effectInEpisode, inEpisode } = one;
  if (effectInEpisode && undoStep(account, terms).kind !== "nothing") return true;
  if (!inEpisode) return false;
  return account.existence === "maybe" || (isOpen(account) && one.claimed);
};

/** Only what a failed account is known to hold of this episode goes: its next attempt reads first anyway. */
const ofFailed = (one: Compensated, terms: Compensation): CompensationStep => {
  const { account, effectInEpisode } = one;
  if (account.code === null || !effectInEpisode || undoStep(account, terms).kind === "nothing")
    return { kind: "leave" };
  const { accounts, revertUpdates } = terms;
  return { kind: "undo", undo: { accounts, revertUpdates, code: account.code }, presumed: false };
};

const isPresumed = (one: Compensated, terms: Compensation): boolean =>
  terms.revertUpdates &&
  one.inEpisode &&
  !one.effectInEpisode &&
  one.account.existence === "known" &&
  (one.claimed || one.account.uncertain);

/**
 * Weighs one account of an episode that is compensated (design, section 6). What lowers access goes on, unless
 * updates are reverted too. A failed account keeps its own code, so that it stays visible and resendable.
 */
export function compensationStep(one: Compensated, terms: Compensation): CompensationStep {
  const { account, want } = one;
  if (want?.verb === "remove" || account.state === "removed") return { kind: "leave" };
  if (account.undo !== null || isCompensated(account)) return { kind: "wait" };
  const { accounts, revertUpdates } = terms;
  if (hasFailed(account)) return ofFailed(one, terms);
  const presumed = isPresumed(one, terms);
  if (presumed || isTouched(one, terms))
    return { kind: "undo", undo: { accounts, revertUpdates, code: "compensated" }, presumed };
  if (!one.inEpisode || !isOpen(account)) return { kind: "leave" };
  if (want !== null && !revertUpdates && lowersAccess(want, account)) return { kind: "leave" };
  return { kind: "park" };
}
