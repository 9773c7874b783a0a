import { sql } from "kysely";
import type { DirectoryEvent } from "../domain/directory-event.js";
import { priorities } from "../domain/directory-event.js";
import { groupExists } from "../domain/merge.js";
import type { Stamp } from "../domain/stamp.js";
import { reaches } from "../domain/stamp.js";
import { viewUser } from "../domain/user.js";
import type { AliasKeys, GroupRow, MembershipRow, UserRow } from "./directory-rows.js";
import type { Tx } from "./schema.js";

/** What is kept of an accepted event. */
export interface StoredEvent {
  readonly hash: string;
  readonly kind: "user" | "group";
  readonly key: string;
  readonly version: number;
  readonly stale: boolean;
}

/** A batch of events while it is merged into locked rows, in memory. */
export interface Batch {
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

/** Writes everything a batch has changed, a statement a table. Order matters: memberships look at their groups. */
export async function saveBatch(tx: Tx, batch: Batch): Promise<void> {
  await saveUsers(tx, batch);
  await saveGroups(tx, batch);
  await saveMemberships(tx, batch);
  await saveEvents(tx, batch);
  await saveOutbox(tx, batch);
}
