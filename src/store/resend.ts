import type { AccountState } from "../domain/account.js";
import { priorities } from "../domain/directory-event.js";
import type { ErrorCode } from "../domain/errors.js";
import { markAccounts } from "./accounts.js";
import { wakeUsers } from "./outbox.js";
import type { Db, Tx } from "./schema.js";
import { retryOnConflict } from "./transactions.js";

/** Which accounts to send again: those with these ids, or those that match every named filter; none: all. */
export interface ResendSelection {
  readonly ids?: readonly string[] | undefined;
  readonly connection?: string | undefined;
  readonly state?: AccountState | undefined;
  readonly code?: ErrorCode | undefined;
}

/** How much was marked. */
export interface ResendResult {
  readonly accounts: number;
  readonly users: number;
}

interface Selected {
  readonly id: string;
  readonly user_key: string;
}

const pageSize = 500;

const selectPage = (
  db: Db,
  organization: string,
  selection: ResendSelection,
  after: string | null,
): Promise<Selected[]> => {
  const { ids, connection, state, code } = selection;
  return db
    .selectFrom("accounts")
    .select(["id", "user_key"])
    .where("organization", "=", organization)
    .$if(ids !== undefined, (query) => query.where("id", "in", [...(ids ?? [])]))
    .$if(connection !== undefined, (query) => query.where("connection", "=", connection ?? ""))
    .$if(state !== undefined, (query) => query.where("state", "=", state ?? "pending"))
    .$if(code !== undefined, (query) => query.where("code", "=", code ?? null))
    .$if(after !== null, (query) => query.where("id", ">", after ?? ""))
    .orderBy("id")
    .limit(pageSize)
    .execute();
};

/** A cancelled removal is taken up again; open holds stay: only an answer ends those (promise 9). */
const voidCancelled = async (tx: Tx, accounts: readonly string[]): Promise<void> => {
  await tx
    .updateTable("holds")
    .set({ state: "void" })
    .where("account", "in", accounts)
    .where("state", "=", "cancelled")
    .execute();
};

/** Users are locked before accounts, as planning does. */
const resendPage = (db: Db, accounts: readonly Selected[]): Promise<void> =>
  retryOnConflict(db, async (tx) => {
    const users = [...new Set(accounts.map((account) => account.user_key))];
    const ids = accounts.map((account) => account.id);
    await wakeUsers(tx, users, priorities.operator);
    await markAccounts(tx, ids);
    await voidCancelled(tx, ids);
  });

/**
 * Marks accounts for another look by an operator's word and wakes their users, page by page, each page in one
 * transaction. May be repeated. `onPage` is called after each page's commit.
 */
export async function resendAccounts(
  db: Db,
  organization: string,
  selection: ResendSelection,
  onPage: () => void = () => undefined,
): Promise<ResendResult> {
  const users = new Set<string>();
  let accounts = 0;
  for (let after: string | null = null; ;) {
    const page: Selected[] = await selectPage(db, organization, selection, after);
    if (page.length > 0) {
      await resendPage(db, page);
      onPage();
    }
    for (const account of page) users.add(account.user_key);
    accounts += page.length;
    after = page.at(-1)?.id ?? null;
    if (page.length < pageSize || after === null) return { accounts, users: users.size };
  }
}

/** Provision on demand: marks all of a user's accounts and wakes the user. Returns how many accounts were marked. */
export async function provisionUser(db: Db, userKey: string): Promise<number> {
  return retryOnConflict(db, async (tx) => {
    await wakeUsers(tx, [userKey], priorities.operator);
    const accounts = await tx.selectFrom("accounts").select("id").where("user_key", "=", userKey).execute();
    const ids = accounts.map((account) => account.id);
    await markAccounts(tx, ids);
    return ids.length;
  });
}
