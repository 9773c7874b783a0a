import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processGroup } from "./process-group.js";
import { TemporalServerError } from "./temporal-server-error.js";

/** How long a server whose parent has died gets to end by itself (it notices at once), in milliseconds. */
const patienceMs = 10_000;

/** How long it gets after being told to, in milliseconds. */
const graceMs = 5_000;

/** What is kept of a running server in the data directory. */
interface RunningServer {
  /** Process group, which is also the process id of the keeper. */
  readonly pid: number;
  /** The process that started it. */
  readonly parent: number;
  readonly port: number;
}

function statePath(dataDirectory: string): string {
  return join(dataDirectory, "temporal.json");
}

/** Records the server that now works on the data directory, so that the next start can tell it from a stranger. */
export async function rememberServer(dataDirectory: string, server: RunningServer): Promise<void> {
  await writeFile(statePath(dataDirectory), `${JSON.stringify(server)}\n`);
}

/** Forgets the server: it has ended. */
export async function forgetServer(dataDirectory: string): Promise<void> {
  await rm(statePath(dataDirectory), { force: true });
}

/**
 * Resolves when no server of a former run works on the data directory any more. One whose parent has died ends
 * by itself within a second or two; after 10 s it is told to, 5 s later it is killed, and one that has lost its
 * keeper is told to at once. Only processes of the recorded group whose command line names our database file
 * count: a process id that somebody else has by now does no harm.
 *
 * @throws TemporalServerError `data_in_use` when the process that started the recorded server still runs.
 */
export async function awaitFormerServer(dataDirectory: string, databaseFile: string): Promise<void> {
  const former = await recordedServer(dataDirectory);
  if (former === null) return;
  const started = performance.now();
  let toldAt: number | null = null;
  for (;;) {
    const group = await processGroup(former.pid);
    const alive = group.filter(
      (one) => one.command.includes("start-dev") && one.command.includes(databaseFile),
    );
    if (alive.length === 0) break;
    const keeper = alive.find((one) => one.pid === former.pid);
    if (keeper?.parent === former.parent) throw inUse(dataDirectory, former);
    const now = performance.now();
    if (toldAt === null && (keeper === undefined || now - started > patienceMs)) {
      signalGroup(former.pid, "SIGTERM");
      toldAt = now;
    }
    if (toldAt !== null && now - toldAt > graceMs) signalGroup(former.pid, "SIGKILL");
    await sleep(100);
  }
  await forgetServer(dataDirectory);
}

/** Null when there is none, or when what stands there is not ours: then there is nobody to wait for. */
async function recordedServer(dataDirectory: string): Promise<RunningServer | null> {
  try {
    const text = await readFile(statePath(dataDirectory), "utf8");
    const state = JSON.parse(text) as Partial<RunningServer>;
    const { pid, parent, port } = state;
    if (
      !Number.isInteger(pid) ||
      pid === undefined ||
      pid <= 1 ||
      parent === undefined ||
      port === undefined
    ) {
      return null;
    }
    return { pid, parent, port };
  } catch {
    return null;
  }
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // It has ended in this moment.
  }
}

function inUse(dataDirectory: string, server: RunningServer): TemporalServerError {
  const where = `process ${server.parent} (server on port ${server.port})`;
  return new TemporalServerError(
    "data_in_use",
    `The Temporal data in ${dataDirectory} is in use by ${where}. Stop it, or choose another OUTBOUND_DATA_DIR.`,
  );
}
