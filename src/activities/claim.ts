import { randomUUID } from "node:crypto";
import type { Connection } from "../domain/configuration.js";
import type { Decision, Ensure, Remove, TakeBack } from "../domain/decide.js";
import { decideConnection } from "../domain/decide.js";
import { hasAccount } from "../domain/account.js";
import type { Reason } from "../domain/reasons.js";
import { undoStep } from "../domain/undo.js";
import { isCompensated, lowersAccess } from "../domain/work.js";
import type { AccountRecord } from "../store/accounts.js";
import { lockAccount } from "../store/accounts.js";
import { patchAccount, restAccount, writeClaim, writeJournal } from "../store/attempts.js";
import type { AccountPatch } from "../store/attempts.js";
import { currentRevision } from "../store/configurations.js";
import { readConnectionStanding } from "../store/connection-states.js";
import { closeEpisodeIfDone } from "../store/episodes.js";
import type { UserRecord } from "../store/facts.js";
import { readFacts, readUser } from "../store/facts.js";
import { askGuard, voidHolds } from "../store/guard.js";
import type { GuardCause, Tx } from "../store/schema.js";
import type { Revision } from "../store/configurations.js";
import type { SettleAccountInput, SettleAccountResult } from "../workflows/contract.js";
import type { ActivityDependencies, AttemptTimings } from "./dependencies.js";
import { wishOf } from "./wish.js";

/** What a claim gives its holder to do. */
export interface Work {
  readonly account: AccountRecord;
  readonly user: UserRecord;
  readonly connection: Connection;
  readonly revision: Revision;
  readonly want: Ensure | Remove | TakeBack;
  readonly wish: string;
  readonly reasons: readonly Reason[];
  readonly token: string;
  /** When the connection last became active, in epoch milliseconds. */
  readonly activeSince: number;
  /** Monotonic time of the claim, in milliseconds: the attempt's deadline counts from here. */
  readonly claimedAt: number;
}

/** The result of asking for the claim. */
export type Claim =
  | { readonly kind: "work"; readonly work: Work }
  | { readonly kind: "rest"; readonly result: SettleAccountResult }
  | { readonly kind: "busy"; readonly delayMs: number }
  | { readonly kind: "inactive" };

interface Situation {
  readonly tx: Tx;
  readonly activeSince: number;
  readonly account: AccountRecord;
  readonly user: UserRecord;
  readonly connection: Connection;
  readonly revision: Revision;
  readonly decision: Decision;
  readonly wish: string;
}

/** Milliseconds until nobody else can be calling; 0 when the account is free. Marks an abandoned claim uncertain. */
const waitForOthers = async (tx: Tx, account: AccountRecord, timings: AttemptTimings): Promise<number> => {
  if (account.claimToken === null || account.claimExpiresAt === null) return 0;
  if (account.now < account.claimExpiresAt) return account.claimExpiresAt - account.now;
  await patchAccount(tx, account.id, { uncertain: true });
  return Math.max(0, account.claimExpiresAt + timings.waitOutMs - account.now);
};

const restResult = (
  situation: Situation,
  outcome: SettleAccountResult["outcome"],
  patch: AccountPatch,
): SettleAccountResult => ({
  outcome,
  state: patch.state ?? situation.account.state,
  code: patch.code ?? null,
  version: situation.user.version,
});

/** Leaves the account at rest without a call, and says why in the journal. */
const rest = async (
  situation: Situation,
  outcome: SettleAccountResult["outcome"],
  patch: AccountPatch,
): Promise<Claim> => {
  const { tx, account, user, revision, decision } = situation;
  const undone: AccountPatch = decision.want.verb === "undo" ? {} : { undo: null, released: "now" };
  const full: AccountPatch = {
    ...undone,
    ...patch,
    // A claim that somebody abandoned has been waited out by now; where nothing is, nothing can be uncertain.
    ...((patch.existence ?? account.existence) === "none" && { uncertain: false }),
    wish: situation.wish,
    marked: false,
    settledVersion: user.version,
    revision: revision.revision,
    attempts: 0,
    failingSince: null,
    code: patch.code ?? null,
  };
  await restAccount(tx, { id: account.id, version: user.version, patch: full, undoing: true, token: null });
  await writeJournal(tx, {
    account: account.id,
    organization: account.organization,
    userKey: user.key,
    connection: account.connection,
    version: user.version,
    revision: revision.revision,
    verb: decision.want.verb,
    outcome,
    code: patch.code ?? null,
    class: null,
    keyword: null,
    status: null,
    attempt: account.attempts,
    sent: null,
    reasons: decision.reasons,
    durationMs: null,
  });
  if (account.episode !== null) await closeEpisodeIfDone(tx, account.episode);
  return { kind: "rest", result: restResult(situation, outcome, patch) };
};

/** Ends of graces: set when a staged removal begins, cleared by anything that is not a removal. */
const graceEnd = ({ account, decision }: Situation): number | null => {
  const { want } = decision;
  if (want.verb !== "remove" || want.graceMs === null) return null;
  return account.dueAt ?? account.now + want.graceMs;
};

const guardCause = ({ decision: { want } }: Situation): GuardCause => {
  if (want.verb === "undo") return "compensation";
  return want.verb === "remove" ? want.cause : "disabled";
};

/** An account that is disabled already is not disabled once more, so nobody is asked. */
const disablesAgain = ({ decision: { want }, account }: Situation): boolean => {
  if (account.active !== false) return false;
  if (want.verb === "remove") return want.step === "disable";
  if (want.verb !== "undo") return false;
  const step = undoStep(account, want.undo);
  return step.kind === "remove" && step.step === "disable";
};

