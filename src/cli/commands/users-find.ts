import type { Command } from "commander";
import { usersReply } from "../api/replies.js";
import type { Cli } from "../session.js";
import { openSession } from "../session.js";
import { renderTable } from "../table.js";
import { presence } from "../user-text.js";

/** `outbound users find`: users by user name, with the keys that other commands take. */
export function registerUsersFind(users: Command, cli: Cli): void {
  users
    .command("find")
    .description("find users by user name, with the keys that other commands take")
    .argument("<name>", "user name, as the source has it")
    .action(async (name: string, _options: unknown, command: Command) => {
      const session = openSession(cli, command);
      const reply = await session.call({ path: ["users"], query: { userName: name }, reply: usersReply });
      session.show(reply, ({ items }) => {
        if (items.length === 0) return "No user has this user name.";
        const rows = items.map((one) => [
          one.user,
          one.source,
          one.externalId,
          one.userName,
          presence(one),
          one.version,
        ]);
        return renderTable(["user", "source", "external id", "user name", "state", "version"], rows);
      });
    });
}
