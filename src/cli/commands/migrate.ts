import type { Command } from "commander";
import { composition } from "../composition.js";
import { processStart } from "../process-start.js";
import type { Cli } from "../session.js";

/** `outbound migrate`: brings the Postgres to the newest schema and ends. */
export function registerMigrate(program: Command, cli: Cli): void {
  program
    .command("migrate")
    .description("bring the Postgres of OUTBOUND_DATABASE_URL to the newest schema, and end")
    .action(async () => {
      const { environment } = processStart(cli.io);
      cli.exitCode = await composition.migrate({ environment });
    });
}
