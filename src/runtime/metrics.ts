import { createServer } from "node:http";
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { ActivityMetrics } from "../activities/dependencies.js";
import type { OutboxDepth } from "../store/outbox.js";
import { StartupError } from "./startup-error.js";

/** The process's metrics. Labels are ids and codes, never users. */
export interface Metrics {
  readonly registry: Registry;
  readonly activities: ActivityMetrics;
  /** Says how to read the outbox's depth; it is read at each scrape. */
  readonly watchOutbox: (read: () => Promise<OutboxDepth>) => void;
  /** One signal that Temporal took, or did not. */
  signal(delivered: boolean): void;
}

const outboxGauges = (registry: Registry): Metrics["watchOutbox"] => {
  let readDepth: (() => Promise<OutboxDepth>) | null = null;
  const waiting = new Gauge({
    name: "outbound_outbox_waiting",
    help: "Rows in the outbox.",
    registers: [registry],
    collect: async () => {
      // A store that does not answer must not take the other metrics away.
      const depth = await readDepth?.().catch(() => null);
      if (!depth) return;
      waiting.set(depth.waiting);
      oldest.set(depth.oldestMs / 1_000);
    },
  });
  const oldest = new Gauge({
    name: "outbound_outbox_oldest_seconds",
    help: "Age of the oldest row.",
    registers: [registry],
  });
  return (read) => {
    readDepth = read;
  };
};

/** Makes the metrics of one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const attempts = new Counter({
    name: "outbound_attempts_total",
    help: "Attempts at accounts, by connection, outcome and error code.",
    labelNames: ["connection", "outcome", "code"],
    registers: [registry],
  });
  const duration = new Histogram({
    name: "outbound_attempt_seconds",
    help: "Time from claim to record, by connection.",
    labelNames: ["connection"],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 20, 30],
    registers: [registry],
  });
  const watchOutbox = outboxGauges(registry);
  const signals = new Counter({
    name: "outbound_signals_total",
    help: "Signals to Temporal, delivered or not.",
    labelNames: ["delivered"],
    registers: [registry],
  });
  return {
    registry,
    activities: {
      attempt: (labels, seconds) => {
        attempts.inc(labels);
        duration.observe({ connection: labels.connection }, seconds);
      },
    },
    watchOutbox,
    signal: (delivered) => {
      signals.inc({ delivered: String(delivered) });
    },
  };
}

/** A metrics endpoint that listens. */
export interface MetricsServer {
  close(): Promise<void>;
}

/** Serves `/metrics` for Prometheus. Rejects when the port is taken; the error names the variable. */
export async function serveMetrics(metrics: Metrics, host: string, port: number): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    metrics.registry.metrics().then(
      (text) => response.writeHead(200, { "content-type": metrics.registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await listen(server, host, port, "OUTBOUND_METRICS_PORT");
  return {
    close: () =>
      new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      ),
  };
}

const listen = (
  server: ReturnType<typeof createServer>,
  host: string,
  port: number,
  variable: string,
): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", (error) => {
      reject(
        new StartupError(
          "port_taken",
          `port ${String(port)} is taken; stop what uses it or set ${variable}`,
          { cause: error },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
