import { sql } from "kysely";
import type { AccountState, Existence, LinkOrigin } from "../domain/account.js";
import type { AttributeMap } from "../domain/attributes.js";
import type { ErrorClass, ErrorCode } from "../domain/errors.js";
import type { AllowedAttributes } from "../domain/mapping.js";
import type { Reason } from "../domain/reasons.js";
import type { Before, Effect } from "../domain/undo.js";
import { closeEpisodeIfDone } from "./episodes.js";
import type { Db } from "./schema.js";
import { wakeUsers } from "./outbox.js";

/** What changes on an account's row; what is not named stays. Times are epoch milliseconds. */
export interface AccountPatch {
  readonly existence?: Existence;
  readonly state?: AccountState;
  readonly code?: ErrorCode | null;
  readonly remoteId?: string | null;
  readonly linkOrigin?: LinkOrigin | null;
  readonly wish?: string | null;
  readonly applied?: AttributeMap;
  readonly active?: boolean | null;
  readonly allowed?: AllowedAttributes | null;
  readonly uncertain?: boolean;
  /** True: now. */
  readonly createIntent?: boolean;
  readonly dueAt?: number | null;
  readonly marked?: boolean;
  readonly settledVersion?: number;
  readonly revision?: number;
  readonly failed?: boolean;
  readonly attempts?: number;
  readonly failingSince?: null;
  /** What the attempt does to the account; kept only if the episode has done nothing to it before. Null: forgotten. */
  readonly effect?: { readonly effect: Effect; readonly before: Before | null } | null;
  /** The undo has ended, or is called off. */
  readonly undo?: null;
  /** The account waits for no other connection any more: whatever happens, or unless an undo stands. */
  readonly released?: "now" | "unless_undone";
}

/** The first effect of an episode stands, with what was before it; a new episode replaces it. */
const effectColumns = (effect: NonNullable<AccountPatch["effect"]>) => {
  const keeps = sql`effect is not null and effect_episode is not distinct from episode`;
  const before = effect.before === null ? null : JSON.stringify(effect.before);
  return {
    effect: sql<Effect>`case when ${keeps} then effect else ${effect.effect} end`,
    before: sql<string>`case when ${keeps} then before else ${before}::jsonb end`,
    effect_at: sql<Date>`case when ${keeps} then effect_at else outbound_now() end`,
    effect_episode: sql<string>`episode`,
  };
};

const noEffect = { effect: null, before: null, effect_at: null, effect_episode: null };

const undoColumns = (patch: AccountPatch) => ({
  ...(patch.effect === null && noEffect),
  ...(patch.effect !== undefined && patch.effect !== null && effectColumns(patch.effect)),
  ...(patch.undo === null && { undo: null }),
  ...(patch.released === "now" && { waits_for: "[]" }),
  ...(patch.released === "unless_undone" && {
    waits_for: sql<string>`case when undo is null then '[]'::jsonb else waits_for end`,
  }),
});

const columnsOf = (patch: AccountPatch) => ({
  ...(patch.existence !== undefined && { existence: patch.existence }),
  ...(patch.state !== undefined && { state: patch.state }),
  ...(patch.code !== undefined && { code: patch.code }),
  ...(patch.remoteId !== undefined && { remote_id: patch.remoteId }),
  ...(patch.linkOrigin !== undefined && { link_origin: patch.linkOrigin }),
  ...(patch.wish !== undefined && { wish: patch.wish }),
  ...(patch.applied !== undefined && { applied: JSON.stringify(patch.applied) }),
  ...(patch.active !== undefined && { active: patch.active }),
  ...(patch.allowed !== undefined && { allowed: JSON.stringify(patch.allowed) }),
  ...(patch.uncertain !== undefined && { uncertain: patch.uncertain }),
  ...(patch.createIntent !== undefined && {
    create_intent_at: patch.createIntent ? sql<Date>`outbound_now()` : null,
  }),
  ...(patch.dueAt !== undefined && { due_at: patch.dueAt === null ? null : new Date(patch.dueAt) }),
  ...(patch.marked !== undefined && { marked: patch.marked }),
  ...(patch.settledVersion !== undefined && { settled_version: patch.settledVersion }),
  ...(patch.revision !== undefined && { revision: patch.revision }),
  ...(patch.attempts !== undefined && { attempts: patch.attempts }),
  ...(patch.failingSince !== undefined && { failing_since: patch.failingSince }),
  ...undoColumns(patch),
  ...(patch.failed === true && { failing_since: sql<Date>`coalesce(failing_since, outbound_now())` }),
});

/** Changes an account's row inside the claim transaction, where it is locked. */
export async function patchAccount(tx: Db, id: string, patch: AccountPatch): Promise<void> {
  await tx
    .updateTable("accounts")
    .set({ ...columnsOf(patch), updated_at: sql<Date>`outbound_now()` })
    .where("id", "=", id)
    .execute();
}

/** Takes the claim: nobody else may begin a call on the account until it is released or has expired. */
export async function writeClaim(
  tx: Db,
  id: string,
  token: string,
  claimMs: number,
  patch: AccountPatch = {},
): Promise<void> {
  await tx
    .updateTable("accounts")
    .set({
      ...columnsOf(patch),
      claim_token: token,
      claim_expires_at: sql<Date>`outbound_now() + ${claimMs} * interval '1 millisecond'`,
      updated_at: sql<Date>`outbound_now()`,
    })
    .where("id", "=", id)
    .execute();
}

