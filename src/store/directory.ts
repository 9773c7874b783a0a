import { sql } from "kysely";
import type { AcceptResult, DirectoryEvent, MembershipWrite } from "../domain/directory-event.js";
import { priorities } from "../domain/directory-event.js";
import { groupExists, mergeGroup, mergeMembership, mergeUser } from "../domain/merge.js";
import type { Stamp } from "../domain/stamp.js";
import { reaches } from "../domain/stamp.js";
import { viewUser } from "../domain/user.js";
import type { AliasKeys, GroupRow, MembershipRow, UserRow } from "./directory-rows.js";
import { aliasName, bindAliases, lockSubjects, membershipName, readMemberships } from "./directory-rows.js";
import type { Db, Tx } from "./schema.js";
import { retryOnConflict } from "./transactions.js";

interface StoredEvent {
  readonly hash: string;
  readonly kind: "user" | "group";
  readonly key: string;
  readonly version: number;
  readonly stale: boolean;
}

interface Batch {
  readonly organization: string;
  readonly source: string;
  readonly aliases: AliasKeys;
  readonly users: Map<string, UserRow>;
  readonly groups: Map<string, GroupRow>;
  readonly memberships: Map<string, MembershipRow>;
  readonly priority: Map<string, number>;
  readonly stored: Map<string, StoredEvent>;
  readonly fresh: (DirectoryEvent & StoredEvent)[];
}

const readStored = async (
  tx: Tx,
  organization: string,
  source: string,
  events: readonly DirectoryEvent[],
) => {
  const rows = await tx
    .selectFrom("events")
    .select(["id", "hash", "kind", "key", "version", "stale"])
    .where("organization", "=", organization)
    .where("source", "=", source)
    .where("id", "in", [...new Set(events.map((event) => event.id))])
    .execute();
  return new Map<string, StoredEvent>(rows.map((row) => [row.id, row]));
};

const writeMemberships = (
  batch: Batch,
  event: DirectoryEvent,
  own: string,
  writes: readonly MembershipWrite[],
): boolean => {
  let changed = false;
  const other = event.subject.kind === "user" ? "group" : "user";
  for (const write of writes) {
    const key = batch.aliases.get(aliasName(other, write.externalId)) ?? "";
    const name = other === "group" ? membershipName(key, own) : membershipName(own, key);
    const row = batch.memberships.get(name);
    if (row === undefined) continue;
    const merged = mergeMembership(row.held, { member: write.member, stamp: event.stamp });
    row.held = merged.state;
    row.changed ||= merged.changed;
    changed ||= merged.changed;
  }
  return changed;
};

const raise = (batch: Batch, row: UserRow | GroupRow, priority: number): void => {
  row.version += 1;
  row.changed = true;
  batch.priority.set(row.key, Math.min(priority, batch.priority.get(row.key) ?? priority));
};

/** Merges one event into the locked rows; returns the row's key, version and whether nothing moved. */
const mergeEvent = (batch: Batch, event: DirectoryEvent): StoredEvent => {
  const { subject } = event;
  const key = batch.aliases.get(aliasName(subject.kind, subject.externalId)) ?? "";
  const row = subject.kind === "user" ? batch.users.get(key) : batch.groups.get(key);
  if (row === undefined) throw new Error("a subject that was bound has no row");
  let changed: boolean;
  let priority: number = priorities.group;
  if (subject.kind === "user") {
    const user = row as UserRow;
    const merged = mergeUser(user.state, subject.change);
    user.state = merged.state;
    changed = merged.changed;
    priority = subject.lowersAccess ? priorities.accessLowered : priorities.change;
  } else {
    const group = row as GroupRow;
    const merged = mergeGroup(group.state, subject.change);
    group.state = merged.state;
    changed = merged.changed;
  }
  const moved = writeMemberships(batch, event, key, subject.memberships);
  const stale = !changed && !moved;
  if (!stale) raise(batch, row, priority);
  return { hash: event.hash, kind: subject.kind, key, version: row.version, stale };
};

