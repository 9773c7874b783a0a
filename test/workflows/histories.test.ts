import "../setup/quiet.js";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { Worker } from "@temporalio/worker";
import { userWorkflowId } from "../../src/workflows/contract.js";
import { organization } from "../support/system.js";
import type { Scenario } from "./scenarios.js";
import { openStage, scenarios } from "./scenarios.js";

const folder = "test/histories";
const codePath = process.env["TEST_WORKFLOW_BUNDLE"] ?? "";
const recording = process.env["RECORD_HISTORIES"] === "1";

/** Leaves out where a history was recorded: machine names and paths mean nothing to a replay. */
const scrub = (key: string, value: unknown): unknown => {
  if (key === "stackTrace") return "";
  if (key === "identity" || key === "workerIdentity") return "recorder";
  return typeof value === "string" && /^outbound-(workflows|connections)\/\d+@/.test(value)
    ? "recorder"
    : value;
};

if (recording) {
  describe("recording histories", () => {
    let stage: Awaited<ReturnType<typeof openStage>>;
    beforeAll(async () => {
      await mkdir(folder, { recursive: true });
      stage = await openStage();
    });
    afterAll(async () => {
      await stage.close();
    });
    it.each(Object.entries(scenarios))("%s", async (name: string, play: Scenario) => {
      const { user, runId } = await play(stage);
      const handle = stage.system.client.workflow.getHandle(userWorkflowId(organization, user), runId);
      const history = JSON.stringify(JSON.parse(historyToJSON(await handle.fetchHistory())), scrub, 1);
      await writeFile(join(folder, `${name}.json`), `${history}\n`);
    });
  });
}

describe("recorded histories", () => {
  it("there is one of every shape", async () => {
    const files = (await readdir(folder)).filter((name) => name.endsWith(".json"));
    expect(files.sort()).toEqual(
      Object.keys(scenarios)
        .map((name) => `${name}.json`)
        .sort(),
    );
  });

  it.each(Object.keys(scenarios))("%s replays with today's code", async (name) => {
    const history: unknown = JSON.parse(await readFile(join(folder, `${name}.json`), "utf8"));
    await Worker.runReplayHistory({ workflowBundle: { codePath } }, history, name);
  });

  it("a history with another order of activities does not replay", async () => {
    const text = await readFile(join(folder, "two-connections.json"), "utf8");
    const changed: unknown = JSON.parse(text.replaceAll("settleAccount", "somethingElse"));
    await expect(
      Worker.runReplayHistory({ workflowBundle: { codePath } }, changed, "changed"),
    ).rejects.toMatchObject({
      name: "DeterminismViolationError",
    });
  });
});
