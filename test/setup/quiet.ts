import { DefaultLogger, Runtime, makeTelemetryFilterString } from "@temporalio/worker";

// Without `forward`: a runtime that forwards logs and never had a worker keeps Jest from exiting.
Runtime.install({
  logger: new DefaultLogger("ERROR"),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: "ERROR", other: "ERROR" }) } },
});
