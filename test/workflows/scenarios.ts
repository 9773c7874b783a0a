import { readAccounts } from "../../src/store/accounts.js";
import { userWorkflowId } from "../../src/workflows/contract.js";
import { scimConfiguration } from "../support/configuration.js";
import { deletion, userEvent } from "../support/events.js";
import type { Fault, FaultProxy } from "../support/fault-proxy.js";
import { startFaultProxy } from "../support/fault-proxy.js";
import { startScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import type { TestSystem } from "../support/system.js";
import { organization, startSystem } from "../support/system.js";
import { until } from "../support/until.js";

/** A whole system with two targets, one of them behind a fault proxy. */
export interface Stage {
  readonly system: TestSystem;
  readonly proxy: FaultProxy;
  /** Configures the two connections under a policy of partial failure. */
  policy(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Plays one shape of a run and says which run it was. */
export type Scenario = (stage: Stage) => Promise<{ readonly user: string; readonly runId: string }>;

/** Opens a stage. */
export async function openStage(): Promise<Stage> {
  const up = await startScimmyTarget({ token: "target-token" });
  const flaky = await startScimmyTarget({ token: "target-token" });
  const proxy = await startFaultProxy(flaky.url);
  const system = await startSystem();
  const entries = [
    { id: "up", url: up.url },
    { id: "flaky", url: proxy.url },
  ];
  const policy = async (name: string): Promise<void> => {
    await system.configure(scimConfiguration(entries, "", name));
  };
  await policy("continue");
  return {
    system,
    proxy,
    policy,
    close: async () => {
      await system.stop();
      await proxy.close();
      await up.close();
      await flaky.close();
    },
  };
}

const unavailable: Fault = { kind: "answer", status: 503, headers: {} };
const later: Fault = { kind: "answer", status: 429, headers: { "retry-after": "3600" } };
let number = 0;

const join = async ({ system }: Stage, name: string): Promise<string> => {
  const [user = ""] = await system.accept(userEvent(name, { registers: { userName: name } }));
  return user;
};
const fresh = (): string => {
  number += 1;
  return `scenario-${String(number)}`;
};
const handleOf = ({ system }: Stage, user: string) =>
  system.client.workflow.getHandle(userWorkflowId(organization, user));
const hasCode = ({ system }: Stage, user: string, code: string): Promise<void> =>
  until(async () => (await readAccounts(system.db, user)).get("flaky")?.code === code, 30_000, code);

const end = async (stage: Stage, user: string) => {
  await until(async () => (await readAccounts(stage.system.db, user)).size > 0);
  const handle = handleOf(stage, user);
  const { runId } = await handle.describe();
  await handle.result().catch(() => undefined);
  return { user, runId };
};

const failingJoiner = async (stage: Stage, name: string): Promise<string> => {
  stage.proxy.next("read", unavailable, later);
  const user = await join(stage, name);
  await hasCode(stage, user, "throttled");
  return user;
};

/** The healthy connection is served, then the other one fails for good under a policy. */
const failed = async (stage: Stage, policy: string): Promise<{ user: string; runId: string }> => {
  await stage.policy(policy);
  try {
    const gate = Promise.withResolvers<undefined>();
    stage.proxy.next("write", { kind: "gated-answer", opens: gate.promise, status: 400, headers: {} });
    const user = await join(stage, fresh());
    await until(async () => (await readAccounts(stage.system.db, user)).get("up")?.state === "settled");
    gate.resolve(undefined);
    return await end(stage, user);
  } finally {
    await stage.policy("continue");
  }
};

/** Every shape of a run; `RECORD_HISTORIES=1 npm test -- test/workflows/histories` records them anew. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  "two-connections": async (stage) => end(stage, await join(stage, fresh())),
  "nothing-to-do": async (stage) => {
    const name = fresh();
    const user = await join(stage, name);
    await end(stage, user);
    const before = (await handleOf(stage, user).describe()).runId;
    await stage.system.accept(userEvent(name, { registers: { userName: name } }));
    await until(async () => (await handleOf(stage, user).describe()).runId !== before);
    return end(stage, user);
  },
  retry: async (stage) => {
    stage.proxy.next("read", unavailable, unavailable);
    return end(stage, await join(stage, fresh()));
  },
  parked: async (stage) => {
    stage.proxy.next("write", { kind: "answer", status: 400, headers: {} });
    return end(stage, await join(stage, fresh()));
  },
  compensation: (stage) => failed(stage, "compensate"),
  hold: (stage) => failed(stage, "hold"),
  "later-change": async (stage) => {
    const name = fresh();
    stage.proxy.next("read", unavailable, unavailable);
    const user = await join(stage, name);
    await hasCode(stage, user, "target_error");
    await stage.system.accept(userEvent(name, { registers: { userName: name, title: "Engineer" } }));
    return end(stage, user);
  },
  "cut-back-off": async (stage) => {
    const name = fresh();
    const user = await failingJoiner(stage, name);
    await stage.system.accept(deletion(name));
    return end(stage, user);
  },
  cancelled: async (stage) => {
    const user = await failingJoiner(stage, fresh());
    await handleOf(stage, user).cancel();
    return end(stage, user);
  },
  "continued-as-new": async (stage) => {
    const user = await failingJoiner(stage, fresh());
    const handle = handleOf(stage, user);
    const { runId } = await handle.describe();
    for (let version = 2; (await handle.describe()).runId === runId && version < 100; version += 1)
      // The new run may be quick enough to have ended.
      await handle.signal("changed", { version }).catch(() => undefined);
    await end(stage, user);
    return { user, runId };
  },
};
