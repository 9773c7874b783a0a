import type { Command } from "commander";
import { connectionChangeReply } from "../api/replies.js";
import type { ActionOptions } from "../options.js";
import { withReason } from "../options.js";
import type { Cli } from "../session.js";
import { openSession } from "../session.js";

const changes = {
  pause: "stop working on a connection; its work waits, and no attempt is burned",
  resume: "work on a paused or quarantined connection again",
} as const;

const register = (connections: Command, cli: Cli, change: keyof typeof changes): void => {
  const command = connections
    .command(change)
    .description(changes[change])
    .argument("<connection>", "id, as in the configuration");
  withReason(command).action(async (connection: string, options: ActionOptions, self: Command) => {
    const session = openSession(cli, self);
    const reply = await session.call({
      method: "POST",
      path: ["connections", connection, change],
      json: { reason: options.reason },
      author: options.author,
      reply: connectionChangeReply,
    });
    session.show(reply, (now) => `${now.connection} is ${now.state}${now.changed ? "" : " already"}.`);
  });
};

/** `outbound connections pause` and `resume`. */
export function registerConnectionsChange(connections: Command, cli: Cli): void {
  register(connections, cli, "pause");
  register(connections, cli, "resume");
}