/**
 * Writes an intent under the claim, before the call it announces. False when the claim is not ours any more, or
 * has expired: then no call may be made.
 */
export async function writeIntent(db: Db, id: string, token: string, patch: AccountPatch): Promise<boolean> {
  const row = await db
    .updateTable("accounts")
    .set({ ...columnsOf(patch), updated_at: sql<Date>`outbound_now()` })
    .where("id", "=", id)
    .where("claim_token", "=", token)
    .where("claim_expires_at", ">", sql<Date>`outbound_now()`)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** One line of the journal. `sent` is masked by the caller. */
export interface JournalEntry {
  readonly account: string;
  readonly organization: string;
  readonly userKey: string;
  readonly connection: string;
  readonly version: number;
  readonly revision: number;
  readonly verb: string;
  readonly outcome: string | null;
  readonly code: ErrorCode | null;
  readonly class: ErrorClass | null;
  readonly keyword: string | null;
  readonly status: number | null;
  readonly attempt: number;
  readonly sent: AttributeMap | null;
  readonly reasons: readonly Reason[];
  readonly durationMs: number | null;
}

/** Writes one line of the journal. */
export async function writeJournal(db: Db, entry: JournalEntry): Promise<void> {
  await db
    .insertInto("journal")
    .values({
      account: entry.account,
      organization: entry.organization,
      user_key: entry.userKey,
      connection: entry.connection,
      version: entry.version,
      revision: entry.revision,
      verb: entry.verb,
      outcome: entry.outcome,
      code: entry.code,
      class: entry.class,
      keyword: entry.keyword,
      status: entry.status,
      attempt: entry.attempt,
      sent: entry.sent === null ? null : JSON.stringify(entry.sent),
      reasons: JSON.stringify(entry.reasons),
      duration_ms: entry.durationMs,
    })
    .execute();
}

const openStates: readonly AccountState[] = ["pending", "failing"];

/** How an account is left; see {@link restAccount}. */
export interface Rest {
  readonly id: string;
  /** Version of the user that was looked at. */
  readonly version: number;
  readonly patch: AccountPatch;
  /** Whether the claim was taken for an undo. */
  readonly undoing: boolean;
  /** Only under this claim; null where the row is locked by the caller. */
  readonly token: string | null;
}

/**
 * Leaves an account in a resting state unless a plan has meanwhile looked at a newer version: then it stays
 * pending, and its episode open, so that a run that ends here cannot end the change. So it does when its episode
 * was compensated while an attempt that is no undo (`undoing` false) was under way.
 * Whatever claim stands on the row is released with it. False when the claim is not `token` any more: then nothing
 * was written.
 */
export async function restAccount(tx: Db, rest: Rest): Promise<boolean> {
  const { state } = rest.patch;
  const overtaken = sql`planned_version > ${rest.version} or (undo is not null and not ${rest.undoing}::boolean)`;
  const row = await tx
    .updateTable("accounts")
    .set({
      ...columnsOf(rest.patch),
      ...(state !== undefined && {
        state: sql<AccountState>`case when ${overtaken} then 'pending' else ${state} end`,
      }),
      claim_token: null,
      claim_expires_at: null,
      updated_at: sql<Date>`outbound_now()`,
    })
    .where("id", "=", rest.id)
    .$if(rest.token !== null, (update) => update.where("claim_token", "=", rest.token))
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** What an attempt leaves behind. */
export interface AttemptRecord {
  readonly accountId: string;
  readonly token: string;
  readonly episode: string | null;
  readonly version: number;
  readonly patch: AccountPatch;
  /** Whether the claim was taken for an undo. */
  readonly undoing: boolean;
  readonly journal: JournalEntry;
}

/**
 * Records what came of an attempt, releases the claim and closes the episode if this was its last account, in one
 * transaction. Outcomes are written only under the own token: when that is gone, false comes back, the account is
 * left uncertain and its user is woken, so that what this late attempt did is read and mended (promise 2).
 */
export async function recordAttempt(db: Db, record: AttemptRecord): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const { accountId: id, version, patch, undoing, token } = record;
    if (!(await restAccount(tx, { id, version, patch, undoing, token }))) {
      await tx.updateTable("accounts").set({ uncertain: true }).where("id", "=", id).execute();
      await wakeUsers(tx, [record.journal.userKey], 3);
      await writeJournal(tx, { ...record.journal, outcome: "late" });
      return false;
    }
    await writeJournal(tx, record.journal);
    const resting = record.patch.state !== undefined && !openStates.includes(record.patch.state);
    if (resting && record.episode !== null) await closeEpisodeIfDone(tx, record.episode);
    return true;
  });
}

/** The last line of an account's journal. */
export type LastAttempt = Pick<
  JournalEntry,
  "verb" | "outcome" | "code" | "class" | "keyword" | "status" | "attempt"
> & { readonly at: Date };

/** The newest journal lines of an account, newest first. */
export async function readJournal(
  db: Db,
  account: string,
  limit: number,
): Promise<readonly (LastAttempt & { readonly sent: AttributeMap | null })[]> {
  return db
    .selectFrom("journal")
    .select(["at", "verb", "outcome", "code", "class", "keyword", "status", "attempt", "sent"])
    .where("account", "=", account)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}
