import type { Command } from "commander";
import { holdsReply } from "../api/replies.js";
import { limitOption } from "../options.js";
import { cutNote, readPages } from "../paging.js";
import type { Cli } from "../session.js";
import { openSession } from "../session.js";
import { renderTable } from "../table.js";
import { clock } from "../times.js";

/** `outbound holds list`: removals and failures that wait for a person's word. */
export function registerHoldsList(holds: Command, cli: Cli): void {
  holds
    .command("list")
    .description("list removals and failures that wait for a person's word")
    .option("--connection <id>", "holds of this connection")
    .addOption(limitOption())
    .action(async (options: { readonly connection?: string; readonly limit: number }, command: Command) => {
      const session = openSession(cli, command);
      const { limit, ...filter } = options;
      const reply = await readPages(limit, (paging) =>
        session.call({ path: ["holds"], query: { ...filter, ...paging }, reply: holdsReply }),
      );
      session.show(reply, ({ items }) => {
        if (items.length === 0) return "Nothing is held.";
        const rows = items.map((one) => [
          one.id,
          one.kind,
          one.connection,
          one.user,
          one.cause,
          clock(one.createdAt),
        ]);
        return renderTable(["id", "kind", "connection", "user", "cause", "since"], rows);
      });
      const note = cutNote(reply);
      if (note !== null) session.note(note);
    });
}
