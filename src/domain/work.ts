import type { Account } from "./account.js";
import type { Want } from "./decide.js";

/** Whether bringing the account to `want` lowers access: such changes cut back-offs and go first. */
export function lowersAccess(want: Want, account: Account | null): boolean {
  if (account === null) return false;
  if (want.verb === "remove" || want.verb === "undo") return true;
  if (want.verb === "ensure") return !want.active && account.active !== false && account.existence !== "none";
  return account.existence === "none" && (account.state === "failing" || account.state === "pending");
}

const isWaiting = (account: Account): boolean => account.state === "pending" || account.state === "failing";

/** What a decision of nothing still has to end: a hold, a parked failure, a cancelled removal, a grace. */
const isUnfinished = (account: Account): boolean =>
  account.state === "held" || account.state === "parked" || account.dueAt !== null;

/** Whether an account rests as compensated: another connection failed, and its own work waits for that. */
export function isCompensated(account: Account): boolean {
  return account.state === "parked" && account.code === "compensated";
}

/**
 * A compensated account comes back when what it waits for is settled or no longer wanted. A removal, or a wish that
 * newly lowers access, waits for nobody.
 */
const comesBack = (want: Want, wish: string, account: Account, released: boolean): boolean =>
  released || want.verb === "remove" || (account.wish !== wish && lowersAccess(want, account));

/** What {@link hasWork} must know beside the decision and the account. */
export interface WorkTerms {
  readonly connectionEnabled: boolean;
  /** Whether everything that a compensated account waits for is settled or no longer wanted. */
  readonly released: boolean;
}

/**
 * Whether a lane must run for an account: it is open (waiting, retrying, uncertain, maybe there), marked by an
 * operator, or its wish differs from the one it was last settled, held or parked at. A disabled connection never
 * has work. A decision of nothing has some only where an attempt is open, or a hold, a parked failure or a grace is
 * left over from an earlier decision; it leaves an account that rests as it is.
 */
export function hasWork(want: Want, wish: string, account: Account | null, terms: WorkTerms): boolean {
  if (!terms.connectionEnabled) return false;
  if (account === null) return want.verb !== "none";
  if (account.marked || isWaiting(account)) return true;
  if (want.verb === "none") return isUnfinished(account) && account.wish !== wish;
  if (isCompensated(account)) return comesBack(want, wish, account, terms.released);
  if (account.state === "settled" && (account.uncertain || account.existence === "maybe")) return true;
  if (account.state === "removed" && want.verb === "remove") return false;
  return account.wish !== wish;
}

/** One connection as planning weighs it. */
export interface Candidate {
  readonly connection: string;
  readonly want: Want;
  readonly wish: string;
  readonly account: Account | null;
  readonly enabled: boolean;
  /** Whether the account's last attempt was made under another configuration. */
  readonly revised: boolean;
}

const isReleased = (candidates: ReadonlyMap<string, Candidate>, connection: string): boolean => {
  const one = candidates.get(connection);
  if (one === undefined || !one.enabled || one.want.verb !== "ensure") return true;
  const terms = { connectionEnabled: true, released: false };
  return one.account?.state === "settled" && !hasWork(one.want, one.wish, one.account, terms);
};

/** Connections that some compensated account of the user waits for. */
export function awaitedConnections(candidates: readonly Candidate[]): readonly string[] {
  const awaited = candidates.flatMap(({ account }) =>
    account !== null && (account.code === "compensated" || account.undo !== null) ? account.waitsFor : [],
  );
  return [...new Set(awaited)].sort();
}

/**
 * The connections with work. A failed connection that compensated accounts wait for is tried once more under a new
 * configuration; the accounts themselves come back when it has settled (design, section 6).
 */
export function connectionsWithWork(candidates: readonly Candidate[]): ReadonlySet<string> {
  const byConnection = new Map(candidates.map((one) => [one.connection, one]));
  const awaited = awaitedConnections(candidates);
  const working = candidates.filter((one) => {
    const { connection, want, wish, account, enabled: connectionEnabled, revised } = one;
    const released = account?.waitsFor.every((waited) => isReleased(byConnection, waited)) ?? false;
    const retried = revised && account?.state === "parked" && account.code !== "compensated";
    if (connectionEnabled && retried && want.verb === "ensure" && awaited.includes(connection)) return true;
    return hasWork(want, wish, account, { connectionEnabled, released });
  });
  return new Set(working.map((one) => one.connection));
}
