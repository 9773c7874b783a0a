import { priorities } from "../domain/directory-event.js";
import type { FailureWord } from "./answer-failures.js";
import { answerFailures } from "./answer-failures.js";
import type { AnsweredHolds, HoldWord } from "./guard.js";
import { answerHolds } from "./guard.js";
import type { HoldSelection } from "./holds.js";
import { listHolds } from "./holds.js";
import { wakeUsers } from "./outbox.js";
import type { Db, HoldKind } from "./schema.js";
import { databaseNow } from "./time.js";
import { retryOnConflict } from "./transactions.js";

/** A person's word: on held removals, or on held failures. */
export type Word = HoldWord | FailureWord;

const pageSize = 500;

const isOfGuard = (word: Word): word is HoldWord => word.answer === "released" || word.answer === "cancelled";

/** The kind of hold that a word answers. */
export function answeredKind(answer: Word["answer"]): HoldKind {
  return answer === "released" || answer === "cancelled" ? "guard" : "partial_failure";
}

const answerPage = (
  db: Db,
  organization: string,
  ids: readonly string[],
  word: Word,
): Promise<AnsweredHolds> => {
  if (!isOfGuard(word)) return answerFailures(db, organization, ids, word);
  return retryOnConflict(db, async (tx) => {
    const answered = await answerHolds(tx, organization, { ids }, word);
    await wakeUsers(tx, answered.users, priorities.operator);
    return answered;
  });
};

interface Pages {
  readonly connection: string | undefined;
  readonly kind: HoldKind;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** Ids of holds that were open at `until`, a page after another: a person answers what was there to be seen. */
async function* pagesOf(
  db: Db,
  organization: string,
  { connection, kind, until }: Pages,
): AsyncGenerator<readonly string[]> {
  for (let after: string | undefined; ;) {
    const page = await listHolds(db, organization, { connection, kind, after, limit: pageSize });
    yield page.filter((hold) => hold.createdAt.getTime() <= until).map((hold) => hold.id);
    after = page.at(-1)?.id;
    if (page.length < pageSize) return;
  }
}

/**
 * Gives a person's word on open holds of the kind it answers and wakes the users, page by page, each page in one
 * transaction. Holds that are made meanwhile are not answered. Returns how many holds were answered and how many
 * users woken.
 */
export async function answerAndWake(
  db: Db,
  organization: string,
  selection: HoldSelection,
  word: Word,
): Promise<{ readonly holds: number; readonly users: number }> {
  const users = new Set<string>();
  let holds = 0;
  const answer = async (ids: readonly string[]): Promise<void> => {
    if (ids.length === 0) return;
    const answered = await answerPage(db, organization, ids, word);
    holds += answered.holds;
    for (const user of answered.users) users.add(user);
  };
  if ("ids" in selection) await answer(selection.ids);
  else {
    const connection = "connection" in selection ? selection.connection : undefined;
    const kind = answeredKind(word.answer);
    const until = await databaseNow(db);
    for await (const ids of pagesOf(db, organization, { connection, kind, until })) await answer(ids);
  }
  return { holds, users: users.size };
}
