import { sql } from "kysely";
import type { Db } from "./schema.js";

/** A waiting row that this dispatcher has taken. */
export interface OutboxRow {
  readonly kind: "user" | "group";
  readonly key: string;
  readonly organization: string;
  readonly version: number;
  readonly priority: number;
  readonly cursorVersion: number | null;
  readonly cursorKey: string | null;
}

/**
 * Takes up to `limit` waiting rows, most urgent first: fresh ones, and signalled ones that nobody acknowledged in
 * time. Taking sets `signalled_at` and the next reminder (1, 2, 4 … 60 min), so that no other dispatcher takes
 * them; `SKIP LOCKED` keeps dispatchers out of each other's way.
 */
export async function takeOutbox(db: Db, limit: number): Promise<readonly OutboxRow[]> {
  const result = await sql<OutboxRow>`
    update outbox o set signalled_at = outbound_now(), attempts = o.attempts + 1,
      retry_at = outbound_now() + least(interval '1 minute' * power(2, least(o.attempts, 6)), interval '60 minutes')
    from (
      select kind, key from outbox
      where signalled_at is null or retry_at <= outbound_now()
      order by priority, created_at limit ${limit} for update skip locked) taken
    where o.kind = taken.kind and o.key = taken.key
    returning o.kind, o.key, o.organization, o.version, o.priority,
      o.cursor_version as "cursorVersion", o.cursor_key as "cursorKey"`.execute(db);
  return [...result.rows].sort((a, b) => a.priority - b.priority);
}

/** Gives a row back after a failed signal, unless it was written again meanwhile. Tried again in `delayMs`. */
export async function returnOutbox(db: Db, row: OutboxRow, delayMs: number): Promise<void> {
  await sql`update outbox set retry_at = outbound_now() + ${delayMs} * interval '1 millisecond', attempts = 0
    where kind = ${row.kind} and key = ${row.key} and version = ${row.version}`.execute(db);
}

/** Removes a row that has been looked at, unless a newer version waits. */
export async function acknowledgeOutbox(
  db: Db,
  kind: OutboxRow["kind"],
  key: string,
  version: number,
): Promise<number | null> {
  const row = await db
    .deleteFrom("outbox")
    .where("kind", "=", kind)
    .where("key", "=", key)
    .where("version", "<=", version)
    .returning("priority")
    .executeTakeFirst();
  return row?.priority ?? null;
}

/**
 * Wakes users: raises their versions and puts them into the outbox. Rows are locked in order of key. Returns how
 * many there were.
 */
export async function wakeUsers(db: Db, keys: readonly string[], priority: number): Promise<number> {
  if (keys.length === 0) return 0;
  const result = await sql<{ key: string }>`
    with locked as (
      select key from users where key in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb))
      order by key for update),
    raised as (
      update users u set version = u.version + 1 from locked l where u.key = l.key
      returning u.key, u.organization, u.version)
    insert into outbox as o (kind, key, organization, version, priority)
    select 'user', key, organization, version, ${priority}::smallint from raised
    on conflict (kind, key) do update set version = excluded.version, priority = least(o.priority, excluded.priority),
      signalled_at = null, attempts = 0, retry_at = null
    returning key`.execute(db);
  return result.rows.length;
}

/** How much waits, and since when the oldest row has. */
export interface OutboxDepth {
  readonly waiting: number;
  readonly oldestMs: number;
}

/** The outbox's depth, for health and metrics. */
export async function outboxDepth(db: Db): Promise<OutboxDepth> {
  const result = await sql<{ waiting: number; oldest: number | null }>`
    select count(*)::int as waiting,
      (extract(epoch from outbound_now() - min(created_at)) * 1000)::float8 as oldest from outbox`.execute(
    db,
  );
  const row = result.rows[0];
  return { waiting: row?.waiting ?? 0, oldestMs: Math.max(0, Math.round(row?.oldest ?? 0)) };
}

/**
 * Wakes the next page of the users whose membership the group's changes moved, and moves the group's cursor, in
 * one transaction. `done` says that nobody is left and the row was removed.
 */
export async function wakeGroupMembers(
  db: Db,
  row: OutboxRow,
  pageSize: number,
): Promise<{ readonly woken: number; readonly done: boolean }> {
  return db.transaction().execute(async (tx) => {
    const held = await tx
      .selectFrom("outbox")
      .select(["version", "cursor_version", "cursor_key"])
      .where("kind", "=", "group")
      .where("key", "=", row.key)
      .forUpdate()
      .executeTakeFirst();
    if (held === undefined) return { woken: 0, done: true };
    const members = await sql<{ user_key: string }>`
      select user_key from memberships where group_key = ${row.key} and group_version > ${held.cursor_version ?? 0}
        and (${held.cursor_key}::uuid is null or user_key > ${held.cursor_key}::uuid)
      order by user_key limit ${pageSize}`.execute(tx);
    const keys = members.rows.map((member) => member.user_key);
    const woken = await wakeUsers(tx, keys, row.priority);
    const last = keys.at(-1);
    if (keys.length < pageSize || last === undefined) {
      await acknowledgeOutbox(tx, "group", row.key, held.version);
      return { woken, done: true };
    }
    await tx
      .updateTable("outbox")
      .set({ cursor_key: last })
      .where("kind", "=", "group")
      .where("key", "=", row.key)
      .execute();
    return { woken, done: false };
  });
}
