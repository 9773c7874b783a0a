import { sql } from "kysely";
import type { AccountState } from "../domain/account.js";
import type { ErrorCode } from "../domain/errors.js";
import type { Db } from "./schema.js";

/** Where one account stands, as an event's status shows it. */
export interface EventAccount {
  readonly connection: string;
  readonly state: AccountState;
  readonly code: ErrorCode | null;
}

/** A stored event and what has come of it. */
export interface EventStatus {
  readonly id: string;
  readonly source: string;
  readonly feed: string;
  readonly type: string;
  readonly kind: "user" | "group";
  readonly key: string;
  readonly version: number;
  readonly stale: boolean;
  /** Nobody waits to be looked at because of it, and no account of whom it concerns is pending or failing. */
  readonly settled: boolean;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
  /** The accounts of the event's user; empty for a group. */
  readonly accounts: readonly EventAccount[];
}

/** Which event: ids are unique per source, so without one several may be meant. */
export interface EventQuery {
  readonly organization: string;
  readonly id: string;
  readonly source?: string | undefined;
}

/**
 * The events with this id and what has come of each, as one reading. An event about a user concerns that user, one
 * about a group the users whose membership it moved. Settled is said of the whole user: later changes that are
 * under way count too, since one settling covers them all.
 */
export async function readEventStatus(db: Db, query: EventQuery): Promise<readonly EventStatus[]> {
  const result = await sql<EventStatus>`
    with named as (
      select * from events
      where organization = ${query.organization} and id = ${query.id}
        and (${query.source ?? null}::text is null or source = ${query.source ?? null}::text)),
    concerned as (
      select source, key as user_key from named where kind = 'user'
      union
      select e.source, m.user_key from named e
      join memberships m on m.group_key = e.key and m.group_version >= e.version
      where e.kind = 'group')
    select e.id, e.source, e.feed, e.type, e.kind, e.key, e.version, e.stale,
      e.occurred_at as "occurredAt", e.received_at as "receivedAt",
      not exists (select 1 from outbox o where o.kind = e.kind and o.key = e.key and o.version >= e.version)
        and not exists (
          select 1 from concerned c join outbox o on o.kind = 'user' and o.key = c.user_key where c.source = e.source)
        and not exists (
          select 1 from concerned c join accounts a on a.user_key = c.user_key
          where c.source = e.source and a.state in ('pending', 'failing')) as settled,
      coalesce((
        select jsonb_agg(jsonb_build_object('connection', a.connection, 'state', a.state, 'code', a.code)
          order by a.connection)
        from accounts a where e.kind = 'user' and a.user_key = e.key), '[]'::jsonb) as accounts
    from named e order by e.source`.execute(db);
  return result.rows;
}
