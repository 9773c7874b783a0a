import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { z } from "zod";
import { registerAccountsList } from "./commands/accounts-list.js";
import { registerAccountsResend } from "./commands/accounts-resend.js";
import { registerApply } from "./commands/apply.js";
import { registerConfigCheck } from "./commands/config-check.js";
import { registerConfigSchema } from "./commands/config-schema.js";
import { registerConfigurationList } from "./commands/configuration-list.js";
import { registerConnectionsChange } from "./commands/connections-change.js";
import { registerConnectionsList } from "./commands/connections-list.js";
import { registerConnectionsTest } from "./commands/connections-test.js";
import { registerEventsSend } from "./commands/events-send.js";
import { registerEventsShow } from "./commands/events-show.js";
import { registerHoldsDecide } from "./commands/holds-decide.js";
import { registerHoldsList } from "./commands/holds-list.js";
import { registerMigrate } from "./commands/migrate.js";
import { registerServer } from "./commands/server.js";
import { registerUp } from "./commands/up.js";
import { registerUsersExplain } from "./commands/users-explain.js";
import { registerUsersFind } from "./commands/users-find.js";
import { registerUsersProvision } from "./commands/users-provision.js";
import { registerUsersShow } from "./commands/users-show.js";
import { registerWorker } from "./commands/worker.js";
import type { CliIo } from "./io.js";
import { pageWidth } from "./layout.js";
import type { Cli } from "./session.js";

type Register = (parent: Command, cli: Cli) => void;

const groups: readonly (readonly [name: string, description: string, commands: readonly Register[]])[] = [
  ["config", "look at a configuration file, without a server", [registerConfigCheck, registerConfigSchema]],
  ["configuration", "the revisions that a server has", [registerConfigurationList]],
  ["events", "send events and follow them", [registerEventsSend, registerEventsShow]],
  [
    "users",
    "find users, and see why they have which accounts",
    [registerUsersFind, registerUsersShow, registerUsersExplain, registerUsersProvision],
  ],
  ["accounts", "accounts by connection, state and error", [registerAccountsList, registerAccountsResend]],
  [
    "connections",
    "the configured targets",
    [registerConnectionsList, registerConnectionsChange, registerConnectionsTest],
  ],
  ["holds", "removals and failures that wait for a person's word", [registerHoldsList, registerHoldsDecide]],
];

const version = (): string => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
};

const configureOutput = (program: Command, io: CliIo): void => {
  program
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("Add --help to see what there is.")
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => {
        write(text.replace(/^error: /, "usage_error: "));
      },
      getOutHelpWidth: () => pageWidth(io.stdout),
      getErrHelpWidth: () => pageWidth(io.stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
};

/** Builds the whole program (design section 10, Command line): one file a command, under `commands/`. */
export function buildProgram(cli: Cli): Command {
  const program = new Command("outbound").description("Durable outbound user provisioning.");
  configureOutput(program, cli.io);
  program
    .version(version(), "--version", "print the version")
    .addOption(
      new Option("--output <format>", "how results are written").choices(["table", "json"]).default("table"),
    )
    .option(
      "--server <url>",
      "server to ask; default: OUTBOUND_SERVER, else http://127.0.0.1 at OUTBOUND_PORT",
    )
    .option(
      "--token <token>",
      "admin token; default: OUTBOUND_ADMIN_TOKEN, else as kept in OUTBOUND_DATA_DIR",
    )
    .option("--organization <id>", "organization; default: the only one there is");
  for (const register of [registerUp, registerServer, registerWorker, registerMigrate, registerApply])
    register(program, cli);
  for (const [name, description, commands] of groups) {
    const group = program.command(name).description(description);
    for (const register of commands) register(group, cli);
  }
  return program;
}
