import { setTimeout as sleep } from "node:timers/promises";
import type { EventQuery, EventStatus } from "../store/event-status.js";
import { readEventStatus } from "../store/event-status.js";
import type { Db } from "../store/schema.js";

const shortestMs = 100;
const longestMs = 500;

/**
 * Waits until what an event changed has been settled, or `signal` fires, by asking the store again and again.
 *
 * @returns the event's status as last read.
 */
export async function awaitSettled(
  db: Db,
  query: EventQuery & { readonly source: string },
  signal: AbortSignal,
): Promise<EventStatus> {
  for (let pauseMs = shortestMs; ; pauseMs = Math.min(longestMs, pauseMs * 1.5)) {
    const [status] = await readEventStatus(db, query);
    if (status === undefined) throw new Error("an event that was stored has no row");
    if (status.settled || signal.aborted) return status;
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
