import type { Decision } from "../domain/decide.js";
import { decide } from "../domain/decide.js";
import { priorities } from "../domain/directory-event.js";
import { finalFailures } from "../domain/errors.js";
import type { Candidate } from "../domain/work.js";
import { awaitedConnections, connectionsWithWork, isCompensated, lowersAccess } from "../domain/work.js";
import type { AccountRecord } from "../store/accounts.js";
import { lockAccounts, openAccounts } from "../store/accounts.js";
import type { Revision } from "../store/configurations.js";
import { currentRevision } from "../store/configurations.js";
import { continueEpisode } from "../store/episodes.js";
import type { UserRecord } from "../store/facts.js";
import { lockUser, readFacts } from "../store/facts.js";
import { acknowledgeOutbox } from "../store/outbox.js";
import { parkOpenAccounts } from "../store/parking.js";
import { awaitsWord, voidFailureHolds } from "../store/partial-failure.js";
import type { Db, Tx } from "../store/schema.js";
import { databaseNow } from "../store/time.js";
import type { LanePlan, PlanUserInput, UserPlan } from "../workflows/contract.js";
import { closeOpenEpisode, concludeEpisode } from "./conclude-episode.js";
import { wishOf } from "./wish.js";

const isUrgent = (decision: Decision, account: AccountRecord | null, revision: Revision): boolean =>
  lowersAccess(decision.want, account) || account?.marked === true || account?.revision !== revision.revision;

const laneOf = (
  decision: Decision,
  account: AccountRecord | null,
  revision: Revision,
  waiting: number,
): LanePlan => {
  const lowered = lowersAccess(decision.want, account);
  return {
    connection: decision.connection,
    urgent: account !== null && isUrgent(decision, account, revision),
    priority: lowered ? priorities.accessLowered : waiting,
    verb: decision.want.verb === "none" ? "settle" : decision.want.verb,
  };
};

interface Look {
  readonly accounts: ReadonlyMap<string, AccountRecord>;
  readonly decisions: readonly Decision[];
  readonly candidates: readonly Candidate[];
  readonly working: ReadonlySet<string>;
}

const candidateOf = (
  revision: Revision,
  decision: Decision,
  accounts: ReadonlyMap<string, AccountRecord>,
): Candidate => {
  const { connection, want } = decision;
  const account = accounts.get(connection) ?? null;
  const configured = revision.configuration.connections.find((one) => one.id === connection);
  return {
    connection,
    want,
    wish: wishOf(want),
    account,
    enabled: configured?.enabled ?? false,
    revised: account !== null && account.revision !== revision.revision,
  };
};

/** Looks at a user until every lane that failed for good has been concluded: each conclusion changes accounts. */
const look = async (tx: Tx, user: UserRecord, revision: Revision): Promise<Look> => {
  const { configuration } = revision;
  const facts = await readFacts(tx, user, configuration);
  const now = await databaseNow(tx);
  for (;;) {
    const accounts = await lockAccounts(tx, user.key);
    const decisions = decide(configuration, facts, accounts, now);
    const candidates = decisions.map((decision) => candidateOf(revision, decision, accounts));
    const working = connectionsWithWork(candidates);
    const concluding = { userKey: user.key, accounts, decisions, working, now };
    if (!(await concludeEpisode(tx, concluding))) return { accounts, decisions, candidates, working };
  }
};

const hasFailed = ({ state, code }: AccountRecord): boolean =>
  state === "parked" && code !== null && finalFailures.includes(code);

/** Puts the accounts with work into the episode, or closes the one that nobody works on any more. */
const openEpisode = async (
  tx: Tx,
  user: UserRecord,
  { accounts, working }: Look,
  revision: Revision,
): Promise<void> => {
  const disabled = revision.configuration.connections.filter((one) => !one.enabled).map((one) => one.id);
  await parkOpenAccounts(tx, user.key, "connection_disabled", disabled);
  const failed = [...accounts.values()].filter(hasFailed);
  const reopened = failed.filter((account) => working.has(account.connection));
  await voidFailureHolds(
    tx,
    reopened.map((account) => account.id),
  );
  if (working.size > 0) {
    const episode = await continueEpisode(tx, user, [...working]);
    await openAccounts(tx, user, episode, [...working]);
  } else if (failed.length > 0 || [...accounts.values()].some(isCompensated))
    await closeOpenEpisode(tx, user.key);
};

/** What the user's failures have come to, as stored: a person is asked, or other accounts were compensated. */
const standingOf = async (tx: Tx, { accounts, working }: Look): Promise<UserPlan["standing"]> => {
  const all = [...accounts.values()];
  const failed = all.filter((account) => hasFailed(account) && !working.has(account.connection));
  const asked = await awaitsWord(
    tx,
    failed.map((account) => account.id),
  );
  if (asked) return "held";
  const compensated = all.some(
    (account) => account.undo !== null || (isCompensated(account) && !working.has(account.connection)),
  );
  return compensated ? "compensated" : null;
};

const nothing: Omit<UserPlan, "version"> = { lanes: [], awaited: [], standing: null };

/**
 * Plans one user: acknowledges the outbox, decides, concludes what failed for good, opens or continues the episode
 * and lists the connections with work, in one transaction under the user's row lock. Idempotent; returns ids and
 * codes only (design, section 3).
 */
export async function planUser(db: Db, input: PlanUserInput): Promise<UserPlan> {
  return db.transaction().execute(async (tx) => {
    const user = await lockUser(tx, input.user);
    if (user === null) return { version: 0, ...nothing };
    const { version } = user;
    const waiting = await acknowledgeOutbox(tx, "user", user.key, version);
    const revision = await currentRevision(tx, input.organization, db);
    if (revision === null) return { version, ...nothing };
    const looked = await look(tx, user, revision);
    await openEpisode(tx, user, looked, revision);
    const { accounts, candidates, decisions, working } = looked;
    const lanes = decisions
      .filter((decision) => working.has(decision.connection))
      .map((one) =>
        laneOf(one, accounts.get(one.connection) ?? null, revision, waiting ?? priorities.change),
      );
    return {
      version,
      lanes,
      awaited: awaitedConnections(candidates),
      standing: await standingOf(tx, looked),
    };
  });
}
