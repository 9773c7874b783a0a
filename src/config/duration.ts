import { parse } from "tinyduration";

/** The spelling that is accepted: ISO 8601 without years and months, whose length nobody can tell. */
export const durationPattern =
  /^P(?!$)(?:\d+(?:[.,]\d+)?W)?(?:\d+(?:[.,]\d+)?D)?(?:T(?!$)(?:\d+(?:[.,]\d+)?H)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?S)?)?$/;

const second = 1_000;
const day = 86_400 * second;

/** The longest duration that a configuration may name: ten years of 365 days. */
export const longestDurationMs = 3_650 * day;

/**
 * Reads an ISO 8601 duration (`PT1H`, `P30D`).
 *
 * @returns milliseconds, more than 0 and at most {@link longestDurationMs}; null when the text is not such a duration.
 */
export function parseDuration(text: string): number | null {
  if (!durationPattern.test(text)) return null;
  const { weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 } = parse(text);
  const ms = (weeks * 7 + days) * day + ((hours * 60 + minutes) * 60 + seconds) * second;
  return Number.isInteger(ms) && ms > 0 && ms <= longestDurationMs ? ms : null;
}
