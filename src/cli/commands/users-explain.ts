import type { Command } from "commander";
import { explanationReply } from "../api/explanation-reply.js";
import { renderExplanation } from "../explain/render-explanation.js";
import { pageFor } from "../layout.js";
import type { Cli } from "../session.js";
import { openSession } from "../session.js";

/** `outbound users explain`: per connection, what is decided and why, what was sent, and what comes next. */
export function registerUsersExplain(users: Command, cli: Cli): void {
  users
    .command("explain")
    .description("tell, per connection, what is decided and why, what was sent, and what comes next")
    .argument("<user>", "key, or source:externalId")
    .action(async (user: string, _options: unknown, command: Command) => {
      const session = openSession(cli, command);
      const reply = await session.call({ path: ["users", user, "explanation"], reply: explanationReply });
      session.show(reply, (explanation) => renderExplanation(explanation, pageFor(cli.io), Date.now()));
    });
}
