import type { Command } from "commander";
import type { z } from "zod";
import { adminToken, serverUrl } from "./access.js";
import type { ApiClient } from "./api/client.js";
import { createApiClient } from "./api/client.js";
import { organizationsReply } from "./api/replies.js";
import { CliError } from "./cli-error.js";
import type { CliIo } from "./io.js";
import { printable, printableJson, printableValue } from "./printable.js";

/** One run of the program, handed to every command. */
export interface Cli {
  readonly io: CliIo;
  /** What the process ends with when the command does not throw. */
  exitCode: number;
}

/** Options that every command takes. */
export interface GlobalOptions {
  readonly output: "table" | "json";
  readonly server?: string;
  readonly token?: string;
  readonly organization?: string;
}

/** A call on an admin route below the organization. */
export interface AdminCall<T> {
  readonly method?: "GET" | "POST" | "PUT";
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly author?: string | undefined;
  readonly reply: z.ZodType<T>;
}

/** What a command that talks to a server works with. */
export interface Session {
  readonly client: ApiClient;
  readonly output: GlobalOptions["output"];
  /** The id given by `--organization`, else the only one there is. Rejects when there is none, or several. */
  organization(): Promise<string>;
  /** Calls an admin route of the organization. */
  call<T>(call: AdminCall<T>): Promise<T>;
  /** Writes a reply to stdout: whole, as JSON, or as `render` tells it, with nothing in it that steers a terminal. */
  show<T>(reply: T, render: (reply: T) => string): void;
  /** Writes lines to stderr: what must not get into a pipe. */
  note(line: string): void;
}

const onlyOrganization = async (client: ApiClient, options: GlobalOptions, io: CliIo): Promise<string> => {
  if (options.organization !== undefined) return options.organization;
  const token = await adminToken(options.token, io.env);
  const { items } = await client.send({ path: ["v1", "organizations"], token, reply: organizationsReply });
  const [first, second] = items;
  if (first === undefined)
    throw new CliError(
      "organization_missing",
      "the server has no organization yet; apply a configuration first: outbound apply FILE",
    );
  if (second === undefined) return first.id;
  const ids = printable(items.map((item) => item.id).join(", "));
  throw new CliError("organization_ambiguous", `choose one by --organization; the server has ${ids}`);
};

/** Opens what a command works with. Nothing is called yet. Throws `usage_error` when the server's URL is none. */
export function openSession(cli: Cli, command: Command): Session {
  const options = command.optsWithGlobals<GlobalOptions>();
  const { io } = cli;
  const client = createApiClient(serverUrl(options.server, io.env));
  const organization = (): Promise<string> => onlyOrganization(client, options, io);
  return {
    client,
    output: options.output,
    organization,
    call: async ({ path, json, ...call }) =>
      client.send({
        ...call,
        ...(json !== undefined && { body: { type: "application/json", text: JSON.stringify(json) } }),
        token: await adminToken(options.token, io.env),
        path: ["v1", "organizations", await organization(), ...path],
      }),
    show: (reply, render) => {
      const text = options.output === "json" ? printableJson(reply) : render(printableValue(reply));
      io.stdout.write(`${text}\n`);
    },
    note: (line) => {
      io.stderr.write(`${line.split("\n").map(printable).join("\n")}\n`);
    },
  };
}
