import { performance } from "node:perf_hooks";
import type { CallContext } from "../../src/connectors/connector.js";

/** A context whose deadline lies this many milliseconds ahead; 10 s by default. */
export function callContext(withinMs = 10_000): CallContext {
  const deadline = performance.now() + withinMs;
  return {
    remainingMs: () => Math.max(0, deadline - performance.now()),
    signal: AbortSignal.timeout(Math.max(0, withinMs)),
  };
}
