import { setTimeout as sleep } from "node:timers/promises";

/** Resolves as soon as the condition holds; rejects when it does not within the time, in milliseconds. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`the condition did not hold within ${withinMs} ms`);
    await sleep(20);
  }
}
