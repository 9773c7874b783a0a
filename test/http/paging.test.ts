import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { unseenUser } from "../../src/domain/user.js";
import { answerAndWake } from "../../src/store/answer-holds.js";
import { resendAccounts } from "../../src/store/resend.js";
import { wakeAllUsers } from "../../src/store/wake-all.js";
import { databaseKinds, openTestDatabase } from "../setup/databases.js";
import type { TestDatabase } from "../setup/databases.js";

const many = 1_100;

describe.each(databaseKinds)("work on more rows than one page on %s", (kind) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await openTestDatabase(kind);
    const rows = Array.from({ length: many }, () => ({ u: uuidv7(), a: uuidv7(), h: uuidv7() }));
    const json = JSON.stringify(rows);
    const from = sql`from jsonb_to_recordset(${json}::jsonb) as n(u uuid, a uuid, h uuid)`;
    await sql`insert into users (key, organization, source, existing, state) select u, 'acme', 'hr', true, ${JSON.stringify(unseenUser)}::jsonb ${from}`.execute(
      database.db,
    );
    await sql`insert into users (key, organization, source, state) values (${uuidv7()}, 'acme', 'hr', '{}'), (${uuidv7()}, 'other', 'hr', '{}')`.execute(
      database.db,
    );
    await sql`insert into accounts (id, organization, user_key, connection, state) select a, 'acme', u, 'chat', 'parked' ${from}`.execute(
      database.db,
    );
    await sql`insert into holds (id, organization, connection, user_key, account, cause, wish, reasons)
      select h, 'acme', 'chat', u, a, 'deleted', 'w', '[]' ${from}`.execute(database.db);
  });
  afterAll(() => database.close());

  const inOutbox = async (priority: number): Promise<number> => {
    const rows = await database.db
      .selectFrom("outbox")
      .select("key")
      .where("priority", "=", priority)
      .execute();
    return rows.length;
  };

  it("wakes everybody who exists or has an account, once, and nobody who was only named", async () => {
    const onPage = jest.fn();
    expect(await wakeAllUsers(database.db, "acme", 5, onPage)).toBe(many);
    expect([await inOutbox(5), onPage.mock.calls.length]).toEqual([many, 3]);
  });

  it("answers every hold that was there, and none that is made meanwhile", async () => {
    const word = { answer: "released", author: "grace", reason: "they left" } as const;
    expect(await answerAndWake(database.db, "acme", { all: true }, word)).toEqual({
      holds: many,
      users: many,
    });
    const open = await database.db.selectFrom("holds").select("id").where("state", "=", "open").execute();
    expect([open.length, await inOutbox(2)]).toEqual([0, many]);
  });

  it("resends all accounts", async () => {
    await sql`update accounts set marked = false`.execute(database.db);
    const onPage = jest.fn();
    expect(await resendAccounts(database.db, "acme", { state: "parked" }, onPage)).toEqual({
      accounts: many,
      users: many,
    });
    const marked = await database.db.selectFrom("accounts").select("id").where("marked", "=", true).execute();
    expect([marked.length, onPage.mock.calls.length]).toEqual([many, 3]);
  });
});
