import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runNames } from "./configuration.js";

/** How long a start may take until it is ready, in milliseconds. */
const readyMaxMs = 120_000;

/** Tokens of a run. */
export interface RunTokens {
  readonly admin: string;
  readonly feed: string;
  readonly target: string;
}

/** The all-in-one process of a run, which can be killed and started again on the same data. */
export interface KillableSystem {
  readonly url: string;
  /** Directory of the embedded database. */
  readonly databaseDirectory: string;
  /** Starts the process; resolves when it is ready. */
  start(): Promise<void>;
  /** Sends SIGKILL; resolves with the moment (epoch milliseconds) when the process is gone. */
  kill(): Promise<number>;
  /** Asks the process to end, and waits for it. */
  stop(): Promise<void>;
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

const environment = async (
  directory: string,
  port: number,
  tokens: RunTokens,
): Promise<NodeJS.ProcessEnv> => {
  const { PATH, HOME, XDG_CACHE_HOME, TEMPORAL_CLI } = process.env;
  return {
    ...Object.fromEntries(
      Object.entries({ PATH, HOME, XDG_CACHE_HOME, TEMPORAL_CLI }).filter(([, value]) => value !== undefined),
    ),
    OUTBOUND_DATA_DIR: join(directory, "data"),
    OUTBOUND_PORT: String(port),
    OUTBOUND_METRICS_PORT: String(await freePort()),
    OUTBOUND_TEMPORAL_PORT: String(await freePort()),
    OUTBOUND_TEMPORAL_UI_PORT: String(await freePort()),
    OUTBOUND_ADMIN_TOKEN: tokens.admin,
    [runNames.feedTokenVariable]: tokens.feed,
    [runNames.targetTokenVariable]: tokens.target,
  };
};

const isReady = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
};

const untilReady = async (url: string, child: ChildProcess): Promise<void> => {
  const deadline = Date.now() + readyMaxMs;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`outbound ended with ${child.exitCode ?? child.signalCode} before it was ready`);
    if (Date.now() > deadline) throw new Error(`outbound was not ready after ${readyMaxMs / 1_000} s`);
    await sleep(100);
  }
};

/**
 * Prepares the all-in-one process: data, configuration and log (`system.log`) in `directory`, free ports. The built
 * program is run (`dist/`).
 */
export async function killableSystem(directory: string, tokens: RunTokens): Promise<KillableSystem> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = await environment(directory, port, tokens);
  const config = join(directory, "outbound.json");
  let child: ChildProcess | null = null;
  // Whatever ends this process must not leave the other one behind.
  process.on("exit", () => child?.kill("SIGKILL"));
  const end = async (signal: NodeJS.Signals): Promise<number> => {
    const running = child;
    child = null;
    if (running === null) return Date.now();
    if (running.exitCode !== null || running.signalCode !== null) return Date.now();
    const exited = once(running, "exit");
    running.kill(signal);
    const at = Date.now();
    await exited;
    return at;
  };
  return {
    url,
    databaseDirectory: join(directory, "data", "postgres"),
    start: async () => {
      const log = openSync(join(directory, "system.log"), "a");
      const args = ["--enable-source-maps", resolve("dist/cli/main.js"), "up", "--config", config];
      child = spawn(process.execPath, args, { env, cwd: directory, stdio: ["ignore", log, log] });
      closeSync(log);
      await untilReady(url, child);
    },
    kill: () => end("SIGKILL"),
    stop: async () => {
      await end("SIGTERM");
    },
  };
}
