import { describe, expect, it } from "@jest/globals";
import { longestDurationMs, parseDuration } from "../../src/config/duration.js";

describe("parseDuration", () => {
  it.each([
    ["PT1S", 1_000],
    ["PT0.5S", 500],
    ["PT1H30M", 5_400_000],
    ["P30D", 2_592_000_000],
    ["P1W", 604_800_000],
    ["P1DT1H", 90_000_000],
    ["P3650D", longestDurationMs],
  ])("reads %s", (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each([
    ["", "nothing"],
    ["P", "no part"],
    ["PT", "no part"],
    ["P1Y", "years"],
    ["P1M", "months"],
    ["PT0S", "zero"],
    ["-PT1H", "less than zero"],
    ["PT-1H", "less than zero"],
    ["P3651D", "too long"],
    ["P99999999999999999999D", "too long"],
    ["1h", "another spelling"],
    ["xPT1H", "something before"],
    ["PT1Hx", "something after"],
    ["PT1H\n", "a line break"],
    ["PT0.0001S", "less than a millisecond"],
  ])("refuses %j: %s", (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
