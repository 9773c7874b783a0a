import { existsSync, globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { Command } from "commander";
import { cliVariables } from "../../src/cli/access.js";
import { buildProgram } from "../../src/cli/program.js";
import { environmentSchema } from "../../src/config/environment.js";
import type { Page } from "./markdown.js";
import { anchorsOf, fencesOf, linksOf, pages, readPage, spansOf } from "./markdown.js";

const byPath = pages.map((page): readonly [string, Page] => [page.path, page]);
const silent = { write: () => true };
const program = buildProgram({ io: { stdout: silent, stderr: silent, env: {} }, exitCode: 0 });

/** All code of a page, in spans and in blocks. */
const codeOf = ({ text }: Page): readonly string[] => [
  ...spansOf(text),
  ...fencesOf(text).map(({ body }) => body),
];

const localLinks = (page: Page) =>
  linksOf(page.text)
    .filter(({ target }) => !/^https?:/.test(target))
    .map(({ text, target }) => {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page.path : posix.join(posix.dirname(page.path), path);
      return { text, file, anchor };
    });

/** Paths below the folders of the repository; a star stands for anything. */
const pathsIn = (code: string): readonly string[] =>
  [
    ...code.matchAll(/(?<![\w./~-])(?:src|test|docs|scripts|deploy|examples|bench|\.ci)\/[\w.*/-]*[\w*]/g),
  ].map(([path]) => path);

/** Calls of our program, as words after its name: in spans, and in lines that begin with a prompt. */
const callsIn = ({ text }: Page): readonly string[] => {
  const lines = fencesOf(text).flatMap(({ body }) =>
    [...body.matchAll(/^ *\$ (.*)$/gm)].map(([, line = ""]) => line),
  );
  return [...spansOf(text), ...lines].flatMap((code) => {
    const found = /(?:^|\s)outbound (?:-- )?(?<words>[a-z].*)$/.exec(code);
    return found?.groups?.["words"] === undefined ? [] : [found.groups["words"]];
  });
};

/** What is wrong with a call: a command that does not exist, or an option that it does not take. */
const faultOf = (call: string): string | null => {
  const words = call.split(" ");
  let command: Command = program;
  while (command.commands.length > 0) {
    const name = words.shift() ?? "";
    const next = command.commands.find((one) => one.name() === name);
    if (next === undefined) return `no command ${name}`;
    command = next;
  }
  const known = [...command.options, ...program.options].map(({ long }) => long);
  const option = words.find((word) => /^--\w/.test(word) && !known.includes(word));
  return option === undefined ? null : `no option ${option}`;
};

describe.each(byPath)("%s", (_path, page) => {
  it("has links that lead to files and headings of the repository", () => {
    const broken = localLinks(page).filter(
      ({ file, anchor }) =>
        !existsSync(file) || (anchor !== undefined && !anchorsOf(readPage(file).text).includes(anchor)),
    );
    expect(broken).toEqual([]);
  });

  it("leads from a name in the code, and from the title of a test, to a file that has it", () => {
    const missing = localLinks(page).filter(({ text, file }) => {
      const name = /^`(\w+)`$/.exec(text)?.[1];
      const title = /^“(.+)”$/.exec(text)?.[1];
      if (!file.endsWith(".ts")) return title !== undefined;
      const source = readFileSync(file, "utf8");
      if (title !== undefined) return !source.includes(title);
      return name !== undefined && !new RegExp(String.raw`\b${name}\b`).test(source);
    });
    expect(missing).toEqual([]);
  });

  it("names only paths that exist", () => {
    const missing = codeOf(page)
      .flatMap(pathsIn)
      .filter((path) => globSync(path).length === 0);
    expect(missing).toEqual([]);
  });

  it("names only npm scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: object };
    const named = codeOf(page).flatMap((code) =>
      [...code.matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)].map(
        ([, script, short]) => script ?? short ?? "",
      ),
    );
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it("names only commands and options that the command line has", () => {
    const wrong = callsIn(page).flatMap((call) => {
      const fault = faultOf(call);
      return fault === null ? [] : [{ call, fault }];
    });
    expect(wrong).toEqual([]);
  });

  it("names only variables that somebody reads", () => {
    const compose = readFileSync("docker-compose.yml", "utf8");
    const read: readonly string[] = [...Object.keys(environmentSchema.shape), ...cliVariables];
    const named = [...page.text.matchAll(/\bOUTBOUND_[A-Z_]*[A-Z]\b/g)].map(([name]) => name);
    expect(named.filter((name) => !read.includes(name) && !compose.includes(`{${name}`))).toEqual([]);
  });
});

describe("the checks above", () => {
  it("find something to check", () => {
    const all = pages.map((page) => [page.path, localLinks(page).length, callsIn(page).length] as const);
    const links = all.reduce((sum, [, count]) => sum + count, 0);
    const calls = all.reduce((sum, [, , count]) => sum + count, 0);
    expect(links).toBeGreaterThan(100);
    expect(calls).toBeGreaterThan(30);
    expect(pages.flatMap(codeOf).flatMap(pathsIn).length).toBeGreaterThan(20);
  });

  it.each([
    ["users explane hr:u-1", "no command explane"],
    ["user explain hr:u-1", "no command user"],
    ["users explain hr:u-1 --verbose", "no option --verbose"],
    ["users", "no command "],
    ["users explain hr:u-1 --output json", null],
    ["worker --shard 0/3", null],
  ])("judge the call %s", (call, fault) => {
    expect(faultOf(call)).toBe(fault);
  });
});

describe("CONTRIBUTING.md", () => {
  it("stays below a hundred lines, so that it is read", () => {
    expect(readPage("CONTRIBUTING.md").text.split("\n").length).toBeLessThan(100);
  });
});
