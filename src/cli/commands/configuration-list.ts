import type { Command } from "commander";
import { revisionsReply } from "../api/replies.js";
import type { Cli } from "../session.js";
import { openSession } from "../session.js";
import { renderTable } from "../table.js";
import { clock } from "../times.js";

/** `outbound configuration list`: every revision, who brought it, and which one holds. */
export function registerConfigurationList(configuration: Command, cli: Cli): void {
  configuration
    .command("list")
    .description("list the revisions of the configuration, and which one holds")
    .action(async (_options: unknown, command: Command) => {
      const session = openSession(cli, command);
      const reply = await session.call({ path: ["configuration", "revisions"], reply: revisionsReply });
      session.show(reply, ({ items }) => {
        if (items.length === 0) return "No configuration is stored yet: outbound apply FILE";
        const rows = items.map((one) => [
          one.revision,
          one.current ? "current" : "",
          one.origin,
          one.author,
          clock(one.createdAt),
          one.hash.slice(0, 12),
        ]);
        return renderTable(["revision", "", "from", "author", "created", "hash"], rows);
      });
    });
}
