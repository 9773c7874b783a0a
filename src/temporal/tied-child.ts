import { type ChildProcess, spawn } from "node:child_process";

/** Signals that ask a tied child to end; KILL only for what keeps nothing on disk. */
export type StopSignal = "TERM" | "INT" | "QUIT" | "KILL";

/** How {@link spawnTied} runs a program. */
export interface TiedOptions {
  /** What the program gets when it must end. */
  readonly stopSignal: StopSignal;
  /** How long it may take to end before it gets KILL, in milliseconds, to the tenth of a second; by default 10 s. */
  readonly killAfterMs?: number;
  /** Working directory; by default ours. */
  readonly cwd?: string;
  /** Environment; by default ours. */
  readonly environment?: NodeJS.ProcessEnv;
  /** User and group to run as; only root may ask for it. */
  readonly uid?: number;
  readonly gid?: number;
}

/** A program that lives no longer than we do. */
export interface TiedChild {
  /** Process group of the program and its keeper, and the keeper's process id. */
  readonly pid: number;
  /** Resolves when the keeper has ended, hence the program too; never rejects. */
  readonly exited: Promise<void>;
  hasExited(): boolean;
  /** Ends the program and resolves when it is gone. May be called more than once. */
  stop(): Promise<void>;
  /** The end of what the program has written to stdout and stderr so far (at most 4,000 characters). */
  output(): string;
}

/**
 * The keeper: a shell that runs the program and reads the pipe from us. The pipe closes when we end, in whatever
 * way, and the keeper then ends the program; when the program ends by itself, the watch ends the keeper.
 * Works with dash, bash and busybox.
 */
const keeper = [
  "signal=$1; tries=$2; shift 2; exec 3<&0",
  '"$@" </dev/null 3<&- & pid=$!',
  "(while kill -0 $pid; do sleep 1; done; kill -TERM $$) </dev/null >/dev/null 2>&1 3<&- & watch=$!",
  "cat <&3 >/dev/null 2>&1",
  // From here on nobody reads our output any more where the parent is gone: a write must not stop the stopping.
  "exec >/dev/null 2>&1",
  "kill $watch; kill -$signal $pid",
  "while kill -0 $pid; do [ $tries = 0 ] && kill -KILL $pid; tries=$((tries - 1)); sleep 0.1; done",
].join("\n");

const outputMax = 4_000;

/**
 * Starts a program in a process group of its own, so that Ctrl-C reaches only us and we end it in our order.
 * Should we die, even by SIGKILL, the program is ended at once: no orphan is left.
 *
 * @returns as soon as the keeper runs, which does not mean that the program is ready; rejects when there is no
 *   POSIX shell.
 */
export async function spawnTied(
  command: string,
  parameters: readonly string[],
  options: TiedOptions,
): Promise<TiedChild> {
  const tries = String(Math.ceil((options.killAfterMs ?? 10_000) / 100));
  const child = spawn("sh", ["-c", keeper, "sh", options.stopSignal, tries, command, ...parameters], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    cwd: options.cwd,
    env: options.environment,
    uid: options.uid,
    gid: options.gid,
  });
  let ended = false;
  // "exit", not "close": a helper of the shell may keep the pipes open for a moment longer.
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => {
      ended = true;
      resolve();
    });
  });
  const output = tail(child);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const { pid, stdin } = child;
  if (pid === undefined) throw new Error("a process that was started has no id");
  // The keeper may end first; then closing the pipe is an EPIPE that says nothing new.
  stdin.on("error", () => undefined);
  const stop = (): Promise<void> => {
    stdin.end();
    return exited;
  };
  return { pid, exited, hasExited: () => ended, stop, output };
}

function tail(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(-outputMax);
    });
  }
  return () => text.trim();
}
