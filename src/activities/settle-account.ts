import type { CallContext, Connector } from "../connectors/connector.js";
import type { ErrorCode } from "../domain/errors.js";
import { TargetError, errorClass } from "../domain/errors.js";
import { maskAttributes } from "../domain/mask.js";
import type { AccountPatch, JournalEntry } from "../store/attempts.js";
import { recordAttempt } from "../store/attempts.js";
import { setConnectionState } from "../store/connection-states.js";
import type { SettleAccountInput, SettleAccountResult } from "../workflows/contract.js";
import type { Achieved } from "./attempt.js";
import { Attempt } from "./attempt.js";
import type { Work } from "./claim.js";
import { claimAccount } from "./claim.js";
import type { ActivityDependencies } from "./dependencies.js";
import type { JudgedFailure } from "./failure.js";
import { AttemptFailed, ComeBackLater } from "./failure.js";
import { unlinked } from "./locator.js";

const inactiveDelayMs = 30_000;

const contextOf = (deps: ActivityDependencies, work: Work): CallContext => {
  const remainingMs = (): number =>
    Math.max(0, work.claimedAt + deps.timings.callDeadlineMs - deps.monotonicMs());
  return {
    remainingMs,
    signal: AbortSignal.any([deps.shutdown(), AbortSignal.timeout(Math.ceil(remainingMs()))]),
  };
};

const journalOf = (deps: ActivityDependencies, work: Work, attempt: Attempt): JournalEntry => ({
  account: work.account.id,
  organization: work.account.organization,
  userKey: work.user.key,
  connection: work.connection.id,
  version: work.user.version,
  revision: work.revision.revision,
  verb: work.want.verb === "remove" ? work.want.step : work.want.verb,
  outcome: null,
  code: null,
  class: null,
  keyword: null,
  status: null,
  attempt: work.account.attempts + 1,
  sent: attempt.sent === null ? null : maskAttributes(attempt.sent),
  reasons: work.reasons,
  durationMs: Math.round(deps.monotonicMs() - work.claimedAt),
});

const record = async (
  deps: ActivityDependencies,
  work: Work,
  patch: AccountPatch,
  journal: JournalEntry,
): Promise<void> => {
  const { account, user, token } = work;
  const kept = await recordAttempt(deps.db, {
    accountId: account.id,
    token,
    episode: account.episode,
    version: user.version,
    patch: { revision: work.revision.revision, ...patch },
    undoing: work.want.verb === "undo",
    journal,
  });
  const seconds = (journal.durationMs ?? 0) / 1_000;
  deps.metrics.attempt(
    { connection: work.connection.id, outcome: journal.outcome ?? "failed", code: journal.code ?? "" },
    seconds,
  );
  if (!kept) throw new ComeBackLater("claim_lost", 1_000);
};

const succeed = async (
  deps: ActivityDependencies,
  work: Work,
  attempt: Attempt,
  done: Achieved,
): Promise<SettleAccountResult> => {
  const code = done.patch.code ?? null;
  const patch: AccountPatch = {
    ...(work.want.verb !== "undo" && { released: "unless_undone" }),
    wish: work.wish,
    ...done.patch,
    code,
    uncertain: false,
    marked: false,
    settledVersion: work.user.version,
    attempts: 0,
    failingSince: null,
  };
  await record(deps, work, patch, { ...journalOf(deps, work, attempt), outcome: done.outcome, code });
  return {
    outcome: done.outcome,
    state: done.patch.state ?? "settled",
    code,
    version: work.user.version,
  };
};

/** What is known of the account after a call that failed: a create may have happened, a change may have. */
const certaintyAfter = (attempt: Attempt, error: TargetError): AccountPatch => {
  if (attempt.mutating === "create") return error.sent === "maybe" ? { existence: "maybe" } : unlinked;
  return attempt.mutating === "change" && error.sent === "maybe" ? { uncertain: true } : {};
};

const quarantine = async (deps: ActivityDependencies, work: Work, code: ErrorCode): Promise<void> => {
  const { organization } = work.account;
  const reason = `the target refused the connection's credentials (${code})`;
  if (
    await setConnectionState(deps.db, organization, work.connection.id, {
      state: "quarantined",
      code,
      reason,
      author: "outbound",
    })
  )
    deps.log.error({ organization, connection: work.connection.id, code }, "connection quarantined");
};