/** The events that are neither stored yet nor named twice in the batch: only these may touch a row. */
const unseen = (events: readonly DirectoryEvent[], stored: ReadonlyMap<string, StoredEvent>) => {
  const first = new Map<string, DirectoryEvent>();
  for (const event of events) if (!stored.has(event.id) && !first.has(event.id)) first.set(event.id, event);
  return [...first.values()];
};

const acceptOne = (batch: Batch, event: DirectoryEvent): AcceptResult => {
  const held = batch.stored.get(event.id);
  if (held !== undefined) {
    if (held.hash !== event.hash) return { status: "rejected", code: "event_id_reused" };
    return { status: "duplicate", kind: held.kind, key: held.key, version: held.version, stale: held.stale };
  }
  const merged = mergeEvent(batch, event);
  batch.stored.set(event.id, merged);
  batch.fresh.push({ ...event, ...merged });
  const { kind, key, version, stale } = merged;
  return { status: "accepted", kind, key, version, stale };
};

const saveUsers = async (tx: Tx, batch: Batch): Promise<void> => {
  const rows = [...batch.users.values()].flatMap((row) => {
    if (!row.changed) return [];
    const view = viewUser(row.state);
    const { key, version, state } = row;
    return [{ key, version, state, name: view.userName, existing: view.exists, floor: state.groupsFloor }];
  });
  if (rows.length === 0) return;
  await sql`update users u set version = n.version, state = n.state, user_name = n.name, existing = n.existing,
      groups_floor = n.floor, updated_at = outbound_now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as n(key uuid, version bigint, state jsonb, name text, existing boolean, floor text)
    where u.key = n.key`.execute(tx);
};

/** Whom the batch names as members at or after the group's floor: they stay, and are not woken for it. */
const stayingMembers = (batch: Batch, groupKey: string, floor: Stamp): readonly string[] =>
  [...batch.memberships.values()].flatMap((one) =>
    one.groupKey === groupKey && one.held?.member === true && reaches(one.held.stamp, floor)
      ? [one.userKey]
      : [],
  );

/** Ends memberships that a floor has passed, so that their users are woken. Before the group's row is written. */
const endMemberships = async (tx: Tx, batch: Batch, row: GroupRow, floor: Stamp): Promise<void> => {
  const staying = JSON.stringify(stayingMembers(batch, row.key, floor));
  // Only who was visible until now stays: what came in late, below the former floor, comes back by being written.
  await sql`update memberships m set member = false, stamp = ${floor}, group_version = ${row.version}
    from groups g
    where g.key = m.group_key and m.group_key = ${row.key} and m.member and m.stamp < ${floor} collate "C"
      and not (m.user_key in (select value::uuid from jsonb_array_elements_text(${staying}::jsonb))
        and (g.members_floor is null or m.stamp >= g.members_floor))`.execute(tx);
};

const saveGroups = async (tx: Tx, batch: Batch): Promise<void> => {
  for (const row of batch.groups.values()) {
    if (!row.changed) continue;
    if (row.state.membersFloor !== null) await endMemberships(tx, batch, row, row.state.membersFloor);
    await tx
      .updateTable("groups")
      .set({
        version: row.version,
        state: JSON.stringify(row.state),
        existing: groupExists(row.state),
        members_floor: row.state.membersFloor,
        updated_at: sql`outbound_now()`,
      })
      .where("key", "=", row.key)
      .execute();
  }
};

