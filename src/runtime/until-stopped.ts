/** Resolves with the signal that asks the process to end: Ctrl-C, or a supervisor's SIGTERM. */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => {
        resolve(signal);
      });
  });
}
