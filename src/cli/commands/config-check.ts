import type { Command } from "commander";
import type { Problem } from "../../config/problem.js";
import { renderProblems } from "../../config/render-problems.js";
import { CliError } from "../cli-error.js";
import { composition } from "../composition.js";
import { counted } from "../counted.js";
import { printableJson, printableValue } from "../printable.js";
import { readTextFile } from "../read-input.js";
import type { Cli, GlobalOptions } from "../session.js";

interface Checked {
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

const check = async (text: string): Promise<Checked> => {
  const result = await composition.parseConfiguration(text);
  return result.ok
    ? { ok: true, problems: [], warnings: result.warnings }
    : { ok: false, problems: result.problems, warnings: [] };
};

const asText = (checked: Checked, file: string): string => {
  if (!checked.ok) return renderProblems(checked.problems, file);
  const verdict = `${file} is right`;
  if (checked.warnings.length === 0) return verdict;
  return `${renderProblems(checked.warnings, file)}\n${verdict}; read the warnings above`;
};

/** `outbound config check`: every problem and warning of a file with its line; exits with 1 on a problem. */
export function registerConfigCheck(config: Command, cli: Cli): void {
  config
    .command("check")
    .description("check a configuration file; all problems at once, each with its line")
    .argument("<file>", "configuration, YAML or JSON")
    .action(async (file: string, _options: unknown, command: Command) => {
      const checked = await check(await readTextFile(file));
      const { output } = command.optsWithGlobals<GlobalOptions>();
      const text =
        output === "json" ? printableJson({ file, ...checked }) : asText(printableValue(checked), file);
      cli.io.stdout.write(`${text}\n`);
      if (checked.ok) return;
      throw new CliError(
        "invalid_configuration",
        `${file} has ${counted(checked.problems.length, "problem")}; correct them and check again`,
      );
    });
}
