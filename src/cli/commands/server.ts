import type { Command } from "commander";
import { composition } from "../composition.js";
import { processStart } from "../process-start.js";
import type { Cli } from "../session.js";

/** `outbound server`: HTTP and dispatcher on Postgres and a Temporal cluster. */
export function registerServer(program: Command, cli: Cli): void {
  program
    .command("server")
    .description("run the HTTP server and the dispatcher, on Postgres and a Temporal server")
    .action(async () => {
      cli.exitCode = await composition.server(processStart(cli.io));
    });
}
