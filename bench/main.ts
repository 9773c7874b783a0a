import { spawn } from "node:child_process";
import { once } from "node:events";
import { execFileSync } from "node:child_process";
import { createInterface } from "node:readline";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Client } from "@temporalio/client";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { Client as PgClient } from "pg";
import { pino } from "pino";
import { createSecretResolver } from "../src/config/secrets.js";
import type { DirectoryEvent } from "../src/domain/directory-event.js";
import { startDispatcher } from "../src/feeds/dispatcher.js";
import { parseWithConnectors } from "../src/runtime/configuration-file.js";
import { createMetrics } from "../src/runtime/metrics.js";
import { temporalRuns } from "../src/runtime/temporal-runs.js";
import { storeRevision } from "../src/store/configurations.js";
import { openPostgres } from "../src/store/database.js";
import { acceptEvents } from "../src/store/directory.js";
import { migrateToLatest } from "../src/store/migrate.js";
import type { Db } from "../src/store/schema.js";
import { connectClient, localTarget } from "../src/temporal/connect.js";
import { startDevelopmentServer } from "../src/temporal/development-server.js";
import { searchAttributes } from "../src/temporal/search-attributes.js";
import { startWorkers } from "../src/worker.js";
import { userWorkflowId } from "../src/workflows/contract.js";
import { onFreePort } from "../test/setup/free-port.js";
import { startPostgres } from "../test/setup/postgres-server.js";
import { scimConfiguration } from "../test/support/configuration.js";
import { userEvent } from "../test/support/events.js";
import { floorActivities } from "./floor-activities.js";
import type { Measurement } from "./measure.js";
import { measure, median } from "./measure.js";
import { Signals } from "./signals.js";

const eventsPerRound = Number(process.env["BENCH_EVENTS"] ?? 300);
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 3);
const atOnce = 50;
const shapes = [1, 3];

interface Bench {
  readonly signals: Signals;
  readonly client: Client;
  readonly db: Db;
  readonly serverPid: number;
  readonly targetUrl: string;
}

