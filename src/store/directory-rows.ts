import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { DirectoryEvent } from "../domain/directory-event.js";
import type { GroupState, Membership } from "../domain/merge.js";
import { unseenGroup } from "../domain/merge.js";
import type { UserState } from "../domain/user.js";
import { unseenUser } from "../domain/user.js";
import type { Tx } from "./schema.js";

/** What an alias names. */
export type SubjectKind = "user" | "group";

/** A user's row while it is locked and merged in memory. */
export interface UserRow {
  readonly key: string;
  version: number;
  state: UserState;
  changed: boolean;
}

/** A group's row while it is locked and merged in memory. */
export interface GroupRow {
  readonly key: string;
  /** Version before this transaction: members changed after it are to be woken. */
  readonly before: number;
  version: number;
  state: GroupState;
  changed: boolean;
}

interface AliasName {
  readonly kind: SubjectKind;
  readonly external_id: string;
}

/** `kind/externalId` → key. */
export type AliasKeys = ReadonlyMap<string, string>;

/** The map key of an alias. */
export function aliasName(kind: SubjectKind, externalId: string): string {
  return `${kind}/${externalId}`;
}

const namesOf = (events: readonly DirectoryEvent[]): readonly AliasName[] => {
  const names = new Map<string, AliasName>();
  const add = (kind: SubjectKind, externalId: string): void => {
    names.set(aliasName(kind, externalId), { kind, external_id: externalId });
  };
  for (const { subject } of events) {
    add(subject.kind, subject.externalId);
    for (const one of subject.memberships) add(subject.kind === "user" ? "group" : "user", one.externalId);
  }
  return [...names.keys()].sort().flatMap((name) => names.get(name) ?? []);
};

const selectAliases = async (tx: Tx, organization: string, source: string, names: readonly AliasName[]) => {
  const rows = await sql<{ kind: SubjectKind; external_id: string; key: string }>`
    select a.kind, a.external_id, a.key
    from jsonb_to_recordset(${JSON.stringify(names)}::jsonb) as n(kind text, external_id text)
    join aliases a on a.organization = ${organization} and a.source = ${source}
      and a.kind = n.kind and a.external_id = n.external_id`.execute(tx);
  return new Map(rows.rows.map((row) => [aliasName(row.kind, row.external_id), row.key]));
};

const insertSubjects = async (
  tx: Tx,
  organization: string,
  source: string,
  fresh: readonly (AliasName & { readonly key: string })[],
): Promise<void> => {
  const users = fresh.filter((one) => one.kind === "user");
  const groups = fresh.filter((one) => one.kind === "group");
  if (users.length > 0)
    await sql`insert into users (key, organization, source, external_id, state)
      select key, ${organization}, ${source}, external_id, ${JSON.stringify(unseenUser)}::jsonb
      from jsonb_to_recordset(${JSON.stringify(users)}::jsonb) as n(key uuid, external_id text)`.execute(tx);
  if (groups.length > 0)
    await sql`insert into groups (key, organization, source, state)
      select key, ${organization}, ${source}, ${JSON.stringify(unseenGroup)}::jsonb
      from jsonb_to_recordset(${JSON.stringify(groups)}::jsonb) as n(key uuid)`.execute(tx);
};

/**
 * Binds every external id that the events name to a key of ours, making rows for those never named before.
 * Aliases are inserted in one order everywhere, so two batches cannot wait for each other in a circle.
 */
