import type { Command } from "commander";
import { composition } from "../composition.js";
import { processStart } from "../process-start.js";
import type { Cli } from "../session.js";

/** `outbound up`: everything in one process on embedded defaults (design section 9). */
export function registerUp(program: Command, cli: Cli): void {
  program
    .command("up")
    .description("run everything in one process: embedded database, Temporal, server and worker")
    .option("--demo", "start a demo target too, and send a sample joiner", false)
    .option("--config <file>", "configuration file; default: OUTBOUND_CONFIG, with --demo the quick start")
    .action(async (options: { readonly demo: boolean; readonly config?: string }) => {
      const { demo, config = null } = options;
      cli.exitCode = await composition.up({ ...processStart(cli.io), demo, configFile: config });
    });
}
