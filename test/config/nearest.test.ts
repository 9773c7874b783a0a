import { describe, expect, it } from "@jest/globals";
import { nearest } from "../../src/config/nearest.js";

describe("nearest", () => {
  const keys = ["groupFilter", "guard", "adopt", "retry"];

  it.each([
    ["groupFiler", "groupFilter"],
    ["GROUPFILTER", "groupFilter"],
    ["gaurd", "guard"],
    ["adpot", "adopt"],
    ["colour", null],
    ["x", null],
    ["", null],
  ])("of %j is %j", (word, expected) => {
    expect(nearest(word, keys)).toBe(expected);
  });

  it("is nothing where there are no candidates, and does not labour over long texts", () => {
    expect(nearest("guard", [])).toBeNull();
    expect(nearest("g".repeat(100_000), keys)).toBeNull();
  });
});