/** A person refuses the removal; a compensation that is refused is called off, and what it had done stays. */
const refused = (situation: Situation): Promise<Claim> => {
  const calledOff: AccountPatch =
    situation.decision.want.verb === "undo" ? { undo: null, released: "now", effect: null } : {};
  return rest(situation, "parked", { ...calledOff, state: "parked", code: "removal_cancelled" });
};

const guard = async (situation: Situation): Promise<Claim | null> => {
  const { tx, account, connection, decision, wish } = situation;
  const { organization, userKey } = account;
  if (!lowersAccess(decision.want, account)) {
    if (account.hasHolds) await voidHolds(tx, organization, connection.id, account.id);
    return null;
  }
  if (disablesAgain(situation)) return null;
  const answer = await askGuard(tx, {
    organization,
    connection: connection.id,
    userKey,
    account: account.id,
    episode: account.episode ?? account.id,
    cause: guardCause(situation),
    wish,
    reasons: decision.reasons,
    limits: connection.guard,
  });
  if (answer === "held") return rest(situation, "held", { state: "held" });
  if (answer === "cancelled") return refused(situation);
  return null;
};

/** Nothing was done here that could be taken back, so the compensation is over. */
const restUndone = (situation: Situation, want: TakeBack): Promise<Claim> => {
  const patch: AccountPatch = { state: "parked", code: want.undo.code, undo: null, effect: null };
  return rest({ ...situation, wish: wishOf(want.instead) }, "parked", patch);
};

/** Rests that need no call: nothing wanted, nothing there, required values missing, or all as it was settled. */
const restWithoutCall = async (situation: Situation): Promise<Claim | null> => {
  const { account, decision, wish } = situation;
  const { want } = decision;
  const gone = { existence: "none", state: "removed", dueAt: null } as const;
  if (want.verb === "none") {
    if (account.hasHolds) await voidHolds(situation.tx, account.organization, account.connection, account.id);
    return rest(situation, "closed", hasAccount(account) ? { state: "settled", dueAt: null } : gone);
  }
  if (want.verb === "undo")
    return undoStep(account, want.undo).kind === "nothing" ? restUndone(situation, want) : null;
  if (want.verb === "remove" && !hasAccount(account)) return rest(situation, "absent", gone);
  if (want.verb === "ensure" && want.missing.length > 0)
    return rest(situation, "parked", { state: "parked", code: "mapping_incomplete" });
  const certain =
    !account.uncertain && !account.marked && account.existence !== "maybe" && account.code === null;
  if (certain && account.wish === wish && account.existence === "known")
    return rest(situation, "unchanged", { state: "settled" });
  return null;
};

const claimFor = async (situation: Situation, deps: ActivityDependencies): Promise<Claim> => {
  const { tx, account, user, connection, revision, decision, wish } = situation;
  const resting = (await restWithoutCall(situation)) ?? (await guard(situation));
  if (resting !== null) return resting;
  const { want } = decision;
  if (want.verb === "none") throw new Error("a decision of nothing cannot be claimed for");
  const token = randomUUID();
  await writeClaim(tx, account.id, token, deps.timings.claimMs, {
    dueAt: graceEnd(situation),
    ...(want.verb === "remove" && account.undo !== null && { undo: null, released: "now" }),
  });
  const work: Work = {
    account,
    user,
    connection,
    revision,
    want,
    wish,
    reasons: decision.reasons,
    token,
    activeSince: situation.activeSince,
    claimedAt: deps.monotonicMs(),
  };
  return { kind: "work", work };
};

/**
 * Claims an account, deciding again in the same transaction (design, section 5): a retry after three days applies
 * today's state. Refuses without counting an attempt when another claim is live or the connection is not active;
 * rests the account at once when no call is needed or the guard wants a person's word.
 */
export async function claimAccount(deps: ActivityDependencies, input: SettleAccountInput): Promise<Claim> {
  return deps.db.transaction().execute(async (tx): Promise<Claim> => {
    const locked = await lockAccount(tx, input.user, input.connection);
    // A claim that nobody released: its holder may have written.
    const account = locked && { ...locked, uncertain: locked.uncertain || locked.claimToken !== null };
    const user = await readUser(tx, input.user);
    const revision = await currentRevision(tx, input.organization, deps.db);
    const connection = revision?.configuration.connections.find((one) => one.id === input.connection);
    if (account === null || user === null || revision === null || connection?.enabled !== true)
      return {
        kind: "rest",
        result: { outcome: "closed", state: "settled", code: null, version: user?.version ?? 0 },
      };
    // Parked by a compensation after this attempt was scheduled: a plan opens it again, nobody else.
    if (isCompensated(account))
      return {
        kind: "rest",
        result: { outcome: "parked", state: "parked", code: account.code, version: user.version },
      };
    const standing = await readConnectionStanding(tx, input.organization, connection.id);
    if (standing.state !== "active") return { kind: "inactive" };
    const delayMs = await waitForOthers(tx, account, deps.timings);
    if (delayMs > 0) return { kind: "busy", delayMs };
    const facts = await readFacts(tx, user, revision.configuration);
    const decision = decideConnection(revision.configuration, connection, facts, account, account.now);
    const { activeSince } = standing;
    const wish = wishOf(decision.want);
    return claimFor({ tx, activeSince, account, user, connection, revision, decision, wish }, deps);
  });
}
