import { afterEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { Client } from "pg";
import { LeakedConnectionsError, type TestDatabase, databaseKinds, openTestDatabase } from "./databases.js";

const opened: TestDatabase[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.close()));
});

async function open(kind: (typeof databaseKinds)[number]): Promise<TestDatabase> {
  const database = await openTestDatabase(kind);
  opened.push(database);
  return database;
}

describe.each(databaseKinds)("openTestDatabase on %s", (kind) => {
  it("gives a migrated database that no other test sees", async () => {
    const [one, other] = await Promise.all([open(kind), open(kind)]);
    await sql`create table only_here (id int)`.execute(one.db);
    const { rows } = await sql<{ found: string | null }>`select to_regclass('only_here') as found`.execute(
      other.db,
    );
    expect(rows).toEqual([{ found: null }]);
    expect(await other.db.selectFrom("users").selectAll().execute()).toEqual([]);
  });
});

describe("openTestDatabase on postgres", () => {
  it("reports connections that a test has leaked", async () => {
    const database = await openTestDatabase("postgres");
    const leaked = new Client({ connectionString: database.url });
    leaked.on("error", () => undefined);
    await leaked.connect();
    await expect(database.close()).rejects.toBeInstanceOf(LeakedConnectionsError);
    await leaked.end().catch(() => undefined);
  });
});
