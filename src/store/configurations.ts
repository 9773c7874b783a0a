import { sql } from "kysely";
import type { Configuration } from "../domain/configuration.js";
import type { Db } from "./schema.js";

/** A stored revision. */
export interface Revision {
  readonly revision: number;
  readonly configuration: Configuration;
}

/** A revision as listings show it. */
export interface RevisionEntry {
  readonly revision: number;
  readonly origin: "file" | "api";
  readonly author: string;
  readonly createdAt: Date;
  readonly hash: string;
}

/** What {@link storeRevision} takes. */
export interface NewRevision {
  readonly configuration: Configuration;
  readonly text: string;
  readonly hash: string;
  readonly origin: "file" | "api";
  readonly author: string;
}

const cache = new WeakMap<Db, Map<string, Revision>>();

const cacheOf = (db: Db): Map<string, Revision> => {
  const held = cache.get(db) ?? new Map<string, Revision>();
  cache.set(db, held);
  return held;
};

/**
 * The newest configuration of an organization, or null when none is stored. Only the revision number is read when
 * it has not moved, so a new revision takes effect with the next decision and costs nothing otherwise.
 *
 * @param cacheKey  the database the transaction belongs to, which the parsed revision is kept for.
 */
export async function currentRevision(
  db: Db,
  organization: string,
  cacheKey: Db = db,
): Promise<Revision | null> {
  const newest = await db
    .selectFrom("configurations")
    .select((expression) => expression.fn.max("revision").as("revision"))
    .where("organization", "=", organization)
    .executeTakeFirst();
  const revision = newest?.revision as number | null | undefined;
  if (revision === null || revision === undefined) return null;
  const held = cacheOf(cacheKey).get(organization);
  if (held?.revision === revision) return held;
  const row = await db
    .selectFrom("configurations")
    .select("content")
    .where("organization", "=", organization)
    .where("revision", "=", revision)
    .executeTakeFirstOrThrow();
  const read = { revision, configuration: row.content };
  cacheOf(cacheKey).set(organization, read);
  return read;
}

/** Organizations that have a configuration. */
export async function listOrganizations(db: Db): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("configurations")
    .select("organization")
    .distinct()
    .orderBy("organization")
    .execute();
  return rows.map((row) => row.organization);
}

/** The newest revisions first. */
export async function listRevisions(
  db: Db,
  organization: string,
  limit = 50,
): Promise<readonly RevisionEntry[]> {
  const rows = await db
    .selectFrom("configurations")
    .select(["revision", "origin", "author", "created_at as createdAt", "hash"])
    .where("organization", "=", organization)
    .orderBy("revision", "desc")
    .limit(limit)
    .execute();
  return rows;
}

/** The hash of the last revision that came from a file, or null. */
export async function lastFileHash(db: Db, organization: string): Promise<string | null> {
  const row = await db
    .selectFrom("configurations")
    .select("hash")
    .where("organization", "=", organization)
    .where("origin", "=", "file")
    .orderBy("revision", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.hash ?? null;
}

/** Connections that hold accounts but are not in `configuration`: `apply` asks what to do with them. */
export async function orphanedConnections(db: Db, configuration: Configuration): Promise<readonly string[]> {
  const kept = configuration.connections.map((connection) => connection.id);
  const rows = await db
    .selectFrom("accounts")
    .select("connection")
    .distinct()
    .where("organization", "=", configuration.organization)
    .where("existence", "!=", "none")
    .$if(kept.length > 0, (query) => query.where("connection", "not in", kept))
    .orderBy("connection")
    .execute();
  return rows.map((row) => row.connection);
}

/**
 * Stores a configuration as the next revision and returns its number. Two writers at once get two numbers. Rows
 * for connection states are made where they are missing.
 */
export async function storeRevision(db: Db, next: NewRevision): Promise<number> {
  const { organization } = next.configuration;
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext(${`configuration/${organization}`}))`.execute(tx);
    const row = await tx
      .insertInto("configurations")
      .values({
        organization,
        revision: sql<number>`(select coalesce(max(revision), 0) + 1 from configurations where organization = ${organization})`,
        text: next.text,
        content: JSON.stringify(next.configuration),
        hash: next.hash,
        origin: next.origin,
        author: next.author,
      })
      .returning("revision")
      .executeTakeFirstOrThrow();
    for (const connection of next.configuration.connections)
      await tx
        .insertInto("connection_states")
        .values({ organization, connection: connection.id })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    return row.revision;
  });
}
