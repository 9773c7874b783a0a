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
    status: null,
    attempt: 1,
    sent: null,
    reasons: [],
    durationMs: null,
    ...line,
  });
}
