import { mkdir } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Connection } from "@temporalio/client";
import { awaitFormerServer, forgetServer, rememberServer } from "./former-server.js";
import { locateCli } from "./locate-cli.js";
import type { SearchAttribute } from "./search-attributes.js";
import { TemporalServerError } from "./temporal-server-error.js";
import { type TiedChild, spawnTied } from "./tied-child.js";

const host = "127.0.0.1";

/** How long a server may take from start to its first answer, in milliseconds. */
const startMaxMs = 30_000;

/** How {@link startDevelopmentServer} runs the server. */
export interface DevelopmentServerOptions {
  /** Where the database file goes; made when missing. Null: in memory, gone with the server. */
  readonly dataDirectory: string | null;
  readonly port: number;
  /** Null: no UI. */
  readonly uiPort: number | null;
  readonly searchAttributes: readonly SearchAttribute[];
  /** Further server settings, `name=value` as the CLI takes them: tests lower limits by them. */
  readonly dynamicConfig?: readonly string[];
  readonly logLevel?: "debug" | "info" | "warn" | "error" | "never";
  /** Made when it is not `default`, which always is there. */
  readonly namespace?: string;
  /** Where `TEMPORAL_CLI`, `PATH` and the cache are looked up; by default the process's environment. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** A development server that answers. */
export interface DevelopmentServer {
  /** `host:port`, as `TEMPORAL_ADDRESS` has it. */
  readonly address: string;
  readonly uiUrl: string | null;
  /** Ends the server and resolves when it is gone; about a second with a database file. */
  stop(): Promise<void>;
  /** Resolves with the server's last words when it has ended, whether by {@link stop} or by itself. */
  readonly exited: Promise<string>;
}

/**
 * Starts `temporal server start-dev`, tied to this process: however we end, it ends too. One task queue partition
 * (low rate limits are kept evenly) and fairness on, as in production. Resolves when the namespace answers.
 *
 * A server that a crashed run left behind on the same data is waited for first.
 *
 * @throws TemporalServerError `cli_unavailable`, `port_taken`, `data_in_use` or `start_failed`. Nothing is left
 *   running then.
 */
export async function startDevelopmentServer(options: DevelopmentServerOptions): Promise<DevelopmentServer> {
  const { port, uiPort, namespace = "default" } = options;
  const environment = options.environment ?? process.env;
  const dataDirectory = options.dataDirectory === null ? null : resolve(options.dataDirectory);
  const databaseFile = dataDirectory === null ? null : join(dataDirectory, "temporal.db");
  const cli = await locateCli(environment);
  if (dataDirectory !== null && databaseFile !== null) {
    await mkdir(dataDirectory, { recursive: true });
    await awaitFormerServer(dataDirectory, databaseFile);
  }
  await assertFree(port, "OUTBOUND_TEMPORAL_PORT");
  if (uiPort !== null) await assertFree(uiPort, "OUTBOUND_TEMPORAL_UI_PORT");
  // What is in memory only needs no orderly end, which takes the server a second.
  const stopSignal = databaseFile === null ? "KILL" : "TERM";
  const child = await spawnTied(cli, serverArguments(options, databaseFile), { stopSignal, environment });
  const exited = child.exited.then(async () => {
    if (dataDirectory !== null) await forgetServer(dataDirectory);
    return child.output();
  });
  const address = `${host}:${port}`;
  try {
    if (dataDirectory !== null)
      await rememberServer(dataDirectory, { pid: child.pid, parent: process.pid, port });
    await untilAnswering(port, namespace, child);
  } catch (error) {
    await child.stop();
    throw error;
  }
  const stop = async (): Promise<void> => {
    await child.stop();
    await exited;
  };
  return { address, uiUrl: uiPort === null ? null : `http://${host}:${uiPort}`, stop, exited };
}

function serverArguments(options: DevelopmentServerOptions, databaseFile: string | null): string[] {
  const { port, uiPort, searchAttributes, logLevel = "error", namespace = "default" } = options;
  const settings = [
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
    "matching.enableFairness=true",
    ...(options.dynamicConfig ?? []),
  ];
  return [
    ...["server", "start-dev", "--ip", host, "--port", String(port), "--log-level", logLevel],
    ...(uiPort === null ? ["--headless"] : ["--ui-port", String(uiPort)]),
    ...(databaseFile === null ? [] : ["--db-filename", databaseFile]),
    ...(namespace === "default" ? [] : ["--namespace", namespace]),
    ...settings.flatMap((setting) => ["--dynamic-config-value", setting]),
    ...searchAttributes.flatMap(({ name, type }) => ["--search-attribute", `${name}=${type}`]),
  ];
}

/** Resolves when the port can be bound; the moment between this and the server's own attempt is covered by its exit. */
async function assertFree(port: number, variable: string): Promise<void> {
  const probe = createServer();
  await new Promise<void>((done, fail) => {
    probe.once("error", (cause: NodeJS.ErrnoException) => {
      const problem = cause.code === "EADDRINUSE" ? "is taken by another program" : "cannot be used";
      fail(portTaken(`Port ${port} ${problem} (${cause.code ?? cause.name}).`, variable, cause));
    });
    probe.listen({ port, host, exclusive: true }, done);
  });
  await new Promise((done) => probe.close(done));
}

function portTaken(problem: string, variable: string, cause?: unknown): TemporalServerError {
  const help = `Set ${variable} to a free port, or TEMPORAL_ADDRESS to use a server that already runs.`;
  return new TemporalServerError("port_taken", `${problem} ${help}`, { cause });
}

async function untilAnswering(port: number, namespace: string, child: TiedChild): Promise<void> {
  const address = `${host}:${port}`;
  const deadline = performance.now() + startMaxMs;
  while (!((await accepts(port)) && (await answers(address, namespace)))) {
    if (child.hasExited()) throw startFailure("ended before it answered", child.output());
    if (performance.now() > deadline)
      throw startFailure(`gave no answer in ${startMaxMs / 1_000} s`, child.output());
    await sleep(50);
  }
  // A stranger who took the port between our check and the server's attempt would answer in its place.
  if (child.hasExited()) throw startFailure("ended while it started", child.output());
}

/** Whether the port takes connections; asked first, since a call to a closed port is retried inside the client. */
async function accepts(port: number): Promise<boolean> {
  const socket = connect({ port, host });
  const open = await new Promise<boolean>((done) => {
    socket.once("connect", () => {
      done(true);
    });
    socket.once("error", () => {
      done(false);
    });
  });
  socket.destroy();
  return open;
}

async function answers(address: string, namespace: string): Promise<boolean> {
  const connection = Connection.lazy({ address });
  try {
    await connection.withDeadline(Date.now() + 1_000, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

function startFailure(problem: string, output: string): TemporalServerError {
  if (output.includes("address already in use")) {
    return portTaken(
      `A port of the Temporal server was taken while it started: ${output}.`,
      "OUTBOUND_TEMPORAL_PORT",
    );
  }
  return new TemporalServerError("start_failed", `The Temporal development server ${problem}: ${output}`);
}