const startTarget = async (): Promise<string> => {
  const file = fileURLToPath(new URL("target.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", file], { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return `http://127.0.0.1:${port}`;
};

const pidOnPort = (address: string): number => {
  try {
    const port = address.split(":")[1] ?? "";
    return Number(
      execFileSync("pgrep", ["-f", `^[^ ]*temporal[^ ]* server start-dev.*--port ${port}`], {
        encoding: "utf8",
      })
        .trim()
        .split("\n")
        .at(-1),
    );
  } catch {
    return Number.NaN;
  }
};

const ids = (count: number): readonly string[] => Array.from({ length: count }, () => randomUUID());

/** Runs `work` for every item, `atOnce` at a time. */
const pooled = async <T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> => {
  const queue = [...items];
  const lane = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
};

const floorRound = (bench: Bench, connections: number): Promise<Measurement> => {
  const queues = Array.from({ length: connections }, (_, at) => `floor-${String(at)}`);
  return measure(eventsPerRound, bench.serverPid, () =>
    pooled(ids(eventsPerRound), (id) =>
      bench.client.workflow.execute("floor", {
        workflowId: `floor/${id}`,
        taskQueue: "floor",
        args: [{ id, queues }],
      }),
    ),
  );
};

const organization = (connections: number): string => `bench-${String(connections)}`;

const ourRound = async (bench: Bench, connections: number, histories: number[]): Promise<Measurement> => {
  let keys: readonly string[] = [];
  const measured = await measure(eventsPerRound, bench.serverPid, async () => {
    const events: DirectoryEvent[] = ids(eventsPerRound).map((id) =>
      userEvent(id, { registers: { userName: id, "name/givenName": "Ada", title: "Engineer" } }),
    );
    const accepted = await acceptEvents(bench.db, organization(connections), "hr", events);
    keys = accepted.flatMap((result) => (result.status === "rejected" ? [] : [result.key]));
    await pooled(keys, async (key) => {
      await bench.signals.signalled(key);
      await bench.client.workflow.getHandle(userWorkflowId(organization(connections), key)).result();
    });
  });
  for (const key of keys.slice(0, 20)) {
    const history = await bench.client.workflow
      .getHandle(userWorkflowId(organization(connections), key))
      .fetchHistory();
    histories.push(history.events?.length ?? 0);
  }
  return measured;
};

const row = (name: string, all: readonly Measurement[]): Record<string, string> => ({
  shape: name,
  "events/s": median(all.map((one) => one.events / one.seconds)).toFixed(1),
  "own CPU ms/event": median(all.map((one) => one.ownCpuMs)).toFixed(1),
  "server CPU ms/event": median(all.map((one) => one.serverCpuMs)).toFixed(1),
});

const startFloor = async (bench: Bench, connection: NativeConnection): Promise<readonly Worker[]> => {
  const activities = floorActivities(bench.targetUrl);
  const workflows = await Worker.create({
    connection,
    taskQueue: "floor",
    workflowsPath: fileURLToPath(new URL("floor-workflow.ts", import.meta.url)),
    activities: { nothing: activities.nothing },
    maxCachedWorkflows: 400,
    workflowTaskPollerBehavior: { type: "simple-maximum", maximum: 4 },
  });
  const perQueue = await Promise.all(
    [0, 1, 2].map((at) =>
      Worker.create({
        connection,
        taskQueue: `floor-${String(at)}`,
        activities: { post: activities.post },
        maxConcurrentActivityTaskExecutions: 4,
        activityTaskPollerBehavior: { type: "simple-maximum", maximum: 2 },
      }),
    ),
  );
  return [workflows, ...perQueue];
};

const configure = async (bench: Bench, connections: number): Promise<void> => {
  const targets = Array.from({ length: connections }, (_, at) => ({
    id: `t${String(at)}`,
    url: `${bench.targetUrl}/t${String(at)}`,
  }));
  const text = scimConfiguration(targets).replace(
    "organization: acme",
    `organization: ${organization(connections)}`,
  );
  const parsed = parseWithConnectors(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  await storeRevision(bench.db, {
    configuration: parsed.configuration,
    text,
    hash: text,
    origin: "api",
    author: "bench",
  });
};

const compare = async (bench: Bench, connections: number): Promise<Record<string, string>[]> => {
  const floors: Measurement[] = [];
  const ours: Measurement[] = [];
  const histories: number[] = [];
  await floorRound(bench, connections);
  await ourRound(bench, connections, []);
  for (let round = 0; round < rounds; round += 1) {
    // Turned round each time, so that a server that slows down favours neither.
    const pair = [
      () => floorRound(bench, connections).then((one) => floors.push(one)),
      () => ourRound(bench, connections, histories).then((one) => ours.push(one)),
    ];
    for (const one of round % 2 === 0 ? pair : pair.toReversed()) await one();
  }
  const ratios = ours.map((one, at) => (floors[at]?.seconds ?? Number.NaN) / one.seconds);
  const name = `${String(connections)} connection${connections > 1 ? "s" : ""}`;
  return [
    row(`floor, ${name}`, floors),
    {
      ...row(`outbound, ${name}`, ours),
      "ratio to floor": median(ratios).toFixed(2),
      "history events": String(median(histories)),
    },
  ];
};

const main = async (): Promise<void> => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  const postgres = await onFreePort((port) => startPostgres(port));
  const admin = new PgClient({ connectionString: postgres.url });
  await admin.connect();
  await admin.query("create database outbound_bench");
  await admin.end();
  const url = new URL(postgres.url);
  url.pathname = "/outbound_bench";
  const db = openPostgres(url.href, 20);
  await migrateToLatest(db);
  const server = await onFreePort((port) =>
    startDevelopmentServer({ dataDirectory: null, port, uiPort: null, searchAttributes }),
  );
  const temporal = localTarget(server.address);
  const client = await connectClient(temporal);
  const bench: Bench = {
    signals: new Signals(),
    client,
    db,
    serverPid: pidOnPort(server.address),
    targetUrl: await startTarget(),
  };
  for (const connections of shapes) await configure(bench, connections);
  const connection = await NativeConnection.connect({ address: server.address });
  const floor = await startFloor(bench, connection);
  const floorEnded = Promise.all(floor.map((worker) => worker.run()));
  const secrets = createSecretResolver({ env: { TARGET_TOKEN: "bench", FEED_TOKEN: "bench" } });
  const workers = await startWorkers({
    db,
    temporal,
    secrets,
    logger: pino({ level: "silent" }),
    metrics: createMetrics(),
  });
  const runs = temporalRuns(client);
  const dispatcher = startDispatcher({
    db,
    signalUser: async (one) => {
      await runs.signalUser(one);
      bench.signals.mark(one.key);
    },
    onError: console.error,
    pollMs: 20,
  });
  const rows: Record<string, string>[] = [];
  for (const connections of shapes) rows.push(...(await compare(bench, connections)));
  console.log(
    `${String(eventsPerRound)} distinct users, one event each, ${String(atOnce)} at once, median of ${String(rounds)} rounds`,
  );
  console.table(rows);
  await dispatcher.stop();
  await workers.stop();
  for (const worker of floor) worker.shutdown();
  await floorEnded;
  await connection.close();
  await client.connection.close();
  await db.destroy();
  await postgres.stop();
  await server.stop();
  process.exit(0);
};

await main();
