import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { composition } from "../composition.js";
import { processStart } from "../process-start.js";
import type { Cli } from "../session.js";

interface Shard {
  readonly index: number;
  readonly of: number;
}

const parseShard = (text: string): Shard => {
  const found = /^(\d{1,4})\/(\d{1,4})$/.exec(text);
  const shard = { index: Number(found?.[1]), of: Number(found?.[2]) };
  if (!(shard.index < shard.of))
    throw new InvalidArgumentError("It must be i/n with i from 0 to n-1, such as 0/3, 1/3 and 2/3.");
  return shard;
};

/** `outbound worker`: workflows and the connections of a shard. */
export function registerWorker(program: Command, cli: Cli): void {
  program
    .command("worker")
    .description("run a worker, on Postgres and a Temporal server")
    .addOption(
      new Option("--shard <i/n>", "take only the i-th of n parts of the connections, i from 0")
        .argParser(parseShard)
        .default({ index: 0, of: 1 }, "0/1, all of them"),
    )
    .action(async ({ shard }: { readonly shard: Shard }) => {
      cli.exitCode = await composition.worker({ ...processStart(cli.io), shard });
    });
}
