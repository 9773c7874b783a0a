// The acceptance run of promise 1 (docs: design, section 2): everything is killed again and again, nothing is lost.
//
//   tsx scripts/crash-run.ts [--seed N] [--users 500] [--kills 5] [--open 50] [--limit-minutes 25] [--out FILE] [--keep]
//
// Takes about ten minutes with 500 users. A killed call recovers in about a minute: its claim lives 30 s and is
// waited out another 20 s. Ends with 0 when every account equals the oracle, 1 when not, or when the limit passes.
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { faults, renderReport } from "./crash-run/report.js";
import { crashRun } from "./crash-run/run.js";

const whole = (text: string): number => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError("must be a whole number");
  return number;
};

interface Arguments {
  readonly seed: number;
  readonly users: number;
  readonly kills: number;
  readonly open: number;
  readonly limitMinutes: number;
  readonly out?: string;
  readonly keep: boolean;
}

const command = new Command("crash-run")
  .description("kill the all-in-one process again and again, and hold every account against an oracle")
  .option(
    "--seed <number>",
    "seed of the history; the same seed posts the same events",
    whole,
    Date.now() % 2 ** 32,
  )
  .option("--users <number>", "users, with 5 events each", whole, 500)
  .option("--kills <number>", "kills that meet the conditions", whole, 5)
  .option("--open <number>", "accounts that must be open at a kill", whole, 50)
  .option("--limit-minutes <number>", "fail after this long", whole, 25)
  .option("--out <file>", "write the report to a file, too")
  .option("--keep", "keep data and log of the run", false)
  .parse();
const given = command.opts<Arguments>();

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
execFileSync(process.execPath, ["scripts/build-if-stale.mjs"], { stdio: "inherit" });
const report = await crashRun({
  seed: given.seed,
  users: given.users,
  eventsPerUser: 5,
  kills: given.kills,
  openMin: given.open,
  delayMs: [150, 350],
  limitMs: given.limitMinutes * 60_000,
  keep: given.keep,
  say: (line) => process.stderr.write(`${line}\n`),
});
const text = renderReport(report);
process.stdout.write(`${text}\n`);
if (given.out !== undefined) await writeFile(given.out, `${text}\n`);
process.exitCode = faults(report).length === 0 ? 0 : 1;
