import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Db } from "./schema.js";

/** Opens a user's episode, or continues the open one, and returns its id. */
export async function continueEpisode(
  tx: Db,
  user: { readonly organization: string; readonly key: string; readonly version: number },
): Promise<string> {
  const row = await tx
    .insertInto("episodes")
    .values({ id: uuidv7(), organization: user.organization, user_key: user.key, version: user.version })
    .onConflict((conflict) =>
      conflict
        .column("user_key")
        .where("closed_at", "is", null)
        .doUpdateSet({ version: user.version, asked: 0, asked_at: null }),
    )
    .returning("id")
    .executeTakeFirstOrThrow();
  return row.id;
}

/**
 * Closes a user's episode when none of its accounts is open any more. The episode's row is locked first, so that
 * two lanes that end at once cannot both believe the other one is still open.
 */
export async function closeEpisodeIfDone(tx: Db, episode: string): Promise<boolean> {
  await tx.selectFrom("episodes").select("id").where("id", "=", episode).forUpdate().executeTakeFirst();
  const closed = await sql<{ id: string }>`
    update episodes set closed_at = outbound_now() where id = ${episode} and closed_at is null
      and not exists (select 1 from accounts where episode = ${episode} and state in ('pending', 'failing'))
    returning id`.execute(tx);
  return closed.rows.length > 0;
}

/** A user with an open episode and nobody seen working on it. */
export interface StalledEpisode {
  readonly id: string;
  readonly organization: string;
  readonly userKey: string;
}

/**
 * Users with an open episode, no outbox row and no live claim, that have not been asked about recently: the sweep
 * describes their workflows. Each is asked again after 2, 4 … 60 minutes.
 */
export async function takeStalledEpisodes(
  db: Db,
  limit: number,
  firstMs: number,
): Promise<readonly StalledEpisode[]> {
  const result = await sql<StalledEpisode>`
    update episodes e set asked_at = outbound_now(), asked = e.asked + 1
    from (
      select e.id from episodes e
      where e.closed_at is null
        and coalesce(e.asked_at, e.opened_at)
          + least(${firstMs} * interval '1 millisecond' * power(2, least(e.asked, 6)), interval '60 minutes') <= outbound_now()
        and not exists (select 1 from outbox o where o.kind = 'user' and o.key = e.user_key)
        and not exists (select 1 from accounts a where a.episode = e.id and a.claim_expires_at > outbound_now())
      order by e.opened_at limit ${limit} for update of e skip locked) stalled
    where e.id = stalled.id
    returning e.id, e.organization, e.user_key as "userKey"`.execute(db);
  return result.rows;
}

/** Users with accounts whose `due_at` has passed and that nobody has been told of. */
export async function dueUsers(db: Db, limit: number): Promise<readonly string[]> {
  const result = await sql<{ userKey: string }>`
    select distinct a.user_key as "userKey" from accounts a
    where a.due_at <= outbound_now() and a.existence <> 'none' and a.state in ('settled', 'parked')
      and not exists (select 1 from outbox o where o.kind = 'user' and o.key = a.user_key)
      and not exists (select 1 from journal j where j.account = a.id and j.at >= a.due_at)
    limit ${limit}`.execute(db);
  return result.rows.map((row) => row.userKey);
}
