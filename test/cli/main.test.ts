import { describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { run } from "../../src/cli/run.js";

const program = async (...argv: readonly string[]) => {
  const { NODE_OPTIONS: _options, ...env } = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...argv], { env });
  child.stdin.end();
  const [stdout, stderr, closed] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[code: number]>,
  ]);
  return { code: closed[0], stdout, stderr };
};

const imported = /^(?:import|export)\s(?!type\b)[^;]*?from\s+"([^"]+)"|^import\s+"([^"]+)"/gm;

/** Every module that is loaded before anything runs: static imports, types left out. */
const loadedBy = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (!file.endsWith(".ts")) return seen;
  for (const [, first, second] of readFileSync(file, "utf8").matchAll(imported)) {
    const specifier = first ?? second ?? "";
    const local = specifier.startsWith(".");
    loadedBy(
      local ? relative(".", resolve(join(dirname(file), specifier.replace(/\.js$/, ".ts")))) : specifier,
      seen,
    );
  }
  return seen;
};

describe("the program", () => {
  it("hands on results and exit codes as a process", async () => {
    const [version, unknown] = await Promise.all([program("--version"), program("usrs")]);
    expect(version).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: "" });
    expect(unknown).toMatchObject({ code: 2, stdout: "" });
    expect(unknown.stderr).toMatch(/^usage_error: unknown command 'usrs'/);
  });

  it("checks the version of Node before it loads anything", () => {
    expect([...loadedBy("src/cli/main.ts")]).toEqual(["src/cli/main.ts"]);
  });

  it("loads neither Temporal nor a connector nor the store for commands that only ask a server", () => {
    const loaded = loadedBy("src/cli/run.ts");
    expect(loaded).toContain("src/cli/explain/render-explanation.ts");
    expect(loaded).toContain("commander");
    const heavy = /^@temporalio|^pg$|^kysely$|pglite|^fastify|^src\/(?!cli\/|config\/|domain\/)/;
    expect([...loaded].filter((name) => heavy.test(name))).toEqual([]);
  });

  it("never rejects: what is no error of ours comes out as code and message, with 1", async () => {
    const written: string[] = [];
    const broken = {
      write: () => {
        throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
      },
    };
    const stderr = { write: (line: string) => written.push(line) };
    expect(await run(["config", "schema"], { stdout: broken, stderr, env: {} })).toBe(1);
    expect(written.join("")).toBe("ENOSPC: no space left\n");
  });
});
