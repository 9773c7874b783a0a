import { describe, expect, it } from "@jest/globals";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import "./quiet.js";

const path = process.env["TEST_TIME_SKIPPING_BINARY"];
const reason = process.env["TEST_TIME_SKIPPING_REASON"] ?? "";

describe("the time-skipping server", () => {
  const title = "skips days in a moment";
  if (path === undefined) {
    it.skip(`${title} (there is none: ${reason})`, () => undefined);
    return;
  }
  it(title, async () => {
    const environment = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: "existing-path", path } },
    });
    try {
      const before = await environment.currentTimeMs();
      await environment.sleep("3 days");
      expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(3 * 86_400_000);
    } finally {
      await environment.teardown();
    }
  });
});
