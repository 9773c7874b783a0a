import { expect, jest } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { planUser } from "../../src/activities/plan-user.js";
import type { HttpDependencies } from "../../src/http/dependencies.js";
import type { AccountRecord } from "../../src/store/accounts.js";
import { readAccounts } from "../../src/store/accounts.js";
import { openTestDatabase } from "../setup/databases.js";
import type { DatabaseKind, TestDatabase } from "../setup/databases.js";
import { admin, created, post, storeConfiguration, testApp } from "./support.js";

/** A page of a listing. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** An app on a store of its own with the test configuration, and what tests do with it. */
export interface Stage {
  readonly database: TestDatabase;
  readonly app: FastifyInstance;
  readonly onCommitted: jest.Mock;
  /** Sends one event by feed hr; gives our key of its user. */
  send(body: unknown, options?: Parameters<typeof post>[2]): Promise<string>;
  /** Plans a user as a workflow would: opens the accounts that have work. */
  plan(user: string): Promise<unknown>;
  /** A new user with open accounts; gives our key. */
  joiner(id: string, attributes?: object): Promise<string>;
  /** Asks an admin route and checks the status: 200 for GET, else 202. */
  ask<Body>(method: "GET" | "POST", path: string, body?: unknown, status?: number): Promise<Body>;
  accountAt(user: string, connection?: string): Promise<AccountRecord>;
  /** The outbox row of a user or group. */
  waiting(key: string): Promise<{ readonly priority: number; readonly version: number } | undefined>;
  close(): Promise<void>;
}

/** Opens a stage; dependencies may be replaced. */
export async function openStage(
  kind: DatabaseKind,
  replaced: Partial<HttpDependencies> = {},
): Promise<Stage> {
  const database = await openTestDatabase(kind);
  const { db } = database;
  await storeConfiguration(db);
  const onCommitted = jest.fn();
  const app = await testApp(db, { onCommitted, ...replaced });
  const send: Stage["send"] = async (body, options) => {
    const response = await post(app, body, options);
    expect([response.statusCode, response.statusCode === 202 ? "" : response.body]).toEqual([202, ""]);
    return response.json<{ results: { user: string }[] }>().results[0]?.user ?? "";
  };
  const plan = (user: string) => planUser(db, { organization: "acme", user });
  return {
    database,
    app,
    onCommitted,
    send,
    plan,
    joiner: async (id, attributes = {}) => {
      const user = await send(created(id, attributes));
      await plan(user);
      return user;
    },
    ask: async <Body>(
      method: "GET" | "POST",
      path: string,
      body?: unknown,
      status = method === "GET" ? 200 : 202,
    ) => {
      const response = await admin(app, method, path, body);
      expect([response.statusCode, response.statusCode === status ? "" : response.body]).toEqual([
        status,
        "",
      ]);
      return response.json<Body>();
    },
    accountAt: async (user, connection = "wiki") => (await readAccounts(db, user)).get(connection)!,
    waiting: (key) =>
      db.selectFrom("outbox").select(["priority", "version"]).where("key", "=", key).executeTakeFirst(),
    close: async () => {
      await app.close();
      await database.close();
    },
  };
}
