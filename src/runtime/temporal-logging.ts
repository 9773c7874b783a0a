import { DefaultLogger, Runtime, makeTelemetryFilterString } from "@temporalio/worker";
import type { Logger } from "pino";

/** Fields of the SDK's log entries that are ids or codes; all others are left out. */
const allowed = [
  "workflowId",
  "workflowRunId",
  "workflowType",
  "activityId",
  "activityType",
  "attempt",
  "taskQueue",
  "namespace",
];

const idsOf = (meta: Readonly<Record<string | symbol, unknown>> | undefined): Record<string, unknown> =>
  Object.fromEntries(Object.entries(meta ?? {}).filter(([name]) => allowed.includes(name)));

/**
 * Sends what the Temporal SDK logs to the process's logger, once per process and before anything else of Temporal.
 * A failed attempt is not logged here: it is in the journal and in Temporal UI.
 */
export function installTemporalLogging(logger: Logger): void {
  Runtime.install({
    logger: new DefaultLogger("WARN", (entry) => {
      if (entry.message === "Activity failed" || entry.message.startsWith("No workflows registered")) return;
      const fields = idsOf(entry.meta);
      if (entry.level === "ERROR") logger.error(fields, entry.message);
      else logger.warn(fields, entry.message);
    }),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: "ERROR", other: "ERROR" }) } },
  });
}
