import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { Token } from "../access.js";
import { feedToken } from "../access.js";
import type { EventResult, EventsReply } from "../api/replies.js";
import { eventsReply } from "../api/replies.js";
import { CliError } from "../cli-error.js";
import { counted } from "../counted.js";
import type { EventInput } from "../event-input.js";
import { readEvents } from "../event-input.js";
import { readInput } from "../read-input.js";
import type { Cli, GlobalOptions, Session } from "../session.js";
import { openSession } from "../session.js";
import { renderTable } from "../table.js";

interface SendOptions extends GlobalOptions {
  readonly feed: string;
  readonly feedToken?: string;
  readonly wait?: string;
}

type Rejected = Extract<EventResult, { status: "rejected" }>;

const parseWait = (text: string): string => {
  if (!/^\d+(ms|s)$/.test(text)) throw new InvalidArgumentError("It must be a time such as 500ms or 5s.");
  return text;
};

const asText = ({ results, settled, connections = [] }: EventsReply): string => {
  const rows = results.map((one) =>
    one.status === "rejected"
      ? [one.id, "rejected", "", "", one.code]
      : [one.id, one.status, one.user ?? one.group, one.version, one.stale ? "stale: changed nothing" : ""],
  );
  const table = renderTable(["event", "status", "user or group", "version", ""], rows);
  if (settled === undefined) return table;
  const states = renderTable(
    ["connection", "state", "code"],
    connections.map((one) => [one.connection, one.state, one.code]),
  );
  const verdict = settled ? "Every connection is settled." : "Not every connection is settled yet.";
  return [table, "", ...(connections.length === 0 ? [] : [states, ""]), verdict].join("\n");
};

const shifted = (reply: EventsReply, by: number): readonly EventResult[] =>
  reply.results.map((one) => (one.status === "rejected" ? { ...one, index: one.index + by } : one));

/** Sends the requests one after the other: what comes later in a file is later in time. */
const sendAll = async (
  session: Session,
  options: SendOptions,
  input: EventInput,
  token: Token,
): Promise<EventsReply> => {
  const path = ["v1", "organizations", await session.organization(), "feeds", options.feed, "events"];
  const call = { method: "POST" as const, path, query: { wait: options.wait }, token, reply: eventsReply };
  if (input.kind === "single")
    return session.client.send({ ...call, body: { type: "application/cloudevents+json", text: input.body } });
  const results: EventResult[] = [];
  for (const batch of input.batches) {
    const body = { type: "application/cloudevents-batch+json", text: batch.body };
    const reply = await session.client.send({ ...call, body }).catch((error: unknown) => {
      if (results.length > 0)
        session.note(
          `The first ${counted(results.length, "event")} had been sent; send all again: what is in is answered as duplicate.`,
        );
      throw error;
    });
    results.push(...shifted(reply, results.length));
  }
  return { results };
};

const rejectedLines = (rejected: readonly Rejected[]): readonly string[] =>
  rejected.flatMap((one) => [
    `  event ${String(one.index + 1)}${one.id === null ? "" : ` (${one.id})`}: ${one.code}: ${one.detail}`,
    ...one.errors.map((error) => `    ${error.pointer}: ${error.code}: ${error.detail}`),
  ]);

const send = async (file: string, command: Command, cli: Cli): Promise<void> => {
  const options = command.optsWithGlobals<SendOptions>();
  const input = readEvents(await readInput(file, cli.io), file);
  if (options.wait !== undefined && input.kind === "batch")
    throw new CliError("usage_error", "--wait takes a single event; send the events without it");
  const session = openSession(cli, command);
  const reply = await sendAll(session, options, input, await feedToken(options.feedToken, cli.io.env));
  session.show(reply, asText);
  const rejected = reply.results.filter((one) => one.status === "rejected");
  if (rejected.length === 0) return;
  throw new CliError(
    "events_rejected",
    `${String(rejected.length)} of ${counted(reply.results.length, "event")} were rejected; correct and send these again, the others are in`,
    rejectedLines(rejected),
  );
};

/** `outbound events send`: one event, a JSON array or JSON lines, to a feed; exits with 1 when one is rejected. */
export function registerEventsSend(events: Command, cli: Cli): void {
  events
    .command("send")
    .description("send events to a feed: one, a JSON array, or one a line")
    .argument("<file>", "file with events, or - for the standard input")
    .requiredOption("--feed <id>", "feed, as in the configuration")
    .option(
      "--feed-token <token>",
      "token of the feed; default: OUTBOUND_FEED_TOKEN, else as `outbound up --demo` keeps it",
    )
    .option(
      "--wait <time>",
      "wait up to 500ms, 5s, … until the accounts are settled; one event only",
      parseWait,
    )
    .action(async (file: string, _options: unknown, command: Command) => {
      await send(file, command, cli);
    });
}
