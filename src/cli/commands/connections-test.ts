import type { Command } from "commander";
import { connectionTestReply } from "../api/replies.js";
import { CliError } from "../cli-error.js";
import { errorText } from "../error-text.js";
import type { Cli } from "../session.js";
import { openSession } from "../session.js";

/** `outbound connections test`: asks the target with the credentials of the configuration; exits with 1 on a no. */
export function registerConnectionsTest(connections: Command, cli: Cli): void {
  connections
    .command("test")
    .description("ask a target with the credentials of the configuration, by a harmless read")
    .argument("<connection>", "id, as in the configuration")
    .action(async (connection: string, _options: unknown, command: Command) => {
      const session = openSession(cli, command);
      const path = ["connections", connection, "test"];
      const reply = await session.call({ method: "POST", path, reply: connectionTestReply });
      session.show(reply, (one) =>
        one.ok
          ? `${one.connection}: the target answered and took the credentials.`
          : `${one.connection}: ${one.code ?? "failed"}`,
      );
      if (reply.ok) return;
      const code = reply.code ?? "failed";
      const help = errorText(code);
      throw new CliError(
        "connection_test_failed",
        `${connection} answered ${code}${help === null ? "" : `: ${help}`}`,
      );
    });
}
