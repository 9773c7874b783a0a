import { v7 as uuidv7 } from "uuid";
import type { AccountPatch } from "../../src/store/attempts.js";
import { patchAccount, writeJournal } from "../../src/store/attempts.js";
import { readAccounts } from "../../src/store/accounts.js";
import type { JournalEntry } from "../../src/store/attempts.js";
import type { Db } from "../../src/store/schema.js";

/** Leaves a user's accounts as attempts would, by connection. */
export async function restAccounts(
  db: Db,
  user: string,
  patches: Readonly<Record<string, AccountPatch>>,
): Promise<void> {
  const accounts = await readAccounts(db, user);
  for (const [connection, patch] of Object.entries(patches)) {
    const account = accounts.get(connection);
    if (account === undefined) throw new Error(`no account at ${connection}`);
    await patchAccount(db, account.id, patch);
  }
}

/** Writes a line of an account's journal, as an attempt would. */
export async function journal(
  db: Db,
  user: string,
  connection: string,
  line: Partial<JournalEntry>,
): Promise<void> {
  const account = (await readAccounts(db, user)).get(connection);
  if (account === undefined) throw new Error(`no account at ${connection}`);
  await writeJournal(db, {
    account: account.id,
    organization: account.organization,
    userKey: user,
    connection,
    version: 1,
    revision: 1,
    verb: "ensure",
    outcome: null,
    code: null,
    class: null,
    keyword: null,
    status: null,
    attempt: 1,
    sent: null,
    reasons: [],
    durationMs: null,
    ...line,
  });
}

/** Holds the removal of an account, as the guard would, and latches the guard. Returns the hold's id. */
export async function hold(db: Db, user: string, connection: string): Promise<string> {
  const account = (await readAccounts(db, user)).get(connection);
  if (account === undefined) throw new Error(`no account at ${connection}`);
  const id = uuidv7();
  const { organization } = account;
  await db
    .insertInto("holds")
    .values({
      id,
      organization,
      connection,
      user_key: user,
      account: account.id,
      cause: "deleted",
      wish: "w",
      reasons: JSON.stringify([{ code: "user_gone" }]),
    })
    .execute();
  await db
    .updateTable("connection_states")
    .set({ guard_latched_at: new Date() })
    .where("organization", "=", organization)
    .where("connection", "=", connection)
    .execute();
  return id;
}
