import type { AccountState } from "../domain/account.js";
import type { Db } from "./schema.js";

/** Accounts of one connection by state; every state is there. */
export type AccountCounts = Readonly<Record<AccountState, number>>;

/** How much there is at one connection. */
export interface ConnectionCounts {
  readonly accounts: AccountCounts;
  readonly openHolds: number;
}

/** What a connection without any account has. */
export const noAccounts: ConnectionCounts = {
  accounts: { pending: 0, settled: 0, failing: 0, held: 0, parked: 0, removed: 0 },
  openHolds: 0,
};

/** Counts of accounts and open holds by connection, orphaned connections included; an absent one has none. */
export async function countByConnection(
  db: Db,
  organization: string,
): Promise<ReadonlyMap<string, ConnectionCounts>> {
  const accounts = await db
    .selectFrom("accounts")
    .select((expression) => ["connection", "state", expression.fn.countAll<number>().as("total")])
    .where("organization", "=", organization)
    .groupBy(["connection", "state"])
    .execute();
  const holds = await db
    .selectFrom("holds")
    .select((expression) => ["connection", expression.fn.countAll<number>().as("total")])
    .where("organization", "=", organization)
    .where("state", "=", "open")
    .groupBy("connection")
    .execute();
  const counts = new Map<string, ConnectionCounts>();
  const held = (connection: string): ConnectionCounts => counts.get(connection) ?? noAccounts;
  for (const { connection, state, total } of accounts) {
    const before = held(connection);
    counts.set(connection, { ...before, accounts: { ...before.accounts, [state]: total } });
  }
  for (const { connection, total } of holds)
    counts.set(connection, { ...held(connection), openHolds: total });
  return counts;
}
