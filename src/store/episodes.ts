import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { PartialFailurePolicy } from "../domain/configuration.js";
import { finalFailures } from "../domain/errors.js";
import type { Db } from "./schema.js";

/**
 * Opens a user's episode, or continues the open one, and returns its id. What is worked on again at `connections`
 * may fail again: it is concluded anew then.
 */
export async function continueEpisode(
  tx: Db,
  user: { readonly organization: string; readonly key: string; readonly version: number },
  connections: readonly string[],
): Promise<string> {
  const concluded = sql<string>`episodes.concluded - array[${sql.join(connections)}]::text[]`;
  const row = await tx
    .insertInto("episodes")
    .values({ id: uuidv7(), organization: user.organization, user_key: user.key, version: user.version })
    .onConflict((conflict) =>
      conflict
        .column("user_key")
        .where("closed_at", "is", null)
        .doUpdateSet({ version: user.version, asked: 0, asked_at: null, concluded }),
    )
    .returning("id")
    .executeTakeFirstOrThrow();
  return row.id;
}

/** A user's open episode. */
export interface OpenEpisode {
  readonly id: string;
  /** Failed connections that it has been concluded for. */
  readonly concluded: readonly string[];
}

/** The open episode of a user, or null. */
export async function readOpenEpisode(tx: Db, userKey: string): Promise<OpenEpisode | null> {
  const row = await tx
    .selectFrom("episodes")
    .select(["id", "concluded"])
    .where("user_key", "=", userKey)
    .where("closed_at", "is", null)
    .executeTakeFirst();
  return row ?? null;
}

/** Keeps that an episode has been concluded for failed connections, and how; null: nothing was triggered. */
export async function markConcluded(
  tx: Db,
  episode: OpenEpisode,
  connections: readonly string[],
  policy: PartialFailurePolicy | null,
): Promise<void> {
  const concluded = JSON.stringify([...new Set([...episode.concluded, ...connections])]);
  await tx
    .updateTable("episodes")
    .set({ concluded, ...(policy !== null && { policy }) })
    .where("id", "=", episode.id)
    .execute();
}

/** A lane that failed for good and has not been concluded, or one that a compensated account has waited for. */
const needsPlanning = (episode: string, looked: boolean) => sql`
  exists (select 1 from accounts where episode = ${episode} and state = 'parked'
    and code in (${sql.join([...finalFailures])}) and not episodes.concluded ? connection)
  or (not ${looked}::boolean and exists (select 1 from accounts c
    join accounts s on s.user_key = c.user_key and s.episode = ${episode} and s.state = 'settled'
      and c.waits_for ? s.connection
    where c.user_key = episodes.user_key and c.state = 'parked' and c.code = 'compensated'))`;

/**
 * Closes a user's episode when none of its accounts is open any more and no failure waits to be concluded. The
 * episode's row is locked first, so that two lanes that end at once cannot both believe the other one is still
 * open. `looked`: planning has looked at it, so that nobody else is to be told that a failed connection has settled.
 */
export async function closeEpisodeIfDone(tx: Db, episode: string, looked = false): Promise<boolean> {
  await tx.selectFrom("episodes").select("id").where("id", "=", episode).forUpdate().executeTakeFirst();
  const closed = await sql<{ id: string }>`
    update episodes set closed_at = outbound_now() where id = ${episode} and closed_at is null
      and not exists (select 1 from accounts where episode = ${episode} and state in ('pending', 'failing'))
      and not (${needsPlanning(episode, looked)})
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
