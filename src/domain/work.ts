import type { Account } from "./account.js";
import type { Want } from "./decide.js";

/** Whether bringing the account to `want` lowers access: such changes cut back-offs and go first. */
export function lowersAccess(want: Want, account: Account | null): boolean {
  if (account === null) return false;
  if (want.verb === "remove") return true;
  if (want.verb === "ensure") return !want.active && account.active !== false && account.existence !== "none";
  return account.existence === "none" && (account.state === "failing" || account.state === "pending");
}

const isWaiting = (account: Account): boolean => account.state === "pending" || account.state === "failing";

/** What a decision of nothing still has to end: a hold, a parked failure, a cancelled removal, a grace. */
const isUnfinished = (account: Account): boolean =>
  account.state === "held" || account.state === "parked" || account.dueAt !== null;

/**
 * Whether a lane must run for an account: it is open (waiting, retrying, uncertain, maybe there), marked by an
 * operator, or its wish differs from the one it was last settled, held or parked at. A disabled connection never
 * has work. A decision of nothing has some only where an attempt is open, or a hold, a parked failure or a grace is
 * left over from an earlier decision; it leaves an account that rests as it is.
 */
export function hasWork(
  want: Want,
  wish: string,
  account: Account | null,
  connectionEnabled: boolean,
): boolean {
  if (!connectionEnabled) return false;
  if (account === null) return want.verb !== "none";
  if (account.marked || isWaiting(account)) return true;
  if (want.verb === "none") return isUnfinished(account) && account.wish !== wish;
  if (account.state === "settled" && (account.uncertain || account.existence === "maybe")) return true;
  if (account.state === "removed" && want.verb === "remove") return false;
  return account.wish !== wish;
}
