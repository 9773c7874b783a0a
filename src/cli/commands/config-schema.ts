import type { Command } from "commander";
import { configurationJsonSchema } from "../../config/json-schema.js";
import { printableJson } from "../printable.js";
import type { Cli } from "../session.js";

/** `outbound config schema`: the JSON Schema of `outbound.yaml`, for editors; JSON with either `--output`. */
export function registerConfigSchema(config: Command, cli: Cli): void {
  config
    .command("schema")
    .description("print the JSON Schema of a configuration, for editors")
    .action(() => {
      cli.io.stdout.write(`${printableJson(configurationJsonSchema())}\n`);
    });
}
