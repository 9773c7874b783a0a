import type { Command } from "commander";
import { provisionReply } from "../api/replies.js";
import { counted } from "../counted.js";
import type { Cli } from "../session.js";
import { openSession } from "../session.js";

/** `outbound users provision`: looks at every account of a user again, now. */
export function registerUsersProvision(users: Command, cli: Cli): void {
  users
    .command("provision")
    .description("look at every account of a user again, now, also parked ones")
    .argument("<user>", "key, or source:externalId")
    .action(async (user: string, _options: unknown, command: Command) => {
      const session = openSession(cli, command);
      const path = ["users", user, "provision"];
      const reply = await session.call({ method: "POST", path, reply: provisionReply });
      session.show(
        reply,
        (done) =>
          `User ${done.user} will be looked at again, with ${counted(done.accounts, "existing account")}; ` +
          `follow it: outbound users explain ${done.user}`,
      );
    });
}
