import { describe, expect, it } from "@jest/globals";
import { clock, clockAndDistance, duration } from "../../src/cli/times.js";

const now = Date.parse("2026-11-24T08:00:00.000Z");

describe("times", () => {
  it("are UTC to the second", () => {
    expect(clock("2026-11-24T08:00:01.999Z")).toBe("2026-11-24 08:00:01 UTC");
  });

  it.each([
    ["2026-11-24T08:00:00.400Z", "just now"],
    ["2026-11-24T07:59:01.000Z", "59 seconds ago"],
    ["2026-11-24T07:59:00.000Z", "1 minute ago"],
    ["2026-11-24T05:10:00.000Z", "3 hours ago"],
    ["2026-11-25T08:00:00.000Z", "in 1 day"],
    ["2026-12-24T08:00:00.000Z", "in 30 days"],
  ])("%s is %s", (iso, text) => {
    expect(clockAndDistance(iso, now)).toBe(`${clock(iso)} (${text})`);
  });

  it.each([
    [2_592_000_000, "30 days"],
    [86_400_000, "1 day"],
    [129_600_000, "36 hours"],
    [90_000, "90 seconds"],
    [1_400, "1 second"],
  ])("%d ms is %s", (lengthMs, text) => {
    expect(duration(lengthMs)).toBe(text);
  });
});
