/** Work that repeats until it is stopped. */
export interface Repeated {
  /** Ends after the pass under way. */
  stop(): Promise<void>;
}

/** How {@link startRepeating} runs. */
export interface RepeatOptions {
  /** Pause between two passes, in milliseconds. */
  readonly everyMs: number;
  readonly work: () => Promise<void>;
  /** Told of a pass that failed; the next one follows all the same. */
  readonly onError: (error: unknown) => void;
}

const pause = (milliseconds: number, stopped: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stopped.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    stopped.addEventListener("abort", end);
    if (stopped.aborted) end();
  });

/** Repeats a pass of work, one at a time, the first at once. */
export function startRepeating(options: RepeatOptions): Repeated {
  const stopped = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await options.work().catch(options.onError);
      await pause(options.everyMs, stopped.signal);
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}
