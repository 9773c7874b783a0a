import { proxyActivities, proxyLocalActivities } from "@temporalio/workflow";
import type { FloorActivities } from "./floor-activities.js";

const local = proxyLocalActivities<FloorActivities>({ startToCloseTimeout: "5s" });

/** The floor: one local no-op, then as many activities as connections, each making one HTTP call. */
export async function floor(input: {
  readonly id: string;
  readonly queues: readonly string[];
}): Promise<void> {
  await local.nothing();
  await Promise.all(
    input.queues.map((taskQueue) =>
      proxyActivities<FloorActivities>({ taskQueue, startToCloseTimeout: "35s" }).post(input.id),
    ),
  );
}
