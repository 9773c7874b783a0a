import type { Command } from "commander";
import type { EventStatus } from "../api/replies.js";
import { eventReply } from "../api/replies.js";
import type { Page } from "../layout.js";
import { fields, pageFor } from "../layout.js";
import type { Cli } from "../session.js";
import { openSession } from "../session.js";
import { renderTable } from "../table.js";
import { clockAndDistance } from "../times.js";

const statusTexts: Readonly<Record<EventStatus["status"], string>> = {
  accepted: "accepted: stored, and not every account is settled yet",
  stale: "stale: stored, and changed nothing, since what is known is newer or the same",
  settled: "settled: every account is as decided",
};

const asText = (event: EventStatus, page: Page, now: number): string => {
  const head = fields(page, [
    ["status", [statusTexts[event.status]]],
    ["type", [`${event.type}, by feed ${event.feed} of source ${event.source}`]],
    [
      event.group === undefined ? "user" : "group",
      [`${event.user ?? event.group ?? "none"}, version ${String(event.version)}`],
    ],
    ["happened", [clockAndDistance(event.occurredAt, now)]],
    ["received", [clockAndDistance(event.receivedAt, now)]],
  ]);
  const title = page.heading(`Event ${event.id}`);
  if (event.connections.length === 0) return `${title}\n${head}`;
  const rows = event.connections.map((one) => [one.connection, one.state, one.code]);
  return `${title}\n${head}\n\n${renderTable(["connection", "state", "code"], rows)}`;
};

/** `outbound events show`: whether an event is stored, whom it changed, and how far its accounts are. */
export function registerEventsShow(events: Command, cli: Cli): void {
  events
    .command("show")
    .description("show whether an event is stored, whom it changed, and how far its accounts are")
    .argument("<id>", "id of the event")
    .option("--source <name>", "source of the event; needed when several sources used this id")
    .action(async (id: string, { source }: { readonly source?: string }, command: Command) => {
      const session = openSession(cli, command);
      const reply = await session.call({ path: ["events", id], query: { source }, reply: eventReply });
      session.show(reply, (event) => asText(event, pageFor(cli.io), Date.now()));
    });
}
