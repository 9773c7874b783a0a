import type { Configuration, Connection } from "../domain/configuration.js";
import type { UserFacts } from "../domain/decide.js";
import { decideConnection } from "../domain/decide.js";
import { selectConnection } from "../domain/selection.js";
import type { AccountRecord } from "../store/accounts.js";
import { readAccounts } from "../store/accounts.js";
import type { LastAttempt } from "../store/attempts.js";
import type { ConnectionStateRecord } from "../store/connection-states.js";
import { listConnectionStates } from "../store/connection-states.js";
import type { AccountHistory } from "../store/explanations.js";
import { isUserWaiting, readAccountHistory } from "../store/explanations.js";
import type { UserRecord } from "../store/facts.js";
import { readFacts } from "../store/facts.js";
import type { Db } from "../store/schema.js";
import { databaseNow } from "../store/time.js";
import { accountView } from "./account-view.js";
import type { HttpDependencies, PendingLane } from "./dependencies.js";
import type { ConnectionExplanation, Explanation } from "./explanation-view.js";
import { attributeViews, decisionView } from "./explanation-view.js";
import { findRevision, findUser } from "./find-user.js";
import { reasonView } from "./reason-view.js";
import { userView } from "./user-view.js";

/** Everything in the store that one explanation looks at, as one reading. */
interface Reading {
  readonly user: UserRecord;
  readonly revision: number;
  readonly configuration: Configuration;
  readonly facts: UserFacts;
  readonly accounts: ReadonlyMap<string, AccountRecord>;
  readonly history: AccountHistory;
  readonly states: ReadonlyMap<string, ConnectionStateRecord>;
  readonly waiting: boolean;
  readonly now: number;
}

const read = (db: Db, organization: string, reference: string): Promise<Reading> =>
  db
    .transaction()
    .setIsolationLevel("repeatable read")
    .execute(async (tx) => {
      const user = await findUser(tx, organization, reference);
      const { revision, configuration } = await findRevision(tx, organization, db);
      const states = await listConnectionStates(tx, organization);
      return {
        user,
        revision,
        configuration,
        facts: await readFacts(tx, user, configuration),
        accounts: await readAccounts(tx, user.key),
        history: await readAccountHistory(tx, user.key),
        states: new Map(states.map((state) => [state.connection, state])),
        waiting: await isUserWaiting(tx, user.key),
        now: await databaseNow(tx),
      };
    });

const inspectMs = 5_000;

/** What Temporal says, or null when it does not say it in time. */
const inspect = async (
  deps: HttpDependencies,
  organization: string,
  user: string,
): Promise<readonly PendingLane[] | null> => {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => {
    late.resolve(null);
  }, inspectMs);
  try {
    return await Promise.race([deps.inspectRun(organization, user), late.promise]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
};

const attemptView = (attempt: LastAttempt | undefined): ConnectionExplanation["lastAttempt"] =>
  attempt === undefined ? null : { ...attempt, at: attempt.at.toISOString() };

const historyOf = (reading: Reading, account: AccountRecord | null) => {
  const id = account?.id ?? "";
  const sent = reading.history.sent.get(id);
  const hold = reading.history.holds.get(id);
  return {
    account: account === null ? null : accountView(account),
    lastSent: sent === undefined ? null : { at: sent.at.toISOString(), attributes: { ...sent.attributes } },
    lastAttempt: attemptView(reading.history.attempts.get(id)),
    hold: hold === undefined ? null : { ...hold, createdAt: hold.createdAt.toISOString() },
  };
};

const stateOf = (state: ConnectionStateRecord | undefined): ConnectionExplanation["state"] => ({
  name: state?.state ?? "active",
  code: state?.code ?? null,
  reason: state?.reason ?? null,
  author: state?.author ?? null,
  changedAt: state?.changedAt.toISOString() ?? null,
});

const nextTryOf = (
  lanes: readonly PendingLane[] | null,
  connection: string,
): ConnectionExplanation["nextTry"] => {
  const lane = lanes?.find((one) => one.connection === connection);
  if (lane === undefined) return null;
  return { at: lane.nextTryAt, attempt: lane.attempt, code: lane.code, waiting: lane.waiting };
};

const decided = (reading: Reading, connection: Connection, account: AccountRecord | null) => {
  const { configuration, facts, now } = reading;
  const decision = decideConnection(configuration, connection, facts, account, now);
  const selection = selectConnection(configuration, facts.view.enrolments, connection.id);
  return {
    decision: decisionView(decision),
    reasons: decision.reasons.map(reasonView),
    attributes: attributeViews(decision, selection),
  };
};

const explainConnection = (
  reading: Reading,
  id: string,
  lanes: readonly PendingLane[] | null,
): ConnectionExplanation => {
  const connection = reading.configuration.connections.find((one) => one.id === id);
  const account = reading.accounts.get(id) ?? null;
  const verdict =
    connection === undefined
      ? { decision: null, reasons: [], attributes: [] }
      : decided(reading, connection, account);
  return {
    connection: id,
    connector: connection?.connector ?? null,
    configured: connection !== undefined,
    enabled: connection?.enabled ?? false,
    state: stateOf(reading.states.get(id)),
    ...verdict,
    ...historyOf(reading, account),
    nextTry: nextTryOf(lanes, id),
  };
};

/**
 * Explains a user: for every configured connection, and for every account of a connection that is configured no
 * more, what is decided now and why (the same `decide` as the workers call), what was sent, what came back, what
 * comes next (promise 10, statement 40). Throws `HttpProblem` `unknown_user` or `unknown_organization`.
 */
export async function explainUser(
  deps: HttpDependencies,
  organization: string,
  reference: string,
): Promise<Explanation> {
  const reading = await read(deps.db, organization, reference);
  const lanes = await inspect(deps, organization, reading.user.key);
  const configured = reading.configuration.connections.map((connection) => connection.id);
  const orphaned = [...reading.accounts.keys()].filter((id) => !configured.includes(id)).sort();
  return {
    ...userView(reading.user),
    revision: reading.revision,
    temporal: lanes === null ? "down" : "up",
    waiting: reading.waiting,
    connections: [...configured, ...orphaned].map((id) => explainConnection(reading, id, lanes)),
  };
}
