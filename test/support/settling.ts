import { randomUUID } from "node:crypto";
import type { ActivityDependencies, AttemptTimings } from "../../src/activities/dependencies.js";
import { attemptTimings } from "../../src/activities/dependencies.js";
import { planUser } from "../../src/activities/plan-user.js";
import { settleAccount } from "../../src/activities/settle-account.js";
import { createSecretResolver } from "../../src/config/secrets.js";
import type { DirectoryEvent } from "../../src/domain/directory-event.js";
import { createConnectorPool } from "../../src/runtime/connector-pool.js";
import type { AccountRecord } from "../../src/store/accounts.js";
import { readAccounts } from "../../src/store/accounts.js";
import { storeRevision } from "../../src/store/configurations.js";
import { acceptEvents } from "../../src/store/directory.js";
import type { Db } from "../../src/store/schema.js";
import { shiftDatabaseClock } from "../../src/store/time.js";
import type { SettleAccountResult, UserPlan } from "../../src/workflows/contract.js";
import type { DatabaseKind } from "../setup/databases.js";
import { openTestDatabase } from "../setup/databases.js";
import { configurationOf, organization } from "./system.js";

/** The protocol of one attempt against a real store and real targets, without Temporal: the test is the workflow. */
export interface Settling {
  readonly db: Db;
  readonly deps: ActivityDependencies;
  configure(text: string): Promise<void>;
  /** Accepts events and returns the key of the first one's subject. */
  accept(...events: readonly DirectoryEvent[]): Promise<string>;
  plan(user: string): Promise<UserPlan>;
  /** One attempt; rejects with `AttemptFailed` or `ComeBackLater`. */
  settle(user: string, connection?: string): Promise<SettleAccountResult>;
  account(user: string, connection?: string): Promise<AccountRecord>;
  /** Moves the database's clock. */
  pass(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens a store and the activities over it. */
export async function openSettling(
  kind: DatabaseKind = "pglite",
  timings: AttemptTimings = attemptTimings,
): Promise<Settling> {
  const database = await openTestDatabase(kind);
  const { db } = database;
  const secrets = createSecretResolver({
    env: { TARGET_TOKEN: "target-token", WRONG_TOKEN: "wrong-token", FEED_TOKEN: "feed" },
  });
  const connectors = createConnectorPool(db, secrets);
  const deps: ActivityDependencies = {
    db,
    connectors,
    timings,
    monotonicMs: () => performance.now(),
    log: { info: () => undefined, error: () => undefined },
    metrics: { attempt: () => undefined },
    shutdown: () => new AbortController().signal,
  };
  const account = async (user: string, connection = "demo"): Promise<AccountRecord> => {
    const found = (await readAccounts(db, user)).get(connection);
    if (found === undefined) throw new Error(`no account at ${connection}`);
    return found;
  };
  return {
    db,
    deps,
    configure: async (text) => {
      const configuration = configurationOf(text);
      await storeRevision(db, { configuration, text, hash: randomUUID(), origin: "api", author: "test" });
    },
    accept: async (...events) => {
      const [first] = await acceptEvents(db, organization, "hr", events);
      return first === undefined || first.status === "rejected" ? "" : first.key;
    },
    plan: (user) => planUser(db, { organization, user }),
    settle: (user, connection = "demo") => settleAccount(deps, { organization, user, connection }),
    account,
    pass: (milliseconds) => shiftDatabaseClock(db, milliseconds),
    close: async () => {
      await connectors.close();
      await database.close();
    },
  };
}
