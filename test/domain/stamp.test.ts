import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  clockToleranceMs,
  compareStamps,
  isAfter,
  laterStamp,
  makeStamp,
  reaches,
} from "../../src/domain/stamp.js";

const now = Date.UTC(2026, 10, 24, 8);
const stampOf = (occurredAt: number, sequence: number, eventId: string): string =>
  makeStamp({ occurredAt, receivedAt: now, sequence, eventId }).stamp;

describe("makeStamp", () => {
  it("takes the event's time as it is up to five minutes after its arrival", () => {
    expect(clockToleranceMs).toBe(300_000);
    const parts = { receivedAt: now, sequence: 0, eventId: "e" };
    const edge = makeStamp({ ...parts, occurredAt: now + 300_000 });
    const beyond = makeStamp({ ...parts, occurredAt: now + 300_001 });
    expect([edge.clamped, beyond.clamped]).toEqual([false, true]);
    expect(beyond.stamp).toBe(edge.stamp);
  });

  it("lets a clock that runs ahead by a year win for five minutes at most", () => {
    const ahead = makeStamp({
      occurredAt: now + 365 * 86_400_000,
      receivedAt: now,
      sequence: 0,
      eventId: "ahead",
    });
    const later = now + 300_001;
    const honest = makeStamp({ occurredAt: later, receivedAt: later, sequence: 0, eventId: "honest" });
    expect(compareStamps(honest.stamp, ahead.stamp)).toBeGreaterThan(0);
  });

  it("takes any time of the past", () => {
    const old = makeStamp({ occurredAt: 1, receivedAt: now, sequence: 0, eventId: "e" });
    expect(old.clamped).toBe(false);
    expect(compareStamps(old.stamp, stampOf(2, 0, "e"))).toBeLessThan(0);
  });
});

describe("compareStamps", () => {
  it("orders by time first, by number and not by digits", () => {
    expect(compareStamps(stampOf(9, 9, "z"), stampOf(10, 0, "a"))).toBeLessThan(0);
  });

  it("orders equal times by sequence, by number and not by digits", () => {
    expect(compareStamps(stampOf(5, 9, "z"), stampOf(5, 10, "a"))).toBeLessThan(0);
  });

  it("orders equal times and sequences by event id", () => {
    expect(compareStamps(stampOf(5, 1, "a"), stampOf(5, 1, "b"))).toBeLessThan(0);
    expect(compareStamps(stampOf(5, 1, "a"), stampOf(5, 1, "aa"))).toBeLessThan(0);
    expect(compareStamps(stampOf(5, 1, "a"), stampOf(5, 1, "a"))).toBe(0);
  });

  it("orders ids by code point, so that an emoji comes after every character of the basic plane", () => {
    expect(["\uffee", "😀"].sort()).toEqual(["😀", "\uffee"]);
    expect(compareStamps(stampOf(5, 1, "😀"), stampOf(5, 1, "\uffee"))).toBeGreaterThan(0);
  });

  it("agrees with the database's order of UTF-8 bytes for any ids", () => {
    const ids = fc.string({ unit: "binary", maxLength: 6 });
    fc.assert(
      fc.property(ids, ids, (left, right) => {
        const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
        expect(Math.sign(compareStamps(stampOf(5, 1, left), stampOf(5, 1, right)))).toBe(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with comparing time, then sequence, then id", () => {
    const parts = fc.tuple(fc.nat(now), fc.nat(Number.MAX_SAFE_INTEGER), fc.constantFrom("a", "b"));
    fc.assert(
      fc.property(parts, parts, (left, right) => {
        const [time, sequence] = [left[0] - right[0], left[1] - right[1]];
        const id = left[2] < right[2] ? -1 : left[2] > right[2] ? 1 : 0;
        expect(Math.sign(compareStamps(stampOf(...left), stampOf(...right)))).toBe(
          Math.sign(time || sequence || id),
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe("floors", () => {
  it("let through what stands on them, and everything when there is none", () => {
    expect([reaches("2", "1"), reaches("1", "1"), reaches("0", "1"), reaches("0", null)]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect([isAfter("2", "1"), isAfter("1", "1"), isAfter("0", "1"), isAfter("0", null)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it("rise to the later of two, where none is before everything", () => {
    expect(laterStamp<string | null>(null, "1")).toBe("1");
    expect(laterStamp<string | null>("1", null)).toBe("1");
    expect(laterStamp("1", "2")).toBe("2");
    expect(laterStamp("2", "1")).toBe("2");
  });
});
