import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { DirectoryLockedError, lockDirectory } from "../../src/store/directory-lock.js";

const moduleUrl = new URL("../../src/store/directory-lock.ts", import.meta.url).href;

/** A process of its own that takes the lock, says so, and stays until it is killed. */
async function lockElsewhere(directory: string): Promise<ChildProcess> {
  const program = `
    const { lockDirectory } = await import(${JSON.stringify(moduleUrl)});
    await lockDirectory(${JSON.stringify(directory)});
    process.stdout.write("locked");
    setInterval(() => undefined, 1_000);
  `;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  expect(child.exitCode).toBeNull();
  return child;
}

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "outbound-lock-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe("lockDirectory", () => {
  it("makes a missing directory that only its owner can enter", async () => {
    const lock = await lockDirectory(join(directory, "new"));
    expect((await stat(join(directory, "new"))).mode & 0o777).toBe(0o700);
    lock.release();
  });

  it("refuses a second lock in the same process, and grants it after release", async () => {
    const first = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toBeInstanceOf(DirectoryLockedError);
    first.release();
    first.release();
    const second = await lockDirectory(directory);
    second.release();
  });

  it("refuses while another process holds the lock, naming the directory, and grants it after SIGKILL", async () => {
    const holder = await lockElsewhere(directory);
    try {
      await expect(lockDirectory(directory)).rejects.toMatchObject({
        code: "data_directory_locked",
        message: expect.stringContaining(directory),
      });
    } finally {
      holder.kill("SIGKILL");
      await once(holder, "exit");
    }
    const lock = await lockDirectory(directory);
    lock.release();
  });

  it("reports other failures as they are", async () => {
    await expect(lockDirectory("/dev/null/nowhere")).rejects.not.toBeInstanceOf(DirectoryLockedError);
  });
});
