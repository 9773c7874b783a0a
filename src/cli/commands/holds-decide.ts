import type { Command } from "commander";
import { holdsChangeReply } from "../api/replies.js";
import type { ActionOptions, SelectionOptions } from "../options.js";
import { idsOption, selectionOf, withReason } from "../options.js";
import { counted } from "../counted.js";
import type { Cli } from "../session.js";
import { openSession } from "../session.js";

const decisions = {
  release: { description: "let held removals happen", done: "released: the removals go on" },
  cancel: { description: "refuse held removals; the accounts stay", done: "cancelled: the accounts stay" },
  retry: { description: "try once more what failed for good", done: "retried: they are tried once more" },
  skip: {
    description: "leave failed accounts parked, and the others as they are",
    done: "skipped: the failed accounts stay parked",
  },
  compensate: {
    description: "take back what was done at the other connections of failed accounts",
    done: "compensated: what their changes did elsewhere is taken back",
  },
} as const;

const register = (holds: Command, cli: Cli, verb: keyof typeof decisions): void => {
  const { description, done } = decisions[verb];
  const command = holds
    .command(verb)
    .description(description)
    .addOption(idsOption("holds"))
    .option("--connection <id>", "every hold of this connection")
    .option("--all", "every hold");
  withReason(command).action(async (options: ActionOptions & SelectionOptions, self: Command) => {
    const { reason, author } = options;
    const selection = selectionOf(options, ["connection"]);
    const session = openSession(cli, self);
    const reply = await session.call({
      method: "POST",
      path: ["holds", verb],
      json: { reason, ...selection },
      author,
      reply: holdsChangeReply,
    });
    session.show(reply, (now) => `${counted(now.holds, "hold")} of ${counted(now.users, "user")} ${done}.`);
  });
};

/** `outbound holds release` and `cancel` (removals), `retry`, `skip` and `compensate` (failures). */
export function registerHoldsDecide(holds: Command, cli: Cli): void {
  register(holds, cli, "release");
  register(holds, cli, "cancel");
  register(holds, cli, "retry");
  register(holds, cli, "skip");
  register(holds, cli, "compensate");
}
