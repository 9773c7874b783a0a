import { beforeAll, expect, test } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { faults } from "../../scripts/crash-run/report.js";
import { crashRun } from "../../scripts/crash-run/run.js";

beforeAll(() => {
  execFileSync(process.execPath, ["scripts/build-if-stale.mjs"], { stdio: "ignore" });
}, 180_000);

test("every account equals the oracle after two kills of the whole process in the middle of its work", async () => {
  const report = await crashRun({
    seed: 20_261_124,
    users: 25,
    eventsPerUser: 5,
    kills: 2,
    openMin: 8,
    delayMs: [150, 350],
    limitMs: 280_000,
    keep: false,
    say: () => undefined,
  });
  expect(faults(report)).toEqual([]);
  expect(report.kills.filter((kill) => kill.counts)).toHaveLength(2);
  expect(report.comparisons.map((one) => one.expected).every((count) => count > 0)).toBe(true);
}, 300_000);
