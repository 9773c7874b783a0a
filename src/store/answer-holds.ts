import { priorities } from "../domain/directory-event.js";
import type { AnsweredHolds, HoldSelection, HoldWord } from "./guard.js";
import { answerHolds, listHolds } from "./guard.js";
import { wakeUsers } from "./outbox.js";
import type { Db } from "./schema.js";
import { databaseNow } from "./time.js";
import { retryOnConflict } from "./transactions.js";

const pageSize = 500;

const answerPage = (
  db: Db,
  organization: string,
  ids: readonly string[],
  word: HoldWord,
): Promise<AnsweredHolds> =>
  retryOnConflict(db, async (tx) => {
    const answered = await answerHolds(tx, organization, { ids }, word);
    await wakeUsers(tx, answered.users, priorities.operator);
    return answered;
  });

/** Ids of holds that were open at `until`, a page after another: a person answers what was there to be seen. */
async function* pagesOf(
  db: Db,
  organization: string,
  connection: string | undefined,
  until: number,
): AsyncGenerator<readonly string[]> {
  for (let after: string | undefined; ;) {
    const page = await listHolds(db, organization, { connection, after, limit: pageSize });
    yield page.filter((hold) => hold.createdAt.getTime() <= until).map((hold) => hold.id);
    after = page.at(-1)?.id;
    if (page.length < pageSize) return;
  }
}

/**
 * Gives a person's word on open holds and wakes the users, page by page, each page in one transaction. Holds that
 * are made meanwhile are not answered. Returns how many holds were answered and how many users woken.
 */
export async function answerAndWake(
  db: Db,
  organization: string,
  selection: HoldSelection,
  word: HoldWord,
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
    for await (const ids of pagesOf(db, organization, connection, await databaseNow(db))) await answer(ids);
  }
  return { holds, users: users.size };
}
