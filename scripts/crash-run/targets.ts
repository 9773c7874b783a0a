import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { TargetAnswers, TargetQuestion, TargetReply } from "./target-call.js";

/** The running targets of a crash run. */
export interface Targets {
  ask<About extends keyof TargetAnswers>(about: About): Promise<TargetAnswers[About]>;
  /** From now on calls take `factor` times as long as they were started with. */
  slowDown(factor: number): Promise<void>;
  stop(): Promise<void>;
}

/** How targets are started. */
export interface TargetOptions {
  readonly connections: readonly string[];
  readonly token: string;
  /** Shortest and longest time that a call takes, in milliseconds. */
  readonly delayMs: readonly [number, number];
}

/** Starts one demo target for each connection, all in one process of their own. Rejects when it ends by itself. */
export function startTargets(options: TargetOptions): Targets {
  const child = fork(
    fileURLToPath(new URL("./target-process.ts", import.meta.url)),
    [...options.connections],
    {
      execArgv: ["--import", "tsx"],
      env: {
        ...process.env,
        NODE_OPTIONS: "",
        CRASH_TARGET_TOKEN: options.token,
        CRASH_TARGET_DELAY: options.delayMs.join("-"),
      },
    },
  );
  const waiting = new Map<number, (answer: TargetReply["answer"]) => void>();
  child.on("message", ({ number, answer }: TargetReply) => {
    waiting.get(number)?.(answer);
    waiting.delete(number);
  });
  const ended = once(child, "exit");
  let asked = 0;
  const put = async <About extends keyof TargetAnswers>(
    question: Omit<TargetQuestion, "number"> & { readonly about: About },
  ): Promise<TargetAnswers[About]> => {
    const number = ++asked;
    const answered = new Promise<TargetReply["answer"]>((resolve) => waiting.set(number, resolve));
    child.send({ ...question, number } satisfies TargetQuestion);
    const died = ended.then(() => Promise.reject(new Error("the targets' process has ended")));
    return (await Promise.race([answered, died])) as TargetAnswers[About];
  };
  return {
    ask: (about) => put({ about }),
    slowDown: async (factor) => {
      await put({ about: "inFlight", slowdown: factor });
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
