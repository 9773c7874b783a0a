import type { Command } from "commander";
import { accountRow } from "../account-row.js";
import { accountsReply } from "../api/replies.js";
import { limitOption, stateOption } from "../options.js";
import { cutNote, readPages } from "../paging.js";
import type { Cli } from "../session.js";
import { openSession } from "../session.js";
import { renderTable } from "../table.js";

interface ListOptions {
  readonly connection?: string;
  readonly state?: string;
  readonly code?: string;
  readonly limit: number;
}

/** `outbound accounts list`: accounts by connection, state and error code. */
export function registerAccountsList(accounts: Command, cli: Cli): void {
  accounts
    .command("list")
    .description("list accounts by connection, state and error code")
    .option("--connection <id>", "accounts at this connection")
    .addOption(stateOption())
    .option("--code <code>", "accounts with this error code, such as mapping_incomplete")
    .addOption(limitOption())
    .action(async ({ limit, ...filter }: ListOptions, command: Command) => {
      const session = openSession(cli, command);
      const reply = await readPages(limit, (paging) =>
        session.call({ path: ["accounts"], query: { ...filter, ...paging }, reply: accountsReply }),
      );
      session.show(reply, ({ items }) => {
        if (items.length === 0) return "No account matches.";
        const rows = items.map((one) => [one.user, one.connection, ...accountRow(one)]);
        return renderTable(["user", "connection", "state", "code", "attempts", "updated", "id"], rows);
      });
      const note = cutNote(reply);
      if (note !== null) session.note(note);
    });
}
