import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { accountStates } from "./api/replies.js";
import { CliError } from "./cli-error.js";

/** What an operator says beside an action. */
export interface ActionOptions {
  readonly reason: string;
  readonly author?: string;
}

const asAuthor = (text: string): string => {
  if (!/^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/.test(text))
    throw new InvalidArgumentError("It must be 1 to 128 printable ASCII characters.");
  return text;
};

/** `--author`: who is recorded for a change. */
export function authorOption(): Option {
  return new Option("--author <name>", "who is recorded for this; default: admin").argParser(asAuthor);
}

/** Adds `--reason` (required) and `--author`: both are recorded. */
export function withReason(command: Command): Command {
  return command.requiredOption("--reason <text>", "why; recorded").addOption(authorOption());
}

/** Which rows an action is for. */
export interface SelectionOptions {
  readonly ids?: readonly string[];
  readonly connection?: string;
  readonly state?: string;
  readonly code?: string;
  readonly all?: true;
}

/** `--ids`: several, also joined by commas. */
export function idsOption(what: string): Option {
  return new Option("--ids <id...>", `these ${what}; several may be joined by commas`);
}

/** `--state` of accounts. */
export function stateOption(): Option {
  return new Option("--state <state>", "accounts in this state").choices([...accountStates]);
}

/**
 * The selection as the server takes it. Exactly one kind must be given: `--ids`, `--all`, or one or more of the
 * criteria; throws `usage_error` otherwise, so that a forgotten option never means everything.
 */
export function selectionOf(
  options: SelectionOptions,
  criteria: readonly ("connection" | "state" | "code")[],
): Readonly<Record<string, unknown>> {
  const chosen = Object.fromEntries(
    criteria.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
  const ids = options.ids?.flatMap((text) => text.split(",")).filter((id) => id !== "");
  const kinds = [
    ...(ids === undefined ? [] : [{ ids }]),
    ...(options.all === undefined ? [] : [{ all: true }]),
    ...(Object.keys(chosen).length === 0 ? [] : [chosen]),
  ];
  const [only, second] = kinds;
  if (only !== undefined && second === undefined) return only;
  const names = criteria.map((name) => `--${name}`).join(", ");
  throw new CliError(
    "usage_error",
    `choose by one of --ids, --all, or ${names}${criteria.length > 1 ? " (which may be combined)" : ""}`,
  );
}

const limitMax = 1_000_000;

/** `--limit`: how many rows a listing shows. */
export function limitOption(): Option {
  const parse = (text: string): number => {
    const limit = text === "all" ? limitMax : Number(text);
    if (!/^(\d+|all)$/.test(text) || limit < 1 || limit > limitMax)
      throw new InvalidArgumentError(`It must be a number from 1 to ${String(limitMax)}, or all.`);
    return limit;
  };
  return new Option("--limit <number>", "at most so many rows, or all").argParser(parse).default(200);
}
