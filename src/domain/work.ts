import type { Account } from "./account.js";
import type { Want } from "./decide.js";

/** Whether bringing the account to `want` lowers access: such changes cut back-offs and go first. */
export function lowersAccess(want: Want, account: Account | null): boolean {
  if (account === null) return false;
  if (want.verb === "remove") return true;
  if (want.verb === "ensure") return !want.active && account.active !== false && account.existence !== "none";
  return account.existence === "none" && (account.state === "failing" || account.state === "pending");
}

const isOpen = (account: Account): boolean =>
  account.state === "pending" ||
  account.state === "failing" ||
  (account.state === "settled" && (account.uncertain || account.existence === "maybe"));

/**
 * Whether a lane must run for an account: it is open (waiting, retrying, uncertain, maybe there), marked by an
 * operator, or its wish differs from the one it was last settled, held or parked at. A disabled connection never
 * has work, nor has a decision of nothing unless an attempt for the account is still open.
 */
export function hasWork(
  want: Want,
  wish: string,
  account: Account | null,
  connectionEnabled: boolean,
): boolean {
  if (!connectionEnabled) return false;
  if (account === null) return want.verb !== "none";
  if (account.marked || isOpen(account)) return true;
  if (want.verb === "none") return false;
  if (account.state === "removed" && want.verb === "remove") return false;
  return account.wish !== wish;
}
