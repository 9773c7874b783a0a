import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../config/environment.js";
import { readEnvironment } from "../config/environment.js";
import { renderProblems } from "../config/render-problems.js";
import { CliError } from "./cli-error.js";
import type { CliIo } from "./io.js";

/** A token and where it came from; only the origin is ever shown. */
export interface Token {
  readonly value: string;
  /** `--token`, `OUTBOUND_ADMIN_TOKEN`, `the file .outbound/admin-token`. */
  readonly origin: string;
  /** What to change when it is refused. */
  readonly remedy: string;
}

/** Variables that only the command line reads; `readEnvironment` does not know them. */
export const cliVariables = ["OUTBOUND_SERVER", "OUTBOUND_FEED_TOKEN"] as const;

/**
 * The few variables that a call to a server needs, so that a mistake in any other one does not matter. Throws
 * `invalid_variable`.
 */
export function readClientEnvironment(env: CliIo["env"]): Environment {
  const { OUTBOUND_PORT, OUTBOUND_DATA_DIR } = env;
  return environmentOf({ OUTBOUND_PORT, OUTBOUND_DATA_DIR });
}

/** The whole environment, as processes take it; surprises are handed to `warn`. Throws `invalid_variable`. */
export function readProcessEnvironment(env: CliIo["env"], warn: (line: string) => void): Environment {
  const known: readonly string[] = cliVariables;
  return environmentOf(
    Object.fromEntries(Object.entries(env).filter(([name]) => !known.includes(name))),
    warn,
  );
}

const environmentOf = (env: CliIo["env"], warn?: (line: string) => void): Environment => {
  const result = readEnvironment(env);
  if (!result.ok) {
    const details = renderProblems(result.problems, null).split("\n");
    throw new CliError("invalid_variable", "the environment has problems; correct these variables", details);
  }
  if (result.warnings.length > 0) warn?.(renderProblems(result.warnings, null));
  return result.environment;
};

/** Base URL of the server without a slash at its end. Throws `usage_error` for what is no HTTP URL. */
export function serverUrl(given: string | undefined, env: CliIo["env"]): string {
  const configured = env["OUTBOUND_SERVER"] === "" ? undefined : env["OUTBOUND_SERVER"];
  const url = given ?? configured ?? `http://127.0.0.1:${String(readClientEnvironment(env).port)}`;
  const origin = given === undefined ? "OUTBOUND_SERVER" : "--server";
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const usable =
    parsed !== null &&
    ["http:", "https:"].includes(parsed.protocol) &&
    parsed.username + parsed.password + parsed.search + parsed.hash === "";
  if (!usable)
    throw new CliError("usage_error", `${origin} must be a URL such as https://outbound.acme.example`);
  return url.replace(/\/+$/, "");
}

interface TokenSources {
  /** What the command line gave. */
  readonly given: string | undefined;
  readonly option: string;
  readonly variable: "OUTBOUND_ADMIN_TOKEN" | "OUTBOUND_FEED_TOKEN";
  readonly file: "admin-token" | "feed-token";
  /** As in `no admin token`. */
  readonly name: string;
  /** What else may be wrong when the token is refused. */
  readonly doubts: string;
}

const tokenPattern = /^[\x21-\x7e]+$/;

const checked = (value: string, origin: string, remedy: string): Token => {
  // Told here: the HTTP library's own message would show the value.
  if (!tokenPattern.test(value))
    throw new CliError(
      "token_invalid",
      `${origin} is empty, or has characters that no token has; correct it`,
    );
  return { value, origin, remedy };
};

const findToken = async (sources: TokenSources, env: CliIo["env"]): Promise<Token> => {
  const { option, variable } = sources;
  const remedy = `give the right one by ${option} or ${variable}${sources.doubts}`;
  if (sources.given !== undefined) return checked(sources.given, option, remedy);
  const held = env[variable];
  if (held) return checked(held, variable, remedy);
  const path = join(readClientEnvironment(env).dataDirectory, sources.file);
  const text = await readFile(path, "utf8").catch(() => null);
  if (text !== null) return checked(text.trim(), `the file ${path}`, remedy);
  throw new CliError(
    "token_missing",
    `there is no ${sources.name}: give one by ${option} or ${variable}, or set OUTBOUND_DATA_DIR to the data ` +
      `directory of \`outbound up\` (there is no file ${path})`,
  );
};

/** The token of the admin routes. Rejects with `token_missing` or `token_invalid`; names origins, never values. */
export function adminToken(given: string | undefined, env: CliIo["env"]): Promise<Token> {
  const sources = { option: "--token", variable: "OUTBOUND_ADMIN_TOKEN", file: "admin-token" } as const;
  return findToken({ ...sources, given, name: "admin token", doubts: "" }, env);
}

/** The token of a feed; in the data directory only the all-in-one keeps one. Rejects as {@link adminToken}. */
export function feedToken(given: string | undefined, env: CliIo["env"]): Promise<Token> {
  const sources = { option: "--feed-token", variable: "OUTBOUND_FEED_TOKEN", file: "feed-token" } as const;
  // An unknown feed is refused just as a wrong token is.
  const doubts = ", and check --feed and --organization";
  return findToken({ ...sources, given, name: "feed token", doubts }, env);
}
