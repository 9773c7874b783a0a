import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Account, AccountState } from "../domain/account.js";
import type { ErrorCode } from "../domain/errors.js";
import type { Db } from "./schema.js";

/** An account's row: the pure account, its identity, and what the protocol of one attempt keeps. Times are epoch ms. */
export interface AccountRecord extends Account {
  readonly id: string;
  readonly organization: string;
  readonly userKey: string;
  readonly claimToken: string | null;
  readonly claimExpiresAt: number | null;
  readonly plannedVersion: number;
  readonly settledVersion: number;
  readonly episode: string | null;
  /** Configuration revision of the last attempt. */
  readonly revision: number | null;
  readonly attempts: number;
  readonly failingSince: number | null;
  readonly updatedAt: number;
  /** The episode that its effect belongs to, and when the first effect of it was written. */
  readonly effectEpisode: string | null;
  readonly effectAt: number | null;
  /** Whether a person has been asked about the account, or has answered, and it still counts. */
  readonly hasHolds: boolean;
  /** The database's clock at the time of reading. */
  readonly now: number;
}

const epoch = (date: Date | null): number | null => (date === null ? null : date.getTime());

const columns = [
  "id",
  "organization",
  "user_key",
  "connection",
  "existence",
  "state",
  "code",
  "remote_id",
  "link_origin",
  "wish",
  "applied",
  "active",
  "allowed",
  "uncertain",
  "create_intent_at",
  "due_at",
  "marked",
  "claim_token",
  "claim_expires_at",
  "planned_version",
  "settled_version",
  "episode",
  "revision",
  "attempts",
  "failing_since",
  "updated_at",
  "effect",
  "effect_episode",
  "effect_at",
  "before",
  "undo",
  "waits_for",
] as const;

const accountQuery = (db: Db) =>
  db
    .selectFrom("accounts")
    .select(columns)
    .select(sql<Date>`outbound_now()`.as("now"))
    .select(
      sql<boolean>`exists (select 1 from holds where holds.account = accounts.id and holds.state <> 'void')`.as(
        "hasHolds",
      ),
    );

type AccountRow = Awaited<ReturnType<ReturnType<typeof accountQuery>["executeTakeFirstOrThrow"]>>;

const toRecord = (row: AccountRow): AccountRecord => ({
  id: row.id,
  organization: row.organization,
  userKey: row.user_key,
  connection: row.connection,
  existence: row.existence,
  state: row.state,
  code: row.code,
  remoteId: row.remote_id,
  linkOrigin: row.link_origin,
  wish: row.wish,
  applied: row.applied,
  active: row.active,
  allowed: row.allowed,
  uncertain: row.uncertain,
  createIntentAt: epoch(row.create_intent_at),
  dueAt: epoch(row.due_at),
  marked: row.marked,
  claimToken: row.claim_token,
  claimExpiresAt: epoch(row.claim_expires_at),
  plannedVersion: row.planned_version,
  settledVersion: row.settled_version,
  episode: row.episode,
  revision: row.revision,
  attempts: row.attempts,
  failingSince: epoch(row.failing_since),
  updatedAt: row.updated_at.getTime(),
  effect: row.effect,
  effectEpisode: row.effect_episode,
  effectAt: epoch(row.effect_at),
  before: row.before,
  undo: row.undo,
  waitsFor: row.waits_for,
  hasHolds: row.hasHolds,
  now: row.now.getTime(),
});

/** All accounts of a user, by connection. */
export async function readAccounts(db: Db, userKey: string): Promise<ReadonlyMap<string, AccountRecord>> {
  const rows = await accountQuery(db).where("user_key", "=", userKey).execute();
  return new Map(rows.map((row) => [row.connection, toRecord(row)]));
}

/**
 * All accounts of a user, by connection, locked until the transaction ends. Locked before the episode, as attempts
 * do, so that planning and recording never wait for each other in a circle.
 */
export async function lockAccounts(tx: Db, userKey: string): Promise<ReadonlyMap<string, AccountRecord>> {
  const rows = await accountQuery(tx)
    .where("user_key", "=", userKey)
    .orderBy("connection")
    .forUpdate()
    .execute();
  return new Map(rows.map((row) => [row.connection, toRecord(row)]));
}

/** One account, locked until the transaction ends, or null. */
export async function lockAccount(
  tx: Db,
  userKey: string,
  connection: string,
): Promise<AccountRecord | null> {
  const row = await accountQuery(tx)
    .where("user_key", "=", userKey)
    .where("connection", "=", connection)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? null : toRecord(row);
}

/** Whom a remote account is linked to at a connection, or null. */
export async function linkHolder(
  db: Db,
  organization: string,
  connection: string,
  remoteId: string,
): Promise<{ readonly userKey: string; readonly existing: boolean } | null> {
  const row = await db
    .selectFrom("accounts")
    .innerJoin("users", "users.key", "accounts.user_key")
    .select(["accounts.user_key as userKey", "users.existing"])
    .where("accounts.organization", "=", organization)
    .where("accounts.connection", "=", connection)
    .where("accounts.remote_id", "=", remoteId)
    .executeTakeFirst();
  return row ?? null;
}

/** A page of accounts, oldest id first. */
export interface AccountQuery {
  readonly organization: string;
  readonly connection?: string | undefined;
  readonly state?: AccountState | undefined;
  readonly code?: ErrorCode | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Accounts by connection, state and code, in pages. */
export async function listAccounts(db: Db, query: AccountQuery): Promise<readonly AccountRecord[]> {
  const { connection, state, code, after } = query;
  const rows = await accountQuery(db)
    .where("organization", "=", query.organization)
    .$if(connection !== undefined, (select) => select.where("connection", "=", connection ?? ""))
    .$if(state !== undefined, (select) => select.where("state", "=", state ?? "pending"))
    .$if(code !== undefined, (select) => select.where("code", "=", code ?? null))
    .$if(after !== undefined, (select) => select.where("id", ">", after ?? ""))
    .orderBy("id")
    .limit(query.limit)
    .execute();
  return rows.map(toRecord);
}

/**
 * Opens the accounts that a plan found work for: rows are made where missing, put into the episode, and will not
 * be called settled by an attempt that looked at an older version. Returns account ids by connection.
 */
export async function openAccounts(
  tx: Db,
  user: { readonly organization: string; readonly key: string; readonly version: number },
  episode: string,
  connections: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (connections.length === 0) return new Map();
  const rows = await tx
    .insertInto("accounts")
    .values(
      [...connections].sort().map((connection) => ({
        id: uuidv7(),
        organization: user.organization,
        user_key: user.key,
        connection,
        planned_version: user.version,
        episode,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(["user_key", "connection"]).doUpdateSet((expression) => ({
        planned_version: expression.ref("excluded.planned_version"),
        episode: expression.ref("excluded.episode"),
        state: sql<AccountState>`case when accounts.state = 'failing' then 'failing' else 'pending' end`,
        updated_at: sql<Date>`outbound_now()`,
      })),
    )
    .returning(["id", "connection"])
    .execute();
  return new Map(rows.map((row) => [row.connection, row.id]));
}

/** Marks accounts for another look by an operator's word. Returns the users to wake. */
export async function markAccounts(db: Db, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .updateTable("accounts")
    .set({ marked: true })
    .where("id", "in", [...ids])
    .returning("user_key")
    .execute();
  return [...new Set(rows.map((row) => row.user_key))];
}
