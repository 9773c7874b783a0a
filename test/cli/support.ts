import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Insertable } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { run } from "../../src/cli/run.js";
import { parseWithConnectors } from "../../src/runtime/configuration-file.js";
import type { HttpDependencies } from "../../src/http/dependencies.js";
import type { AccountsTable, Db } from "../../src/store/schema.js";
import { openTestDatabase } from "../setup/databases.js";
import { adminToken, testApp } from "../http/support.js";

export { adminToken } from "../http/support.js";

/** The token of feed hr in {@link configurationText}. */
export const feedToken = "hr-feed-token";

/** Two targets, an application with a list of its own, a feed. */
export const configurationText = `version: 1
organization: acme
provisioners:
  onPartialFailure: continue
  connections:
    - { connection: chat, jit: true }
applications:
  - { id: hr-portal, requestedAttributes: [userName, name.givenName] }
feeds:
  - { id: hr, kind: events, source: hr, tokens: [env:HR_TOKEN] }
connections:
  - id: chat
    connector: scim2
    settings: { baseUrl: "https://chat.acme.example/scim", auth: { kind: bearer, token: env:CHAT_TOKEN } }
  - id: wiki
    connector: scim2
    settings: { baseUrl: "https://wiki.acme.example/scim", auth: { kind: bearer, token: env:WIKI_TOKEN } }
`;

/** What a command line came to. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command line is run with. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  readonly columns?: number;
  readonly isTTY?: boolean;
}

/** Runs one command line in this process, with nothing of this process's environment. */
export async function runCli(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const { env = {}, stdin, columns, isTTY } = options;
  const code = await run(argv, {
    stdout: { write: (text) => out.push(text), columns, isTTY },
    stderr: { write: (text) => err.push(text) },
    env,
    ...(stdin !== undefined && {
      stdin: (async function* () {
        yield await Promise.resolve(Buffer.from(stdin));
      })(),
    }),
  });
  return { code, stdout: out.join(""), stderr: err.join("") };
}

/** A server on a store of its own, and the command line pointed at it by the environment. */
export interface CliServer {
  readonly db: Db;
  readonly app: FastifyInstance;
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a command for organization acme. */
  cli(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same with `--output json`, parsed. */
  json(argv: readonly string[], options?: RunOptions): Promise<unknown>;
  /** Applies {@link configurationText}, or another one. */
  configure(text?: string): Promise<void>;
  /** Sends one event of feed hr; returns the user's key. */
  send(type: string, data: Readonly<Record<string, unknown>>, id?: string): Promise<string>;
  close(): Promise<void>;
}

let events = 0;

/** Starts the real HTTP edge on a loopback port. */
export async function startCliServer(replaced: Partial<HttpDependencies> = {}): Promise<CliServer> {
  const database = await openTestDatabase("pglite");
  const app = await testApp(database.db, { parseConfiguration: parseWithConnectors, ...replaced });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const env = { OUTBOUND_SERVER: url, OUTBOUND_ADMIN_TOKEN: adminToken, OUTBOUND_FEED_TOKEN: feedToken };
  const cli: CliServer["cli"] = (argv, options = {}) =>
    runCli(["--organization", "acme", ...argv], { ...options, env: { ...env, ...options.env } });
  const json: CliServer["json"] = async (argv, options) => {
    const ran = await cli(["--output", "json", ...argv], options);
    if (ran.stdout === "") throw new Error(ran.stderr);
    return JSON.parse(ran.stdout) as unknown;
  };
  return {
    db: database.db,
    app,
    url,
    env,
    cli,
    json,
    configure: async (text = configurationText) => {
      await withFile("outbound.yaml", text, async (file) => {
        const ran = await cli(["apply", file]);
        if (ran.code !== 0) throw new Error(ran.stderr);
      });
    },
    send: async (type, data, id) => {
      events += 1;
      const event = { specversion: "1.0", id: id ?? `evt-${String(events)}`, source: "hr", type, data };
      const stdin = JSON.stringify(event);
      const reply = await json(["events", "send", "-", "--feed", "hr"], { stdin });
      return (reply as { results: { user: string }[] }).results[0]?.user ?? "";
    },
    close: async () => {
      await app.close();
      await database.close();
    },
  };
}

/** Hands a file with this text to `work`, in a directory that is removed afterwards. */
export async function withFile<T>(
  name: string,
  text: string,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "outbound-cli-"));
  try {
    const path = join(directory, name);
    await writeFile(path, text);
    return await work(path);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Stores an account as the workers would leave it; returns its id. */
export async function storeAccount(
  db: Db,
  user: string,
  connection: string,
  row: Partial<Omit<Insertable<AccountsTable>, "id">> = {},
): Promise<string> {
  const id = uuidv7();
  const key = { id, organization: "acme", user_key: user, connection };
  await db
    .insertInto("accounts")
    .values({ ...key, ...row })
    .execute();
  return id;
}

/** What an attempt left in the journal. */
export interface AttemptRow {
  readonly account: string;
  readonly user: string;
  readonly connection: string;
  readonly outcome?: string;
  readonly code?: string;
  readonly status?: number;
  readonly attempt?: number;
  readonly sent?: Readonly<Record<string, unknown>>;
}

/** Stores an attempt, `sent` masked as the workers do. */
export async function storeAttempt(db: Db, row: AttemptRow): Promise<void> {
  const { account, user, connection, sent } = row;
  await db
    .insertInto("journal")
    .values({
      account,
      organization: "acme",
      user_key: user,
      connection,
      version: 1,
      revision: 1,
      verb: "ensure",
      outcome: row.outcome ?? null,
      code: (row.code ?? null) as never,
      class: row.code === undefined ? null : "transient",
      status: row.status ?? null,
      attempt: row.attempt ?? 1,
      sent: sent === undefined ? null : JSON.stringify(sent),
      reasons: "[]" as never,
    })
    .execute();
}

/** Stores an open hold for an account; returns its id. */
export async function storeHold(db: Db, user: string, connection: string, account: string): Promise<string> {
  const id = uuidv7();
  await db
    .insertInto("holds")
    .values({
      id,
      organization: "acme",
      connection,
      user_key: user,
      account,
      cause: "deleted",
      wish: "wish",
      reasons: JSON.stringify([{ code: "user_gone" }]) as never,
    })
    .execute();
  return id;
}
