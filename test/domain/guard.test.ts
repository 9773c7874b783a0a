import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { guardAllowance, mustHold } from "../../src/domain/guard.js";

const limits = { free: 5, percent: 10, ceiling: 200, windowMs: 3_600_000 };

describe("guardAllowance", () => {
  it.each([
    [0, 5],
    [10, 5],
    [50, 5],
    [59, 5],
    [60, 6],
    [1_999, 199],
    [2_000, 200],
    [100_000, 200],
  ])("statement 16: of %i linked accounts lets %i go in a window", (linked, allowed) => {
    expect(guardAllowance(limits, linked)).toBe(allowed);
  });

  it("never exceeds the ceiling, even by free removals", () => {
    expect(guardAllowance({ ...limits, free: 500 }, 10)).toBe(200);
    expect(guardAllowance({ ...limits, ceiling: 0 }, 10_000)).toBe(0);
  });

  it("lets everybody go only where the configuration says a hundred percent", () => {
    const open = { ...limits, free: 0, percent: 100, ceiling: 1_000_000 };
    fc.assert(fc.property(fc.nat(100_000), (linked) => guardAllowance(open, linked) === linked));
  });
});

describe("mustHold", () => {
  it("lets the last allowed removal through and holds the next", () => {
    expect(mustHold(limits, 100, 9, false)).toBe(false);
    expect(mustHold(limits, 100, 10, false)).toBe(true);
  });

  it("holds everything once tripped, however few removals there were", () => {
    expect(mustHold(limits, 100, 0, true)).toBe(true);
  });

  it("lets exactly the allowance go in a window, for any limits", () => {
    const any = fc.record({
      free: fc.nat(20),
      percent: fc.integer({ min: 0, max: 100 }),
      ceiling: fc.nat(50),
      windowMs: fc.constant(1),
    });
    fc.assert(
      fc.property(any, fc.nat(500), (guard, linked) => {
        let gone = 0;
        while (!mustHold(guard, linked, gone, false)) gone += 1;
        expect(gone).toBe(guardAllowance(guard, linked));
      }),
    );
  });
});
