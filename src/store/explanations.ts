import { sql } from "kysely";
import type { AttributeMap } from "../domain/attributes.js";
import type { LastAttempt } from "./attempts.js";
import type { Db, HoldCause, HoldKind } from "./schema.js";

/** What was last sent for an account, masked when it was stored. */
export interface LastSent {
  readonly at: Date;
  readonly attributes: AttributeMap;
}

/** An open hold. */
export interface OpenHold {
  readonly id: string;
  readonly kind: HoldKind;
  readonly cause: HoldCause;
  readonly createdAt: Date;
}

/** What the journal and the guard know of a user's accounts, each by account id. */
export interface AccountHistory {
  readonly attempts: ReadonlyMap<string, LastAttempt>;
  readonly sent: ReadonlyMap<string, LastSent>;
  readonly holds: ReadonlyMap<string, OpenHold>;
}

const readAttempts = async (db: Db, userKey: string) => {
  const result = await sql<LastAttempt & { readonly account: string }>`
    select j.account, j.at, j.verb, j.outcome, j.code, j.class, j.keyword, j.status, j.attempt
    from accounts a cross join lateral (
      select * from journal where account = a.id order by id desc limit 1) j
    where a.user_key = ${userKey}`.execute(db);
  return new Map(result.rows.map(({ account, ...attempt }) => [account, attempt]));
};

const readSent = async (db: Db, userKey: string) => {
  const result = await sql<LastSent & { readonly account: string }>`
    select j.account, j.at, j.sent as attributes
    from accounts a cross join lateral (
      select * from journal where account = a.id and sent is not null order by id desc limit 1) j
    where a.user_key = ${userKey}`.execute(db);
  return new Map(result.rows.map(({ account, ...sent }) => [account, sent]));
};

const readHolds = async (db: Db, userKey: string) => {
  const rows = await db
    .selectFrom("holds")
    .innerJoin("accounts", "accounts.id", "holds.account")
    .select(["holds.account", "holds.id", "holds.kind", "holds.cause", "holds.created_at as createdAt"])
    .where("accounts.user_key", "=", userKey)
    .where("holds.state", "=", "open")
    .execute();
  return new Map(rows.map(({ account, ...hold }) => [account, hold]));
};

/** The last attempt, what was last sent, and the open hold of each of a user's accounts. */
export async function readAccountHistory(db: Db, userKey: string): Promise<AccountHistory> {
  return {
    attempts: await readAttempts(db, userKey),
    sent: await readSent(db, userKey),
    holds: await readHolds(db, userKey),
  };
}

/** Whether a user waits in the outbox to be looked at. */
export async function isUserWaiting(db: Db, userKey: string): Promise<boolean> {
  const row = await db
    .selectFrom("outbox")
    .select("key")
    .where("kind", "=", "user")
    .where("key", "=", userKey)
    .executeTakeFirst();
  return row !== undefined;
}
