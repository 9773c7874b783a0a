import { readFileSync } from "node:fs";

/** One measured batch. */
export interface Measurement {
  readonly events: number;
  readonly seconds: number;
  /** CPU of this process (workers, dispatcher, store client), in milliseconds per event. */
  readonly ownCpuMs: number;
  /** CPU of the Temporal server, in milliseconds per event; NaN where /proc is missing. */
  readonly serverCpuMs: number;
}

const ticksPerSecond = 100;

const cpuSeconds = (pid: number): number => {
  try {
    const fields =
      readFileSync(`/proc/${String(pid)}/stat`, "utf8")
        .split(") ")[1]
        ?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return Number.NaN;
  }
};

/** Runs a batch and measures it, completion-driven: `work` resolves when the last event has reached the target. */
export async function measure(
  events: number,
  serverPid: number,
  work: () => Promise<void>,
): Promise<Measurement> {
  const own = process.cpuUsage();
  const server = cpuSeconds(serverPid);
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1_000;
  const used = process.cpuUsage(own);
  return {
    events,
    seconds,
    ownCpuMs: (used.user + used.system) / 1_000 / events,
    serverCpuMs: ((cpuSeconds(serverPid) - server) * 1_000) / events,
  };
}

/** The middle of some numbers; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
