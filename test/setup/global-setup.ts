import { mkdir } from "node:fs/promises";
import { ensureSearchAttributes, searchAttributes } from "../../src/temporal/search-attributes.js";
import { connectClient, localTarget } from "../../src/temporal/connect.js";
import { startDevelopmentServer } from "../../src/temporal/development-server.js";
import { onFreePort } from "./free-port.js";
import { makePgliteDump } from "./pglite-dump.js";
import { startPostgres } from "./postgres-server.js";
import { makePostgresTemplate } from "./postgres-template.js";
import { locateTimeSkippingServer } from "./time-skipping-server.js";
import { makeWorkflowBundle } from "./workflow-bundle.js";

/** Where what does not change between runs is kept. */
const cache = "node_modules/.cache/test";

type Stop = () => Promise<void>;

/**
 * Starts what tests share and hands it over in variables:
 *
 * - `TEST_TEMPORAL_ADDRESS`: a development server in memory; given from outside, none is started
 * - `TEST_WORKFLOW_BUNDLE`: file with the workflows
 * - `TEST_TIME_SKIPPING_BINARY`: the time-skipping server, or `TEST_TIME_SKIPPING_REASON` why there is none
 * - `TEST_DATABASE_URL`: a PostgreSQL whose user may create databases, with a migrated template; given from
 *   outside, none is started
 * - `TEST_PGLITE_DUMP`: file with a migrated PGlite
 *
 * @returns what ends it all. Everything started is tied to this process, so a crash leaves nothing running.
 */
export async function setup(): Promise<Stop> {
  await mkdir(cache, { recursive: true });
  const stops: Stop[] = [];
  const stopAll: Stop = async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
  const parts = {
    temporal: temporal(stops),
    postgres: postgres(stops),
    bundle: handOver("TEST_WORKFLOW_BUNDLE", makeWorkflowBundle(cache)),
    dump: handOver("TEST_PGLITE_DUMP", makePgliteDump(cache)),
    timeSkipping: timeSkipping(),
  };
  const results = await Promise.allSettled(Object.entries(parts).map(([name, part]) => measured(name, part)));
  const failure = results.find((result) => result.status === "rejected");
  if (failure === undefined) return stopAll;
  await stopAll();
  throw failure.reason;
}

async function temporal(stops: Stop[]): Promise<void> {
  const given = process.env["TEST_TEMPORAL_ADDRESS"] ?? "";
  if (given !== "") {
    const client = await connectClient(localTarget(given));
    await ensureSearchAttributes(client.connection, "default").finally(() => client.connection.close());
    return;
  }
  const server = await onFreePort((port) =>
    startDevelopmentServer({
      dataDirectory: null,
      port,
      uiPort: null,
      searchAttributes,
      // Low enough to reach in a test, far above what any other run needs.
      dynamicConfig: ["limit.historyCount.suggestContinueAsNew=150"],
    }),
  );
  stops.push(() => server.stop());
  process.env["TEST_TEMPORAL_ADDRESS"] = server.address;
}

async function postgres(stops: Stop[]): Promise<void> {
  if (!isGiven("TEST_DATABASE_URL")) {
    const server = await onFreePort(startPostgres);
    stops.push(() => server.stop());
    process.env["TEST_DATABASE_URL"] = server.url;
  }
  await makePostgresTemplate(process.env["TEST_DATABASE_URL"] ?? "");
}

async function timeSkipping(): Promise<void> {
  const located = await locateTimeSkippingServer();
  process.env[located.found ? "TEST_TIME_SKIPPING_BINARY" : "TEST_TIME_SKIPPING_REASON"] = located.found
    ? located.path
    : located.reason;
}

async function handOver(variable: string, value: Promise<string>): Promise<void> {
  process.env[variable] = await value;
}

function isGiven(variable: string): boolean {
  return (process.env[variable] ?? "") !== "";
}

async function measured(name: string, part: Promise<void>): Promise<void> {
  const started = performance.now();
  await part;
  if (isGiven("DEBUG_TEST_SETUP")) {
    process.stderr.write(`test setup: ${name} ${Math.round(performance.now() - started)} ms\n`);
  }
}
