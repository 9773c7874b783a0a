import "../setup/quiet.js";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import { pino } from "pino";
import { createSecretResolver } from "../../src/config/secrets.js";
import { createMetrics } from "../../src/runtime/metrics.js";
import { readAccounts } from "../../src/store/accounts.js";
import { readJournal } from "../../src/store/attempts.js";
import { storeRevision } from "../../src/store/configurations.js";
import { acceptEvents } from "../../src/store/directory.js";
import { localTarget } from "../../src/temporal/connect.js";
import { searchAttributes } from "../../src/temporal/search-attributes.js";
import { startWorkers } from "../../src/worker.js";
import { provisionUserWorkflow, userWorkflowId, workflowQueue } from "../../src/workflows/contract.js";
import type { TestDatabase } from "../setup/databases.js";
import { openTestDatabase } from "../setup/databases.js";
import { onFreePort } from "../setup/free-port.js";
import { scimConfiguration } from "../support/configuration.js";
import { userEvent } from "../support/events.js";
import { startFaultProxy } from "../support/fault-proxy.js";
import { startScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import { configurationOf, organization } from "../support/system.js";

const path = process.env["TEST_TIME_SKIPPING_BINARY"] ?? "";
const day = 86_400_000;
if (path === "")
  process.stdout.write(
    `skipped: days of back-off: ${process.env["TEST_TIME_SKIPPING_REASON"] ?? "no time-skipping server"}\n`,
  );

(path === "" ? describe.skip : describe)("days of back-off", () => {
  let environment: TestWorkflowEnvironment;
  let database: TestDatabase;
  let address = "";

  beforeAll(async () => {
    environment = await onFreePort((port) => {
      address = `127.0.0.1:${String(port)}`;
      return TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: "existing-path", path }, port },
      });
    });
    // This server can add search attributes but not list them, which ensureSearchAttributes begins with.
    await environment.connection.operatorService.addSearchAttributes({
      namespace: "default",
      searchAttributes: Object.fromEntries(
        searchAttributes.map(({ name, type }) => [name, type === "Keyword" ? 2 : 7]),
      ),
    });
    database = await openTestDatabase("postgres");
  });
  afterAll(async () => {
    await environment.teardown();
    await database.close();
  });

  it("statement 19: a target that is down for more than a day gets the account when it returns; the history does not grow", async () => {
    const { db } = database;
    const target = await startScimmyTarget({ token: "target-token" });
    const proxy = await startFaultProxy(target.url);
    proxy.next(
      "read",
      ...Array.from({ length: 160 }, () => ({ kind: "answer" as const, status: 503, headers: {} })),
    );
    const text = scimConfiguration([{ id: "demo", url: proxy.url }]);
    await storeRevision(db, {
      configuration: configurationOf(text),
      text,
      hash: "h",
      origin: "api",
      author: "test",
    });
    const [accepted] = await acceptEvents(db, organization, "hr", [
      userEvent("u-1", { registers: { userName: "ada" } }),
    ]);
    const user = accepted?.status === "accepted" ? accepted.key : "";
    const workers = await startWorkers({
      db,
      temporal: localTarget(address),
      secrets: createSecretResolver({ env: { TARGET_TOKEN: "target-token" } }),
      logger: pino({ level: "silent" }),
      metrics: createMetrics(),
      bundlePath: process.env["TEST_WORKFLOW_BUNDLE"] ?? "",
    });
    try {
      const before = await environment.currentTimeMs();
      const handle = await environment.client.workflow.start(provisionUserWorkflow, {
        workflowId: userWorkflowId(organization, user),
        taskQueue: workflowQueue,
        args: [{ organization, user }],
      });
      expect(await handle.result()).toMatchObject({ state: "settled" });
      expect((await environment.currentTimeMs()) - before).toBeGreaterThan(day);
      expect(await target.users()).toEqual([expect.objectContaining({ userName: "ada" })]);
      expect((await handle.fetchHistory()).events?.length).toBeLessThanOrEqual(15);
      const account = (await readAccounts(db, user)).get("demo");
      expect(await readJournal(db, account?.id ?? "", 500)).toHaveLength(161);
    } finally {
      await workers.stop();
      await proxy.close();
      await target.close();
    }
  });
});
