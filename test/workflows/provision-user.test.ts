import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readAccounts } from "../../src/store/accounts.js";
import { userWorkflowId } from "../../src/workflows/contract.js";
import type { DemoScimTarget } from "../../src/demo/scim-target.js";
import { startDemoScimTarget } from "../../src/demo/scim-target.js";
import { scimConfiguration } from "../support/configuration.js";
import { deletion, userEvent } from "../support/events.js";
import type { TestSystem } from "../support/system.js";
import { organization, startSystem } from "../support/system.js";
import { until } from "../support/until.js";

let system: TestSystem;
let target: DemoScimTarget;

beforeAll(async () => {
  target = await startDemoScimTarget({ token: "target-token", record: true });
  system = await startSystem();
  await system.configure(scimConfiguration([{ id: "demo", url: target.url }]));
});

afterAll(async () => {
  await system.stop();
  await target.close();
});

const settled = (key: string): Promise<void> =>
  until(
    async () => (await readAccounts(system.db, key)).get("demo")?.state === "settled",
    30_000,
    "a settled account",
  );

describe("provisionUser", () => {
  it("turns one joiner into one complete account, and the run completes in at most 15 events", async () => {
    const [key = ""] = await system.accept(
      userEvent("u-1", {
        registers: { userName: "ada", "name/givenName": "Ada", "name/familyName": "Lovelace" },
      }),
    );
    await settled(key);
    expect(target.users()).toEqual([
      expect.objectContaining({
        userName: "ada",
        externalId: "u-1",
        active: true,
        name: { givenName: "Ada", familyName: "Lovelace" },
      }),
    ]);
    const handle = system.client.workflow.getHandle(userWorkflowId(organization, key));
    expect(await handle.result()).toMatchObject({ state: "settled" });
    const history = await handle.fetchHistory();
    expect(history.events?.length).toBeLessThanOrEqual(15);
  });

  it("disables the account of a leaver, and a rehire enables the same one", async () => {
    const [key = ""] = await system.accept(userEvent("u-2", { registers: { userName: "grace" } }));
    await settled(key);
    const before = target.users().find((user) => user.userName === "grace");
    await system.accept(deletion("u-2"));
    await until(() => target.users().find((user) => user.userName === "grace")?.["active"] === false);
    await system.accept(userEvent("u-2", { registers: { userName: "grace" } }));
    await until(() => target.users().find((user) => user.userName === "grace")?.["active"] === true);
    expect(target.users().find((user) => user.userName === "grace")?.id).toBe(before?.id);
  });
});