export async function bindAliases(
  tx: Tx,
  organization: string,
  source: string,
  events: readonly DirectoryEvent[],
): Promise<AliasKeys> {
  const names = namesOf(events);
  if (names.length === 0) return new Map();
  const known = await selectAliases(tx, organization, source, names);
  const missing = names
    .filter((one) => !known.has(aliasName(one.kind, one.external_id)))
    .map((one) => ({ ...one, key: uuidv7() }));
  if (missing.length === 0) return known;
  const inserted = await sql<{ kind: SubjectKind; external_id: string; key: string }>`
    insert into aliases (organization, kind, source, external_id, key)
    select ${organization}, n.kind, ${source}, n.external_id, n.key
    from jsonb_to_recordset(${JSON.stringify(missing)}::jsonb) as n(kind text, external_id text, key uuid)
    order by n.kind, n.external_id
    on conflict do nothing returning kind, external_id, key`.execute(tx);
  await insertSubjects(tx, organization, source, inserted.rows);
  return inserted.rows.length === missing.length
    ? new Map([
        ...known,
        ...inserted.rows.map((row) => [aliasName(row.kind, row.external_id), row.key] as const),
      ])
    : selectAliases(tx, organization, source, names);
}

const keysOf = (
  events: readonly DirectoryEvent[],
  aliases: AliasKeys,
  kind: SubjectKind,
): readonly string[] => {
  const keys = events.flatMap(({ subject }) =>
    subject.kind === kind ? (aliases.get(aliasName(kind, subject.externalId)) ?? []) : [],
  );
  return [...new Set(keys)].sort();
};

/** Locks the rows of the events' subjects, in order of key. */
export async function lockSubjects(
  tx: Tx,
  events: readonly DirectoryEvent[],
  aliases: AliasKeys,
): Promise<{ readonly users: Map<string, UserRow>; readonly groups: Map<string, GroupRow> }> {
  const userKeys = keysOf(events, aliases, "user");
  const groupKeys = keysOf(events, aliases, "group");
  const users = new Map<string, UserRow>();
  const groups = new Map<string, GroupRow>();
  if (groupKeys.length > 0) {
    const rows = await tx
      .selectFrom("groups")
      .select(["key", "version", "state"])
      .where("key", "in", groupKeys)
      .orderBy("key")
      .forUpdate()
      .execute();
    for (const row of rows) groups.set(row.key, { ...row, before: row.version, changed: false });
  }
  if (userKeys.length > 0) {
    const rows = await tx
      .selectFrom("users")
      .select(["key", "version", "state"])
      .where("key", "in", userKeys)
      .orderBy("key")
      .forUpdate()
      .execute();
    for (const row of rows) users.set(row.key, { ...row, changed: false });
  }
  return { users, groups };
}

/** A membership while it is merged in memory. */
export interface MembershipRow {
  readonly groupKey: string;
  readonly userKey: string;
  held: Membership | null;
  changed: boolean;
}

/** The map key of a membership. */
export function membershipName(groupKey: string, userKey: string): string {
  return `${groupKey}/${userKey}`;
}

/** Every (group, user) pair that the events write, with what is held now. */
export async function readMemberships(
  tx: Tx,
  events: readonly DirectoryEvent[],
  aliases: AliasKeys,
): Promise<Map<string, MembershipRow>> {
  const pairs = new Map<string, MembershipRow>();
  for (const { subject } of events) {
    const own = aliases.get(aliasName(subject.kind, subject.externalId)) ?? "";
    for (const one of subject.memberships) {
      const other = aliases.get(aliasName(subject.kind === "user" ? "group" : "user", one.externalId)) ?? "";
      const [groupKey, userKey] = subject.kind === "user" ? [other, own] : [own, other];
      pairs.set(membershipName(groupKey, userKey), { groupKey, userKey, held: null, changed: false });
    }
  }
  if (pairs.size === 0) return pairs;
  const wanted = JSON.stringify([...pairs.values()].map((pair) => ({ g: pair.groupKey, u: pair.userKey })));
  const rows = await sql<{ group_key: string; user_key: string; member: boolean; stamp: string }>`
    select m.group_key, m.user_key, m.member, m.stamp
    from jsonb_to_recordset(${wanted}::jsonb) as n(g uuid, u uuid)
    join memberships m on m.group_key = n.g and m.user_key = n.u`.execute(tx);
  for (const row of rows.rows) {
    const pair = pairs.get(membershipName(row.group_key, row.user_key));
    if (pair) pair.held = { member: row.member, stamp: row.stamp };
  }
  return pairs;
}
