import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A process of its own that runs TypeScript modules of ours. */
export interface RunningProgram {
  readonly process: ChildProcess;
  /** The first line that it printed. */
  readonly firstLine: string;
  /** Ends it by SIGKILL, as a crash would, and resolves when it is gone. */
  crash(): Promise<void>;
}

/**
 * Runs statements in a Node process of its own until they have printed a line; it stays alive afterwards.
 * The statements may use top-level await and `load(path)`, which imports a module by its path from the root.
 */
export async function runProgram(statements: string): Promise<RunningProgram> {
  const root = new URL("../../", import.meta.url).href;
  const program = `
    const load = (path) => import(${JSON.stringify(root)} + path);
    setInterval(() => undefined, 1_000);
    ${statements}
  `;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const first = await Promise.race([once(child.stdout, "data"), ended.then(() => null)]);
  if (first === null) throw new Error("the program ended without a word");
  const crash = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  return { process: child, firstLine: String(first[0]).trim(), crash };
}
