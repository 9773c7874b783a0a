import type { Command } from "commander";
import { resendReply } from "../api/replies.js";
import type { ActionOptions, SelectionOptions } from "../options.js";
import { idsOption, selectionOf, stateOption, withReason } from "../options.js";
import { counted } from "../counted.js";
import type { Cli } from "../session.js";
import { openSession } from "../session.js";

/** `outbound accounts resend`: looks at the chosen accounts again, also parked and settled ones. */
export function registerAccountsResend(accounts: Command, cli: Cli): void {
  const command = accounts
    .command("resend")
    .description("look at accounts again, also parked and settled ones, and send what is missing")
    .addOption(idsOption("accounts"))
    .option("--connection <id>", "accounts at this connection")
    .addOption(stateOption())
    .option("--code <code>", "accounts with this error code")
    .option("--all", "every account");
  withReason(command).action(async (options: ActionOptions & SelectionOptions, self: Command) => {
    const { reason, author } = options;
    const selection = selectionOf(options, ["connection", "state", "code"]);
    const session = openSession(cli, self);
    const reply = await session.call({
      method: "POST",
      path: ["accounts", "resend"],
      json: { reason, ...selection },
      author,
      reply: resendReply,
    });
    session.show(
      reply,
      (done) =>
        `${counted(done.accounts, "account")} of ${counted(done.users, "user")} will be looked at again.`,
    );
  });
}
