import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createSecretResolver, secretMaxAgeMs, SecretError } from "../../src/config/secrets.js";

let directory = "";
let file = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "secrets-"));
  file = join(directory, "token");
});
afterEach(() => rm(directory, { recursive: true }));

const errorOf = async (promise: Promise<string>): Promise<SecretError> => {
  const error: unknown = await promise.then(
    () => new Error("it resolved"),
    (reason: unknown) => reason,
  );
  if (error instanceof SecretError) return error;
  throw error;
};

describe("createSecretResolver", () => {
  it("reads variables of the environment it was given", async () => {
    const resolver = createSecretResolver({ env: { TOKEN: "first" } });
    await expect(resolver.resolve("env:TOKEN")).resolves.toBe("first");
  });

  it.each([
    ["secret", "secret"],
    ["secret\n", "secret"],
    ["secret\r\n", "secret"],
    ["secret\n\n", "secret\n"],
    [" secret \n", " secret "],
  ])("takes one trailing line break off a file: %j gives %j", async (content, expected) => {
    await writeFile(file, content);
    await expect(createSecretResolver({ env: {} }).resolve(`file:${file}`)).resolves.toBe(expected);
  });

  it("reads a file again after thirty seconds, and not before", async () => {
    let now = 1_000;
    const resolver = createSecretResolver({ env: {}, now: () => now });
    await writeFile(file, "old");
    await expect(resolver.resolve(`file:${file}`)).resolves.toBe("old");
    await writeFile(file, "new");
    now += secretMaxAgeMs - 1;
    await expect(resolver.resolve(`file:${file}`)).resolves.toBe("old");
    now += 1;
    await expect(resolver.resolve(`file:${file}`)).resolves.toBe("new");
    expect(secretMaxAgeMs).toBe(30_000);
  });

  it("reads a file again at once on refresh, and gives the new value from then on", async () => {
    const resolver = createSecretResolver({ env: {}, now: () => 0 });
    await writeFile(file, "old");
    await resolver.resolve(`file:${file}`);
    await writeFile(file, "new");
    await expect(resolver.refresh(`file:${file}`)).resolves.toBe("new");
    await expect(resolver.resolve(`file:${file}`)).resolves.toBe("new");
  });

  it("does not serve an old value on when the file has gone", async () => {
    const resolver = createSecretResolver({ env: {}, now: () => 0 });
    await writeFile(file, "old");
    await resolver.resolve(`file:${file}`);
    await rm(file);
    await errorOf(resolver.refresh(`file:${file}`));
    await errorOf(resolver.resolve(`file:${file}`));
  });

  it.each([
    ["a variable that is not set", "env:MISSING"],
    ["a variable that is empty", "env:EMPTY"],
    ["a file that does not exist", "file:/nonexistent/secret"],
    ["a directory", "file:/tmp"],
  ])("names the reference of %s", async (_title, reference) => {
    const error = await errorOf(createSecretResolver({ env: { EMPTY: "" } }).resolve(reference));
    expect(error.code).toBe("secret_unavailable");
    expect(error.reference).toBe(reference);
    expect(error.message).toContain(reference);
  });

  it("refuses an empty file, and one that is far too large to be a secret", async () => {
    const resolver = createSecretResolver({ env: {} });
    await writeFile(file, "\n");
    expect((await errorOf(resolver.resolve(`file:${file}`))).message).toContain("is empty");
    await truncate(file, 65_537);
    expect((await errorOf(resolver.resolve(`file:${file}`))).message).toContain("larger");
  });

  it.each(["hunter2hunter2", "file:relative", "env:NOT-A-NAME", "file:/a\0b"])(
    "does not show a text that is no reference: %j",
    async (text) => {
      const error = await errorOf(createSecretResolver({ env: {} }).resolve(text));
      expect(error.code).toBe("secret_unavailable");
      expect(error.reference).toBeNull();
      expect(error.message).not.toContain(text);
    },
  );
});
