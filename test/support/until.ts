import { setTimeout as sleep } from "node:timers/promises";

/** Waits until a condition holds, looking every 25 ms; rejects after `maxMs` with what was awaited. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  maxMs = 30_000,
  awaited = "a condition",
): Promise<void> {
  const deadline = performance.now() + maxMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${String(maxMs)} ms for ${awaited}`);
    await sleep(25);
  }
}
