import { z } from "zod";
import type { EventProblem } from "./event-problem.js";
import { eventProblem } from "./event-problem.js";

const rfc3339 = z.iso.datetime({ offset: true });

/**
 * When an event happened, in epoch milliseconds: its `time`, or `receivedAt` where it gives none. A time that is
 * no RFC 3339 time of a real day, or before 1970, is a problem.
 */
export function eventTime(time: string | undefined, receivedAt: number): number | EventProblem {
  if (time === undefined) return receivedAt;
  const at = rfc3339.safeParse(time.toUpperCase()).success ? Date.parse(time.toUpperCase()) : Number.NaN;
  if (Number.isNaN(at))
    return eventProblem(
      "invalid_time",
      ["time"],
      "must be a time as RFC 3339 writes it, such as 2026-11-24T08:00:00.120Z",
    );
  if (at < 0) return eventProblem("invalid_time", ["time"], "must not be before 1970");
  return at;
}
