import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { CompensationStep } from "../domain/compensation.js";
import { compensationStep } from "../domain/compensation.js";
import type { Compensation } from "../domain/configuration.js";
import type { Want } from "../domain/decide.js";
import type { Reason } from "../domain/reasons.js";
import type { Before } from "../domain/undo.js";
import type { AccountRecord } from "./accounts.js";
import type { Db } from "./schema.js";

/** One account of a compensated episode, locked, with what is decided there now. */
export interface EpisodeAccount {
  readonly account: AccountRecord;
  /** Null where nobody knows. */
  readonly want: Want | null;
  readonly wish: string | null;
}

/** How it was before an update that may have happened. */
const beforeNow = ({ applied, active }: AccountRecord): string => {
  const before: Before = { applied, active, externalId: null };
  return JSON.stringify(before);
};

const undoColumns = (
  { account }: EpisodeAccount,
  { undo, presumed }: Extract<CompensationStep, { kind: "undo" }>,
) => ({
  undo: JSON.stringify(undo),
  state: "pending" as const,
  code: undo.code,
  marked: false,
  attempts: 0,
  failing_since: null,
  ...(presumed && {
    effect: "updated" as const,
    before: beforeNow(account),
    effect_episode: account.episode,
    effect_at: sql<Date>`outbound_now()`,
  }),
});

const columnsOf = (one: EpisodeAccount, step: CompensationStep) => {
  switch (step.kind) {
    case "undo":
      return undoColumns(one, step);
    case "park":
      return { state: "parked" as const, code: "compensated" as const, wish: one.wish, marked: false };
    case "wait":
    case "leave":
      return {};
    default:
      throw new Error("unexpected step");
  }
};

const take = async (tx: Db, one: EpisodeAccount, step: CompensationStep, failed: string): Promise<void> => {
  const { account } = one;
  const waits = step.kind === "undo" ? step.undo.code === "compensated" : account.connection !== failed;
  const waitsFor = waits ? [...new Set([...account.waitsFor, failed])].sort() : account.waitsFor;
  await tx
    .updateTable("accounts")
    .set({
      ...columnsOf(one, step),
      waits_for: JSON.stringify(waitsFor),
      updated_at: sql<Date>`outbound_now()`,
    })
    .where("id", "=", account.id)
    .execute();
};

/** What is compensated: an episode, because of one failed connection, so far. */
export interface Compensating {
  readonly episode: string;
  readonly failed: string;
  readonly compensation: Compensation;
}

/** What a compensation would do to each account of an episode. */
export function compensationSteps(
  accounts: readonly EpisodeAccount[],
  { episode, compensation }: Pick<Compensating, "episode" | "compensation">,
): readonly (readonly [EpisodeAccount, CompensationStep])[] {
  return accounts.map((one) => {
    const { account, want } = one;
    const inEpisode = account.episode === episode;
    const effectInEpisode = account.effectEpisode === episode;
    const claimed = account.claimToken !== null;
    const step = compensationStep({ account, inEpisode, effectInEpisode, claimed, want }, compensation);
    return [one, step];
  });
}

/**
 * Compensates an episode: accounts that it created or adopted get an undo, what it has not begun is parked, and all
 * of them wait for the failed connection (design, section 6). The accounts must be locked. What waits already waits
 * for this connection too.
 */
export async function compensateEpisode(
  tx: Db,
  accounts: readonly EpisodeAccount[],
  compensating: Compensating,
): Promise<void> {
  for (const [one, step] of compensationSteps(accounts, compensating))
    if (step.kind !== "leave") await take(tx, one, step, compensating.failed);
}

/** A failure that a person must answer. */
export interface FailureHold {
  readonly account: AccountRecord;
  readonly wish: string;
  readonly reasons: readonly Reason[];
  readonly compensation: Compensation;
}

/** Holds a failure for a person's word, once. */
export async function holdFailure(tx: Db, hold: FailureHold): Promise<void> {
  const { id, organization, connection, userKey } = hold.account;
  await tx
    .insertInto("holds")
    .values({
      id: uuidv7(),
      organization,
      connection,
      user_key: userKey,
      account: id,
      kind: "partial_failure",
      cause: "partial_failure",
      wish: hold.wish,
      reasons: JSON.stringify(hold.reasons),
      compensation: JSON.stringify(hold.compensation),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Ends the holds of failures that are worked on again: a newer wish needs no answer to an older one. */
export async function voidFailureHolds(tx: Db, accounts: readonly string[]): Promise<void> {
  if (accounts.length === 0) return;
  await tx
    .updateTable("holds")
    .set({ state: "void" })
    .where("account", "in", [...accounts])
    .where("kind", "=", "partial_failure")
    .where("state", "=", "open")
    .execute();
}

/** Whether a failure of one of these accounts waits for a person's word. */
export async function awaitsWord(tx: Db, accounts: readonly string[]): Promise<boolean> {
  if (accounts.length === 0) return false;
  const row = await tx
    .selectFrom("holds")
    .select("id")
    .where("account", "in", [...accounts])
    .where("kind", "=", "partial_failure")
    .where("state", "=", "open")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
