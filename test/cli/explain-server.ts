import { expect } from "@jest/globals";
import { sql } from "kysely";
import type { PendingLane } from "../../src/http/dependencies.js";
import type { CliServer, Ran, RunOptions } from "./support.js";
import { configurationText, startCliServer } from "./support.js";

const configuration = configurationText
  .replace(
    "- { connection: chat, jit: true }",
    "- { connection: chat }\n    - { connection: wiki, optional: true }",
  )
  .replace(
    "  - id: wiki",
    "    mapping:\n      userName: { path: userName }\n      name.givenName: { path: name.givenName }\n" +
      "      userType: { value: Staff }\n      title: { path: title, default: Employee }\n  - id: wiki\n    groupFilter: [hr:g-wiki]",
  );

/** A server whose users are explained. */
export interface ExplainServer extends CliServer {
  /** What Temporal says of every run from now on. */
  lanes: () => Promise<readonly PendingLane[]>;
  /** A new user, whom the workers seem to have looked at: the outbox is empty. Returns the key. */
  joiner(user?: object, data?: object): Promise<string>;
  /** Source id of the last {@link joiner}. */
  externalId(): string;
  /** Empties the outbox, as if the workers had looked at everybody. */
  lookedAt(): Promise<void>;
  /** What `users explain` prints; must succeed without a word on stderr. */
  explain(key: string, options?: RunOptions): Promise<Ran>;
  /** What it tells of one connection, by label; lines joined. */
  story(key: string, connection: string): Promise<Readonly<Record<string, string>>>;
}

/** Fields of one connection in an explanation, by label. */
function fieldsOf(page: string, connection: string): Readonly<Record<string, string>> {
  const block = page.split("\n\n").find((one) => one.startsWith(`Connection ${connection} `)) ?? "";
  const told: Record<string, string> = {};
  let label = "";
  for (const line of block.split("\n").slice(1)) {
    label = line.slice(2, 16).trim() || label;
    told[label] = `${told[label] ?? ""} ${line.slice(16).trim()}`.trim();
  }
  return told;
}

/** Starts a server with a connection of its own mapping and an optional one with a group filter. */
export async function startExplainServer(): Promise<ExplainServer> {
  const none = (): Promise<readonly PendingLane[]> => Promise.resolve([]);
  let count = 0;
  const server = await startCliServer({ inspectRun: () => self.lanes() });
  const explain: ExplainServer["explain"] = async (key, options) => {
    const ran = await server.cli(["users", "explain", key], options);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    return ran;
  };
  const externalId = (): string => `u-${String(count)}`;
  const lookedAt = async (): Promise<void> => {
    await sql`delete from outbox`.execute(server.db);
  };
  const self: ExplainServer = {
    ...server,
    lanes: none,
    externalId,
    lookedAt,
    explain,
    joiner: async (user = {}, data = {}) => {
      self.lanes = none;
      count += 1;
      const id = externalId();
      const key = await server.send("user.created", {
        user: { id, userName: `name-${id}`, ...user },
        ...data,
      });
      await lookedAt();
      return key;
    },
    story: async (key, connection) => fieldsOf((await explain(key, { columns: 120 })).stdout, connection),
  };
  await server.configure(configuration);
  return self;
}
