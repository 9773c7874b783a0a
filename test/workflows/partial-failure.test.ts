import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { readAccounts } from "../../src/store/accounts.js";
import { answerAndWake } from "../../src/store/answer-holds.js";
import { listHolds } from "../../src/store/holds.js";
import { resendAccounts } from "../../src/store/resend.js";
import { userWorkflowId } from "../../src/workflows/contract.js";
import { failingAttribute, stateAttribute } from "../../src/workflows/search-attributes.js";
import { scimConfiguration } from "../support/configuration.js";
import { userEvent } from "../support/events.js";
import type { FaultProxy } from "../support/fault-proxy.js";
import { startFaultProxy } from "../support/fault-proxy.js";
import type { ScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import { startScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import type { TestSystem } from "../support/system.js";
import { organization, startSystem } from "../support/system.js";
import { until } from "../support/until.js";

describe("partial failure in provisionUser", () => {
  let system: TestSystem;
  let up: ScimmyTarget;
  let flaky: ScimmyTarget;
  let proxy: FaultProxy;

  const configure = async (policy: string): Promise<void> => {
    const entries = [
      { id: "up", url: up.url },
      { id: "flaky", url: proxy.url },
    ];
    await system.configure(scimConfiguration(entries, "", policy));
  };
  const stateAt = async (key: string, connection: string) =>
    (await readAccounts(system.db, key)).get(connection)?.state;
  const named = async (target: ScimmyTarget, name: string) =>
    (await target.users()).filter((user) => user["userName"] === name).length;
  const handle = (key: string) => system.client.workflow.getHandle(userWorkflowId(organization, key));
  /** A joiner whom one target takes before the other refuses; what the run came to. */
  const halfJoined = async (name: string) => {
    const gate = Promise.withResolvers<undefined>();
    proxy.next("write", { kind: "gated-answer", opens: gate.promise, status: 400 });
    const [key = ""] = await system.accept(userEvent(name, { registers: { userName: name } }));
    await until(async () => (await stateAt(key, "up")) === "settled");
    expect(await named(up, name)).toBe(1);
    gate.resolve(undefined);
    return { key, result: (await handle(key).result()) as unknown };
  };
  const completes = async (key: string, name: string): Promise<void> => {
    await until(
      async () => (await stateAt(key, "up")) === "settled" && (await stateAt(key, "flaky")) === "settled",
    );
    expect([await named(up, name), await named(flaky, name)]).toEqual([1, 1]);
    expect(await handle(key).result()).toMatchObject({ state: "settled" });
  };

  beforeAll(async () => {
    up = await startScimmyTarget({ token: "target-token" });
    flaky = await startScimmyTarget({ token: "target-token" });
    system = await startSystem();
  });
  afterAll(async () => {
    await system.stop();
    await up.close();
    await flaky.close();
  });
  beforeEach(async () => {
    proxy = await startFaultProxy(flaky.url);
  });
  afterEach(() => proxy.close());

  it("compensate: the run takes back what it did and says so; a resend completes both in one run", async () => {
    await configure("compensate");
    const { key, result } = await halfJoined("ada");
    expect(result).toMatchObject({ state: "compensated" });
    expect(await named(up, "ada")).toBe(0);
    const { typedSearchAttributes } = await handle(key).describe();
    expect(typedSearchAttributes.get(stateAttribute)).toBe("compensated");
    expect(typedSearchAttributes.get(failingAttribute)).toEqual(["flaky"]);
    await resendAccounts(system.db, organization, { connection: "flaky" });
    system.dispatcher.wake();
    await completes(key, "ada");
  });

  it("hold: the run ends as held, and a person's retry starts one that completes", async () => {
    await configure("hold");
    const { key, result } = await halfJoined("grace");
    expect(result).toMatchObject({ state: "held" });
    expect((await handle(key).describe()).typedSearchAttributes.get(stateAttribute)).toBe("held");
    expect(await named(up, "grace")).toBe(1);
    const [hold] = await listHolds(system.db, organization, { limit: 1 });
    const word = { answer: "retried", author: "operator", reason: "mended" } as const;
    await answerAndWake(system.db, organization, { ids: [hold?.id ?? ""] }, word);
    system.dispatcher.wake();
    await completes(key, "grace");
  });
});