/** Whether refused credentials are the connection's fault: one probe tells. Statement: design, section 5. */
const credentialsRefused = async (connector: Connector, context: CallContext): Promise<boolean> => {
  try {
    await connector.probe(context);
    return false;
  } catch (error) {
    return error instanceof TargetError && error.class === "unauthorized";
  }
};

/** Time while the connection was paused or quarantined does not count: the clock starts again when it is active. */
const gaveUp = (work: Work): boolean => {
  const { failingSince, now } = work.account;
  if (failingSince === null) return false;
  return now - Math.max(failingSince, work.activeSince) > work.connection.retry.giveUpAfterMs;
};

/** Decides what a failure means for the next step; the code's class decides. */
const judge = async (
  deps: ActivityDependencies,
  work: Work,
  connector: Connector,
  context: CallContext,
  error: TargetError,
): Promise<JudgedFailure> => {
  const status = error.status ?? null;
  const retry = { retry: true, delayMs: error.retryAfterMs ?? null, status };
  const never = { retry: false, delayMs: null, status };
  switch (error.class) {
    case "unauthorized": {
      const known = error.code !== "unauthorized";
      if (!known && !(await credentialsRefused(connector, context))) return { ...never, code: error.code };
      const code = known ? error.code : "credentials_refused";
      await quarantine(deps, work, code);
      return { ...retry, code, delayMs: inactiveDelayMs };
    }
    case "transient":
    case "throttled":
    case "absent":
      return gaveUp(work) ? { ...never, code: "gave_up" } : { ...retry, code: error.code };
    case "conflict":
      return error.code === "version_conflict"
        ? { ...retry, code: error.code }
        : { ...never, code: error.code };
    case "rejected":
    case "contract":
    case "invariant":
      return { ...never, code: error.code };
    default:
      return { ...never, code: "invariant" };
  }
};

const fail = async (
  deps: ActivityDependencies,
  work: Work,
  attempt: Attempt,
  judged: JudgedFailure,
  error: TargetError,
): Promise<never> => {
  const parked: AccountPatch = {
    state: "parked",
    wish: work.wish,
    marked: false,
    settledVersion: work.user.version,
    ...(work.want.verb !== "undo" && { released: "unless_undone" }),
  };
  const patch: AccountPatch = {
    ...certaintyAfter(attempt, error),
    ...(error.code === "version_conflict" || error.code === "absent" ? { uncertain: true } : {}),
    ...(judged.retry ? { state: "failing" } : parked),
    code: judged.code,
    attempts: work.account.attempts + 1,
    failed: true,
  };
  const entry = {
    ...journalOf(deps, work, attempt),
    code: judged.code,
    class: errorClass(judged.code),
    keyword: error.keyword ?? null,
    status: judged.status,
  };
  await record(deps, work, patch, entry);
  throw new AttemptFailed(judged);
};

const settleClaimed = async (deps: ActivityDependencies, work: Work): Promise<SettleAccountResult> => {
  const connector = deps.connectors.get(work.revision.configuration, work.connection);
  const context = contextOf(deps, work);
  const attempt = new Attempt(deps.db, work, connector, context);
  try {
    return await succeed(deps, work, attempt, await attempt.run());
  } catch (error) {
    if (error instanceof ComeBackLater) {
      if (error.code !== "claim_lost")
        await record(deps, work, {}, { ...journalOf(deps, work, attempt), outcome: "waiting" });
      throw error;
    }
    if (!(error instanceof TargetError)) throw error;
    return fail(deps, work, attempt, await judge(deps, work, connector, context, error), error);
  }
};

/**
 * Settles one account: brings it to what is decided now. Claim, decide again, observe, call, record (design,
 * section 5). Safe to repeat and to kill at any point; calls at one account never overlap.
 *
 * @returns outcome, resting state and the version applied; a held or parked rest is a result.
 *   Throws `ComeBackLater` for waits and `AttemptFailed` for failures, which `failure.ts` turns into Temporal's.
 */
export async function settleAccount(
  deps: ActivityDependencies,
  input: SettleAccountInput,
): Promise<SettleAccountResult> {
  const claim = await claimAccount(deps, input);
  switch (claim.kind) {
    case "busy":
      throw new ComeBackLater("busy", Math.max(250, claim.delayMs));
    case "inactive":
      throw new ComeBackLater("connection_inactive", inactiveDelayMs);
    case "rest":
      return claim.result;
    case "work":
      return settleClaimed(deps, claim.work);
    default:
      throw new Error("unexpected claim");
  }
}
