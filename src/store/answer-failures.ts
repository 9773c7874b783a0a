import { sql } from "kysely";
import type { Compensation } from "../domain/configuration.js";
import { priorities } from "../domain/directory-event.js";
import { lockAccounts, markAccounts } from "./accounts.js";
import type { AnsweredHolds } from "./guard.js";
import { wakeUsers } from "./outbox.js";
import { compensateEpisode } from "./partial-failure.js";
import type { Db, Tx } from "./schema.js";
import { retryOnConflict } from "./transactions.js";

/** A person's word on failures that are held. */
export interface FailureWord {
  readonly answer: "retried" | "skipped" | "compensated";
  readonly author: string;
  readonly reason: string;
}

interface AnsweredFailure {
  readonly account: string;
  readonly userKey: string;
  readonly connection: string;
  readonly compensation: Compensation | null;
}

const usersOf = async (tx: Tx, organization: string, ids: readonly string[]): Promise<readonly string[]> => {
  const rows = await tx
    .selectFrom("holds")
    .select("user_key")
    .distinct()
    .where("organization", "=", organization)
    .where("id", "in", [...ids])
    .where("kind", "=", "partial_failure")
    .where("state", "=", "open")
    .execute();
  return rows.map((row) => row.user_key);
};

const answer = (
  tx: Tx,
  organization: string,
  ids: readonly string[],
  word: FailureWord,
): Promise<AnsweredFailure[]> =>
  tx
    .updateTable("holds")
    .set({
      state: word.answer,
      author: word.author,
      reason: word.reason,
      answered_at: sql<Date>`outbound_now()`,
    })
    .where("organization", "=", organization)
    .where("id", "in", [...ids])
    .where("kind", "=", "partial_failure")
    .where("state", "=", "open")
    .returning(["account", "user_key as userKey", "connection", "compensation"])
    .execute();

/** As a conclusion would have, however long ago the first effect was; removals go before it when planned. */
const compensate = async (tx: Tx, { userKey, connection, compensation }: AnsweredFailure): Promise<void> => {
  const accounts = await lockAccounts(tx, userKey);
  const episode = accounts.get(connection)?.episode ?? null;
  if (episode === null || compensation === null) return;
  const all = [...accounts.values()].map((account) => ({ account, want: null, wish: null }));
  await compensateEpisode(tx, all, { episode, failed: connection, compensation });
};

/**
 * Gives a person's word on held failures, in one transaction, and wakes the users: retry tries the failed account
 * once more, skip leaves it parked and the others as they are, compensate takes back what its episode did. Users
 * are locked before accounts and holds, as planning does. Holds that are open no more are not answered.
 */
export async function answerFailures(
  db: Db,
  organization: string,
  ids: readonly string[],
  word: FailureWord,
): Promise<AnsweredHolds> {
  return retryOnConflict(db, async (tx) => {
    await wakeUsers(tx, await usersOf(tx, organization, ids), priorities.operator);
    const answered = await answer(tx, organization, ids, word);
    if (word.answer === "retried")
      await markAccounts(
        tx,
        answered.map((one) => one.account),
      );
    if (word.answer === "compensated") for (const one of answered) await compensate(tx, one);
    return { holds: answered.length, users: [...new Set(answered.map((one) => one.userKey))] };
  });
}
