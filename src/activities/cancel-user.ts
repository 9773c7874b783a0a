import { parkOpenAccounts } from "../store/parking.js";
import type { Db } from "../store/schema.js";
import type { PlanUserInput } from "../workflows/contract.js";

/**
 * An operator cancelled a user's run: its open accounts are parked as `cancelled`, without compensation, and stay so
 * until the user changes or somebody resends them (design, section 3). Idempotent.
 */
export async function cancelUser(db: Db, input: PlanUserInput): Promise<void> {
  await parkOpenAccounts(db, input.user, "cancelled", null);
}
