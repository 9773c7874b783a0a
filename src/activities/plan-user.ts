import type { Decision } from "../domain/decide.js";
import { decide } from "../domain/decide.js";
import { priorities } from "../domain/directory-event.js";
import { hasWork, lowersAccess } from "../domain/work.js";
import type { AccountRecord } from "../store/accounts.js";
import { openAccounts, readAccounts } from "../store/accounts.js";
import type { Revision } from "../store/configurations.js";
import { currentRevision } from "../store/configurations.js";
import { continueEpisode } from "../store/episodes.js";
import { lockUser, readFacts } from "../store/facts.js";
import { acknowledgeOutbox } from "../store/outbox.js";
import { parkOpenAccounts } from "../store/parking.js";
import type { Db } from "../store/schema.js";
import { databaseNow } from "../store/time.js";
import type { LanePlan, PlanUserInput, UserPlan } from "../workflows/contract.js";
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

const planLanes = (
  revision: Revision,
  decisions: readonly Decision[],
  accounts: ReadonlyMap<string, AccountRecord>,
  waiting: number,
): readonly LanePlan[] => {
  const enabled = new Map(revision.configuration.connections.map((one) => [one.id, one.enabled]));
  return decisions.flatMap((decision) => {
    const account = accounts.get(decision.connection) ?? null;
    const works = hasWork(
      decision.want,
      wishOf(decision.want),
      account,
      enabled.get(decision.connection) ?? false,
    );
    return works ? [laneOf(decision, account, revision, waiting)] : [];
  });
};

/**
 * Plans one user: acknowledges the outbox, decides, opens or continues the episode and lists the connections with
 * work, in one transaction under the user's row lock. Idempotent; returns ids and codes only (design, section 3).
 */
export async function planUser(db: Db, input: PlanUserInput): Promise<UserPlan> {
  return db.transaction().execute(async (tx) => {
    const user = await lockUser(tx, input.user);
    if (user === null) return { version: 0, lanes: [] };
    const waiting = await acknowledgeOutbox(tx, "user", user.key, user.version);
    const revision = await currentRevision(tx, input.organization, db);
    if (revision === null) return { version: user.version, lanes: [] };
    const accounts = await readAccounts(tx, user.key);
    const facts = await readFacts(tx, user, revision.configuration);
    const decisions = decide(revision.configuration, facts, accounts, await databaseNow(tx));
    const lanes = planLanes(revision, decisions, accounts, waiting ?? priorities.change);
    const disabled = revision.configuration.connections.filter((one) => !one.enabled).map((one) => one.id);
    await parkOpenAccounts(tx, user.key, "connection_disabled", disabled);
    if (lanes.length > 0) {
      const episode = await continueEpisode(tx, user);
      await openAccounts(
        tx,
        user,
        episode,
        lanes.map((lane) => lane.connection),
      );
    }
    return { version: user.version, lanes };
  });
}
