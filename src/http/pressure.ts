import { getHeapStatistics } from "node:v8";
import type { FastifyUnderPressureOptions } from "@fastify/under-pressure";
import type { FastifyRequest } from "fastify";
import { HttpProblem } from "./problem.js";

const maxEventLoopDelay = 5_000;
const heapShare = 0.9;

/**
 * Refuses a request that the process has no time or memory for, with `overloaded`; never `/healthz`, since a busy
 * process must not be killed for being busy.
 *
 * @param value what was measured; infinite when one long task left no time to measure, which is no overload: the
 * embedded database works in this thread.
 */
export async function refuseUnderPressure(
  request: Pick<FastifyRequest, "routeOptions">,
  _reply: unknown,
  _type: string,
  value: number | undefined,
): Promise<void> {
  await Promise.resolve();
  if (value === Number.POSITIVE_INFINITY || request.routeOptions.url === "/healthz") return;
  throw new HttpProblem("overloaded", { detail: "nothing was stored: try again in a few seconds" });
}

/** When requests are refused: the event loop lags by seconds, or the heap is nearly full. */
export function pressureLimits(): FastifyUnderPressureOptions {
  return {
    maxEventLoopDelay,
    maxHeapUsedBytes: getHeapStatistics().heap_size_limit * heapShare,
    pressureHandler: refuseUnderPressure,
  };
}
