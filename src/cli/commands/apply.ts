import type { Command } from "commander";
import { Option } from "commander";
import { z } from "zod";
import { renderProblems } from "../../config/render-problems.js";
import { readYaml } from "../../config/yaml-document.js";
import { adminToken } from "../access.js";
import { ProblemError } from "../api/problem-error.js";
import { applyReply, configurationProblem } from "../api/replies.js";
import { CliError } from "../cli-error.js";
import { authorOption } from "../options.js";
import { readTextFile } from "../read-input.js";
import { counted } from "../counted.js";
import type { Cli, GlobalOptions } from "../session.js";
import { openSession } from "../session.js";

interface ApplyOptions extends GlobalOptions {
  readonly orphans?: "keep";
  readonly author?: string;
}

const refused = (file: string, problems: Parameters<typeof renderProblems>[0]): CliError =>
  new CliError(
    "invalid_configuration",
    `${file} was not applied; correct these problems and apply again`,
    renderProblems(problems, file).split("\n"),
  );

/** The organization that the file is for: the first configuration of one cannot be asked from the server. */
const organizationOf = (text: string, file: string): string => {
  const read = readYaml(text);
  if (!read.ok) throw refused(file, read.problems);
  const named = z.looseObject({ organization: z.string().min(1) }).safeParse(read.document.value);
  if (named.success) return named.data.organization;
  throw new CliError("invalid_configuration", `${file} names no organization; add \`organization: NAME\``);
};

const withLines = (error: unknown, file: string): unknown => {
  if (!(error instanceof ProblemError) || error.problem.code !== "invalid_configuration") return error;
  const problems = z.array(configurationProblem).safeParse(error.problem["problems"]);
  return problems.success ? refused(file, problems.data) : error;
};

const apply = async (file: string, options: ApplyOptions, command: Command, cli: Cli): Promise<void> => {
  const text = await readTextFile(file);
  const session = openSession(cli, command);
  const organization = options.organization ?? organizationOf(text, file);
  const reply = await session.client
    .send({
      method: "PUT",
      path: ["v1", "organizations", organization, "configuration"],
      query: { orphans: options.orphans },
      body: { type: "text/yaml", text },
      author: options.author,
      token: await adminToken(options.token, cli.io.env),
      reply: applyReply,
    })
    .catch((error: unknown) => {
      throw withLines(error, file);
    });
  if (reply.warnings.length > 0 && session.output === "table")
    session.note(renderProblems(reply.warnings, file));
  session.show(reply, ({ revision, changed, woken }) =>
    changed
      ? `${file} is revision ${String(revision)} of ${organization}; ${counted(woken, "user")} will be looked at again`
      : `${file} is what ${organization} has already (revision ${String(revision)}); nothing was stored`,
  );
};

/** `outbound apply`: stores a configuration as a revision, effective with the next decision. */
export function registerApply(program: Command, cli: Cli): void {
  program
    .command("apply")
    .description("make a configuration file the one that holds, without a restart")
    .argument("<file>", "configuration, YAML or JSON; names its organization")
    .addOption(
      new Option(
        "--orphans <what>",
        "what becomes of accounts whose connection is gone from the file; refused without it",
      ).choices(["keep"]),
    )
    .addOption(authorOption())
    .action(async (file: string, _options: unknown, command: Command) => {
      await apply(file, command.optsWithGlobals<ApplyOptions>(), command, cli);
    });
}
