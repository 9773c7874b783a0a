import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";

/** SQLite's result code for "another connection holds the lock" (sqlite.org/rescode.html#busy). */
const sqliteBusy = 5;

/** Thrown when another process works on the directory. Nothing was touched. */
export class DirectoryLockedError extends Error {
  readonly code = "data_directory_locked";

  constructor(directory: string) {
    super(
      `The data directory ${directory} is in use by another process. ` +
        "Stop that process, or choose another directory by OUTBOUND_DATA_DIR.",
    );
    this.name = "DirectoryLockedError";
  }
}

/** A held lock. */
export interface DirectoryLock {
  /** Lets others in. May be called more than once. */
  release(): void;
}

/**
 * Takes the exclusive lock of a data directory, which is made (mode 0700) when missing. The operating system
 * releases the lock when the process ends, however it ends: after a crash there is nothing to clean up.
 *
 * The lock is an exclusive transaction on `lock.sqlite` in the directory, which therefore must not be a PostgreSQL
 * data directory itself but the one above it. Local file systems only, as for any SQLite database.
 *
 * @throws DirectoryLockedError at once, without waiting, when another process, or this one, holds the lock.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const database = openDatabase(join(directory, "lock.sqlite"));
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    throw isBusy(error) ? new DirectoryLockedError(directory) : error;
  }
  return {
    release: () => {
      if (database.isOpen) database.close();
    },
  };
}

/** Opens without the notice that earlier releases of Node 24 print on first use of `node:sqlite`. */
function openDatabase(path: string): DatabaseSync {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with `process` below, and put back as it was
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (!String(warning).includes("SQLite")) Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    const sqlite = process.getBuiltinModule("node:sqlite");
    return new sqlite.DatabaseSync(path, { timeout: 0 });
  } finally {
    process.emitWarning = emitWarning;
  }
}

function isBusy(error: unknown): boolean {
  return typeof error === "object" && error !== null && "errcode" in error && error.errcode === sqliteBusy;
}
