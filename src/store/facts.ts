import { sql } from "kysely";
import type { Configuration, GroupReference } from "../domain/configuration.js";
import type { UserFacts } from "../domain/decide.js";
import { viewUser } from "../domain/user.js";
import type { UserState } from "../domain/user.js";
import type { Db } from "./schema.js";

/** A user's row as decisions need it. */
export interface UserRecord {
  readonly key: string;
  readonly organization: string;
  readonly source: string;
  readonly version: number;
  /** The first immutable id of the source, or null when the user has none. */
  readonly externalId: string | null;
  readonly userName: string | null;
  readonly state: UserState;
  readonly groupsFloor: string | null;
}

/** The external id that a target keeps for us: the user's first immutable source id, else our key. */
export function targetExternalId(user: UserRecord): string {
  return user.externalId ?? user.key;
}

const userQuery = (db: Db) =>
  db
    .selectFrom("users")
    .select([
      "key",
      "organization",
      "source",
      "version",
      "external_id as externalId",
      "user_name as userName",
      "state",
      "groups_floor as groupsFloor",
    ]);

/** One user by our key, or null. */
export async function readUser(db: Db, key: string): Promise<UserRecord | null> {
  return (await userQuery(db).where("key", "=", key).executeTakeFirst()) ?? null;
}

/** One user by our key, locked until the transaction ends, or null. */
export async function lockUser(tx: Db, key: string): Promise<UserRecord | null> {
  return (await userQuery(tx).where("key", "=", key).forUpdate().executeTakeFirst()) ?? null;
}

/** One user of an organization by (source, external id), or null. */
export async function readUserByExternalId(
  db: Db,
  organization: string,
  source: string,
  externalId: string,
): Promise<UserRecord | null> {
  const alias = await db
    .selectFrom("aliases")
    .select("key")
    .where("organization", "=", organization)
    .where("kind", "=", "user")
    .where("source", "=", source)
    .where("external_id", "=", externalId)
    .executeTakeFirst();
  return alias === undefined ? null : readUser(db, alias.key);
}

/** Users of an organization by user name, whatever its case. */
export async function findUsersByName(
  db: Db,
  organization: string,
  userName: string,
): Promise<readonly UserRecord[]> {
  return userQuery(db)
    .where("organization", "=", organization)
    .where(sql<string>`lower(user_name)`, "=", userName.toLowerCase())
    .orderBy("key")
    .limit(20)
    .execute();
}

const readGroups = async (db: Db, user: UserRecord): Promise<ReadonlySet<GroupReference>> => {
  const rows = await sql<{ reference: string }>`
    select a.source || ':' || a.external_id as reference
    from memberships m
    join groups g on g.key = m.group_key
    join aliases a on a.key = g.key and a.kind = 'group'
    where m.user_key = ${user.key} and m.member
      and (${user.groupsFloor}::text is null or m.stamp >= ${user.groupsFloor}::text collate "C")
      and (g.members_floor is null or m.stamp >= g.members_floor)`.execute(db);
  return new Set(rows.rows.map((row) => row.reference));
};

const readSeenGroups = async (db: Db, configuration: Configuration): Promise<ReadonlySet<GroupReference>> => {
  const references = [
    ...new Set(configuration.connections.flatMap((connection) => connection.groupFilter ?? [])),
  ];
  if (references.length === 0) return new Set();
  const rows = await sql<{ reference: string }>`
    select n.reference from jsonb_array_elements_text(${JSON.stringify(references)}::jsonb) as n(reference)
    join aliases a on a.organization = ${configuration.organization} and a.kind = 'group'
      and a.source = split_part(n.reference, ':', 1)
      and a.external_id = substr(n.reference, length(split_part(n.reference, ':', 1)) + 2)`.execute(db);
  return new Set(rows.rows.map((row) => row.reference));
};

/** Everything that a decision looks at, as one reading. */
export async function readFacts(db: Db, user: UserRecord, configuration: Configuration): Promise<UserFacts> {
  const groups = await readGroups(db, user);
  const seenGroups = await readSeenGroups(db, configuration);
  return { view: viewUser(user.state), groups, seenGroups };
}
