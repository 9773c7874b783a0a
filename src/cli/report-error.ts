import { CommanderError } from "commander";
import { errorIdentity } from "../domain/error-identity.js";
import { ProblemError } from "./api/problem-error.js";
import { CliError, exitCodes } from "./cli-error.js";
import type { CliIo } from "./io.js";
import { printable } from "./printable.js";

/** What helps, per code of the server, where the command line has better words than HTTP; without a full stop. */
const hints: Readonly<Record<string, string>> = {
  unknown_user: "find the key with `outbound users find NAME`, or write the id as source:externalId",
  unknown_connection: "`outbound connections list` names them",
  unknown_organization: "check --organization, or apply a configuration first: outbound apply FILE",
  event_ambiguous: "choose one by --source",
  not_found: "check --server, and that server and command line have the same version",
  organization_mismatch: "leave --organization out: the file names its own",
  orphans: "put them back, disable them with `enabled: false`, or apply with --orphans keep",
};

const remedy = ({ problem, token, retryAfterSeconds }: ProblemError): string => {
  if (problem.status === 401) return `the token of ${token.origin} was used: ${token.remedy}`;
  const hint = Object.hasOwn(hints, problem.code) ? hints[problem.code] : undefined;
  if (hint !== undefined) return hint;
  return retryAfterSeconds === null ? problem.detail : `try again in ${String(retryAfterSeconds)} s`;
};

/** Extra members that list what a refusal is about. */
const listed = ({ problem }: ProblemError): string => {
  const names = problem.code === "orphans" ? problem["connections"] : problem["sources"];
  return Array.isArray(names) ? ` (${names.map(String).join(", ")})` : "";
};

const lowerFirst = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);

const problemLines = (error: ProblemError): readonly string[] => {
  const { code, title, errors = [] } = error.problem;
  const details = errors.map((one) => `  ${one.pointer}: ${one.code}: ${one.detail}`);
  return [`${code}: ${lowerFirst(title)}${listed(error)}; ${remedy(error)}`, ...details];
};

const plainLines = (error: unknown): readonly string[] => {
  const { error: name, code } = errorIdentity(error);
  const message = error instanceof Error ? error.message : "";
  return [`${code ?? name}: ${message}`];
};

const write = (io: CliIo, lines: readonly string[]): void => {
  const text = lines.flatMap((line) => line.split("\n")).map(printable);
  io.stderr.write(`${text.join("\n")}\n`);
};

/**
 * Says on stderr why a command ended: the stable code, one sentence, what to do. Never shows a token.
 *
 * @returns the exit code: 2 where the call must be changed, else 1; 0 for `--help` and `--version`.
 */
export function reportError(error: unknown, io: CliIo): number {
  // Commander has written its own line already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof CliError) {
    write(io, [`${error.code}: ${error.message}`, ...error.details]);
    return error.exitCode;
  }
  write(io, error instanceof ProblemError ? problemLines(error) : plainLines(error));
  return exitCodes.failed;
}