/** A membership's group version moves only when the membership itself does: it says whom the group's change wakes. */
const saveMemberships = async (tx: Tx, batch: Batch): Promise<void> => {
  const rows = [...batch.memberships.values()].flatMap(({ groupKey, userKey, held, changed }) =>
    changed && held !== null
      ? [
          {
            g: groupKey,
            u: userKey,
            member: held.member,
            stamp: held.stamp,
            v: batch.groups.get(groupKey)?.version ?? 0,
          },
        ]
      : [],
  );
  if (rows.length === 0) return;
  await sql`insert into memberships as m (group_key, user_key, member, stamp, group_version)
    select n.g, n.u, n.member, n.stamp, case when n.member then n.v else 0 end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as n(g uuid, u uuid, member boolean, stamp text, v bigint)
    order by n.g, n.u
    on conflict (group_key, user_key) do update set member = excluded.member, stamp = excluded.stamp,
      group_version = case
        when m.member <> excluded.member or m.stamp < (select groups_floor from users where key = m.user_key)
        then greatest(m.group_version, excluded.group_version, (select version from groups where key = m.group_key))
        else m.group_version end
    where m.stamp <= excluded.stamp`.execute(tx);
};

const saveEvents = async (tx: Tx, batch: Batch): Promise<void> => {
  if (batch.fresh.length === 0) return;
  const rows = batch.fresh.map((event) => ({
    organization: batch.organization,
    source: batch.source,
    id: event.id,
    feed: event.feed,
    type: event.type,
    hash: event.hash,
    kind: event.kind,
    key: event.key,
    version: event.version,
    stale: event.stale,
    clamped: event.clamped,
    occurred_at: new Date(event.occurredAt).toISOString(),
    received_at: new Date(event.receivedAt).toISOString(),
  }));
  await sql`insert into events select * from jsonb_populate_recordset(null::events, ${JSON.stringify(rows)}::jsonb)`.execute(
    tx,
  );
};

const saveOutbox = async (tx: Tx, batch: Batch): Promise<void> => {
  const row = (kind: "user" | "group", one: UserRow | GroupRow) => ({
    kind,
    key: one.key,
    version: one.version,
    priority: batch.priority.get(one.key) ?? priorities.change,
    cursor_version: "before" in one ? one.before : null,
  });
  const rows = [
    ...[...batch.groups.values()].filter((one) => one.changed).map((one) => row("group", one)),
    ...[...batch.users.values()].filter((one) => one.changed).map((one) => row("user", one)),
  ];
  if (rows.length === 0) return;
  await sql`insert into outbox as o (kind, key, organization, version, priority, cursor_version)
    select n.kind, n.key, ${batch.organization}, n.version, n.priority, n.cursor_version
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as n(kind text, key uuid, version bigint, priority smallint, cursor_version bigint)
    order by n.kind, n.key
    on conflict (kind, key) do update set version = excluded.version, priority = least(o.priority, excluded.priority),
      cursor_key = null, signalled_at = null, attempts = 0, retry_at = null`.execute(tx);
};

/**
 * Stores events: event, directory and outbox in one transaction, so that what is accepted is never lost
 * (promise 1). All events are of one source. Results are in the order given; a rejected item stores nothing and
 * does not block the others. Rows are locked in one order; a lost race is tried again.
 */
export async function acceptEvents(
  db: Db,
  organization: string,
  source: string,
  events: readonly DirectoryEvent[],
): Promise<readonly AcceptResult[]> {
  if (events.length === 0) return [];
  return retryOnConflict(db, async (tx) => {
    // A repetition that commits after this look makes the insert of the event fail: the retry then finds it.
    const stored = await readStored(tx, organization, source, events);
    const fresh = unseen(events, stored);
    const aliases = await bindAliases(tx, organization, source, fresh);
    const { users, groups } = await lockSubjects(tx, fresh, aliases);
    const memberships = await readMemberships(tx, fresh, aliases);
    const batch: Batch = {
      organization,
      source,
      aliases,
      users,
      groups,
      memberships,
      stored,
      priority: new Map(),
      fresh: [],
    };
    const results = events.map((event) => acceptOne(batch, event));
    await saveUsers(tx, batch);
    await saveGroups(tx, batch);
    await saveMemberships(tx, batch);
    await saveEvents(tx, batch);
    await saveOutbox(tx, batch);
    return results;
  });
}
