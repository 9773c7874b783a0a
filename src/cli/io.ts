/** Where a command writes; a subset of Node's streams, so that tests can stand in. */
export interface OutputStream {
  write(text: string): unknown;
  /** Absent or false: a pipe or a file, so no colours. */
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal; absent for pipes. */
  readonly columns?: number | undefined;
}

/** Everything of the process that a command may touch. */
export interface CliIo {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Read by `events send -` only; absent: empty. */
  readonly stdin?: AsyncIterable<string | Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
}
