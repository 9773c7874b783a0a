import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { GuardLimits } from "../domain/configuration.js";
import { mustHold } from "../domain/guard.js";
import type { Reason } from "../domain/reasons.js";
import type { HoldSelection } from "./holds.js";
import type { Db, GuardCause, Tx } from "./schema.js";

/** A removal that asks the guard. */
export interface RemovalRequest {
  readonly organization: string;
  readonly connection: string;
  readonly userKey: string;
  readonly account: string;
  readonly episode: string;
  readonly cause: GuardCause;
  readonly wish: string;
  readonly reasons: readonly Reason[];
  readonly limits: GuardLimits;
}

/** The guard's answer: go on, wait for a person, or a person has said no. */
export type GuardAnswer = "reserved" | "held" | "cancelled";

const readHold = (tx: Db, account: string) =>
  tx
    .selectFrom("holds")
    .select(["id", "state", "cause"])
    .where("account", "=", account)
    .where("kind", "=", "guard")
    .where("state", "in", ["open", "released", "cancelled"])
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();

const removalsInWindow = async (
  tx: Db,
  request: RemovalRequest,
): Promise<{ total: number; own: boolean }> => {
  const result = await sql<{ total: number; own: boolean }>`
    select count(*)::int as total,
      coalesce(bool_or(user_key = ${request.userKey} and episode = ${request.episode}), false) as own
    from removals where organization = ${request.organization} and connection = ${request.connection}
      and at > outbound_now() - ${request.limits.windowMs} * interval '1 millisecond'`.execute(tx);
  return result.rows[0] ?? { total: 0, own: false };
};

const linkedAccounts = async (tx: Db, request: RemovalRequest): Promise<number> => {
  const row = await tx
    .selectFrom("accounts")
    .select((expression) => expression.fn.countAll<number>().as("total"))
    .where("organization", "=", request.organization)
    .where("connection", "=", request.connection)
    .where("existence", "!=", "none")
    .executeTakeFirst();
  return row?.total ?? 0;
};

/** Only a connection's own latch row is locked: removals at one connection go through here one by one. */
const lockLatch = async (tx: Db, request: RemovalRequest): Promise<boolean> => {
  const row = await tx
    .selectFrom("connection_states")
    .select("guard_latched_at")
    .where("organization", "=", request.organization)
    .where("connection", "=", request.connection)
    .forUpdate()
    .executeTakeFirst();
  return row?.guard_latched_at !== null && row !== undefined;
};

const reserve = async (tx: Db, request: RemovalRequest): Promise<void> => {
  await tx
    .insertInto("removals")
    .values({
      organization: request.organization,
      connection: request.connection,
      user_key: request.userKey,
      episode: request.episode,
      cause: request.cause,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
};

const hold = async (tx: Db, request: RemovalRequest): Promise<void> => {
  await tx
    .insertInto("holds")
    .values({
      id: uuidv7(),
      organization: request.organization,
      connection: request.connection,
      user_key: request.userKey,
      account: request.account,
      cause: request.cause,
      wish: request.wish,
      reasons: JSON.stringify(request.reasons),
    })
    .execute();
  await tx
    .updateTable("connection_states")
    .set({ guard_latched_at: sql<Date>`coalesce(guard_latched_at, outbound_now())` })
    .where("organization", "=", request.organization)
    .where("connection", "=", request.connection)
    .execute();
};

/**
 * Asks the guard for one removal, in the claim transaction: counted and reserved together, so that no number of
 * workers exceeds the allowance (promise 9). Idempotent per connection, user and episode. A released hold of the
 * same cause is a permit for every step of it; a cancelled one stands until the decision ceases to be removal.
 */
export async function askGuard(tx: Db, request: RemovalRequest): Promise<GuardAnswer> {
  const latched = await lockLatch(tx, request);
  const held = await readHold(tx, request.account);
  if (held?.state === "cancelled") return "cancelled";
  if (held?.state === "open") return "held";
  if (held?.state === "released" && held.cause === request.cause) {
    await reserve(tx, request);
    return "reserved";
  }
  const window = await removalsInWindow(tx, request);
  if (window.own) return "reserved";
  const within = !latched && window.total + 1 <= Math.min(request.limits.free, request.limits.ceiling);
  if (!within && mustHold(request.limits, await linkedAccounts(tx, request), window.total, latched)) {
    await hold(tx, request);
    return "held";
  }
  await reserve(tx, request);
  return "reserved";
}

/** Ends what was asked or answered for an account: its decision is no longer removal. Unlatches when it was the last. */
export async function voidHolds(
  tx: Db,
  organization: string,
  connection: string,
  account: string,
): Promise<void> {
  const rows = await tx
    .updateTable("holds")
    .set({ state: "void" })
    .where("account", "=", account)
    .where("kind", "=", "guard")
    .where("state", "in", ["open", "released", "cancelled"])
    .returning("id")
    .execute();
  if (rows.length > 0) await unlatchIfAnswered(tx, organization, connection);
}

const unlatchIfAnswered = async (tx: Db, organization: string, connection: string): Promise<void> => {
  await sql`update connection_states set guard_latched_at = null
    where organization = ${organization} and connection = ${connection} and guard_latched_at is not null
      and not exists (select 1 from holds where organization = ${organization} and connection = ${connection}
        and kind = 'guard' and state = 'open')`.execute(tx);
};

/** A person's word on held removals. */
export interface HoldWord {
  readonly answer: "released" | "cancelled";
  readonly author: string;
  readonly reason: string;
}

/** How many holds were answered, and whom to wake. */
export interface AnsweredHolds {
  readonly holds: number;
  readonly users: readonly string[];
}

/**
 * Gives a person's word on open holds: release lets the removals go on, cancel leaves the accounts untouched.
 * Accounts are marked so that their lanes run. Must be given a transaction: the users that come back are to be
 * woken in the same one, or a crash between would leave the word without effect.
 */
export async function answerHolds(
  tx: Tx,
  organization: string,
  selection: HoldSelection,
  word: HoldWord,
): Promise<AnsweredHolds> {
  const rows = await tx
    .updateTable("holds")
    .set({
      state: word.answer,
      author: word.author,
      reason: word.reason,
      answered_at: sql<Date>`outbound_now()`,
    })
    .where("organization", "=", organization)
    .where("kind", "=", "guard")
    .where("state", "=", "open")
    .$if("ids" in selection, (query) => query.where("id", "in", "ids" in selection ? [...selection.ids] : []))
    .$if("connection" in selection, (query) =>
      query.where("connection", "=", "connection" in selection ? selection.connection : ""),
    )
    .returning(["user_key", "account", "connection"])
    .execute();
  if (rows.length > 0)
    await tx
      .updateTable("accounts")
      .set({ marked: true })
      .where(
        "id",
        "in",
        rows.map((row) => row.account),
      )
      .execute();
  for (const connection of new Set(rows.map((row) => row.connection)))
    await unlatchIfAnswered(tx, organization, connection);
  return { holds: rows.length, users: [...new Set(rows.map((row) => row.user_key))] };
}
