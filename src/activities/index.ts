import { errorIdentity } from "../domain/error-identity.js";
import type { ActivityDependencies } from "./dependencies.js";
import { guarded } from "./failure.js";
import { cancelUser } from "./cancel-user.js";
import { planUser } from "./plan-user.js";
import { settleAccount } from "./settle-account.js";
import type {
  PlanUserInput,
  SettleAccountInput,
  SettleAccountResult,
  UserPlan,
} from "../workflows/contract.js";

/** Activities of the workflow worker. */
export interface PlanningActivities {
  readonly planUser: (input: PlanUserInput) => Promise<UserPlan>;
  readonly cancelUser: (input: PlanUserInput) => Promise<void>;
}

/** Activities of a connection's worker. */
export interface SettlingActivities {
  readonly settleAccount: (input: SettleAccountInput) => Promise<SettleAccountResult>;
}

const reporter = (deps: ActivityDependencies, activity: string) => (error: unknown) => {
  deps.log.error({ activity, ...errorIdentity(error) }, "activity failed for an unknown reason");
};

/** Builds the activities with what they need; nothing of them reads the environment. */
export function createActivities(deps: ActivityDependencies): PlanningActivities & SettlingActivities {
  return {
    planUser: guarded((input: PlanUserInput) => planUser(deps.db, input), reporter(deps, "planUser")),
    cancelUser: guarded((input: PlanUserInput) => cancelUser(deps.db, input), reporter(deps, "cancelUser")),
    settleAccount: guarded(
      (input: SettleAccountInput) => settleAccount(deps, input),
      reporter(deps, "settleAccount"),
    ),
  };
}
