import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { PGlite } from "@electric-sql/pglite";
import { Client } from "pg";
import { openPglite, openPostgres } from "../../src/store/database.js";
import type { Db } from "../../src/store/schema.js";

/** The migrated database that tests clone. */
export const templateName = "outbound_template";

/** How long connections may take to leave before they count as leaked, in milliseconds. */
const leaveMaxMs = 2_000;

/** Both kinds of database that the store promises to work on; for `describe.each(databaseKinds)`. */
export const databaseKinds = ["pglite", "postgres"] as const;
export type DatabaseKind = (typeof databaseKinds)[number];

/** A migrated, empty database for one test file. */
export interface TestDatabase {
  readonly db: Db;
  /** For further connections; undefined for PGlite, which has only the one. */
  readonly url: string | undefined;
  /** Closes `db` and removes the database. Rejects with `LeakedConnectionsError` when others still use it. */
  close(): Promise<void>;
}

/** Thrown on close when a test has left connections open beside `db`. */
export class LeakedConnectionsError extends Error {
  constructor(count: number) {
    super(`${count} connections to the test database are still open`);
    this.name = "LeakedConnectionsError";
  }
}

/** Opens a database of its own: PGlite from the dump (0.3 s), or a clone of the Postgres template (20 ms). */
export async function openTestDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  return kind === "pglite" ? openDump() : cloneTemplate();
}

/** The URL with another database in it. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function openDump(): Promise<TestDatabase> {
  const bytes = await readFile(fromSetup("TEST_PGLITE_DUMP"));
  const db = openPglite(await PGlite.create({ loadDataDir: new Blob([bytes]) }));
  return { db, url: undefined, close: () => db.destroy() };
}

async function cloneTemplate(): Promise<TestDatabase> {
  const adminUrl = fromSetup("TEST_DATABASE_URL");
  const name = `outbound_test_${randomUUID().replaceAll("-", "")}`;
  // file_copy is quicker than wal_log for a small template, and the server has no durability to lose.
  const statement = `create database ${name} template ${templateName} strategy file_copy`;
  await asAdmin(adminUrl, (admin) => admin.query(statement));
  const url = withDatabase(adminUrl, name);
  const db = openPostgres(url);
  const close = async (): Promise<void> => {
    await db.destroy();
    await asAdmin(adminUrl, (admin) => dropDatabase(admin, name));
  };
  return { db, url, close };
}

/** Drops the database in any case, and throws when connections were still open: somebody has leaked them. */
async function dropDatabase(admin: Client, name: string): Promise<void> {
  const others = async (): Promise<number> =>
    (await admin.query("select 1 from pg_stat_activity where datname = $1", [name])).rows.length;
  // A closed connection takes the server a moment.
  const deadline = performance.now() + leaveMaxMs;
  let open = await others();
  while (open > 0 && performance.now() < deadline) {
    await sleep(20);
    open = await others();
  }
  await admin.query(`drop database ${name} with (force)`);
  if (open > 0) throw new LeakedConnectionsError(open);
}

async function asAdmin(url: string, work: (admin: Client) => Promise<unknown>): Promise<void> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

function fromSetup(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set: test/setup/global-setup.ts has not run`);
  return value;
}
