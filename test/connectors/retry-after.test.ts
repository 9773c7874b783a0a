import { describe, expect, it } from "@jest/globals";
import { retryAfterMs } from "../../src/connectors/retry-after.js";

const now = Date.parse("2026-11-24T08:00:00Z");

describe("Retry-After", () => {
  it.each([
    ["0", 0],
    ["7", 7000],
    [" 120 ", 120_000],
    ["Tue, 24 Nov 2026 08:01:30 GMT", 90_000],
  ])("understands %j", (field, wait) => {
    expect(retryAfterMs(field, now)).toBe(wait);
  });

  it.each(["3601", "99999999999999999999", "Wed, 25 Nov 2026 08:00:00 GMT"])(
    "cuts %j to one hour",
    (field) => {
      expect(retryAfterMs(field, now)).toBe(3_600_000);
    },
  );

  it.each([
    undefined,
    "",
    "-5",
    "1.5",
    "soon",
    "5 seconds",
    "NaN",
    "2026-11-24T09:00:00Z",
    "Tue, 24 Nov 2026 07:59:59 GMT",
    "Xxx, 24 Nov 2026 09:00:00 GMT",
    "Tue, 99 Abc 2026 09:00:00 GMT",
  ])("ignores %j, so that the caller's own back-off applies", (field) => {
    expect(retryAfterMs(field, now)).toBeUndefined();
  });
});
