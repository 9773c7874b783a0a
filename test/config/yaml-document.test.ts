import { describe, expect, it } from "@jest/globals";
import { textCodes } from "../../src/config/problem.js";
import { maxDocumentLength, readYaml } from "../../src/config/yaml-document.js";
import { problemsOf } from "./support.js";

const multiplying = [
  "a: &a [x, x, x, x, x, x, x, x, x]",
  ..."bcdefghi".split("").map((name, index) => {
    const before = "abcdefgh"[index] ?? "";
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(", ")}]`;
  }),
].join("\n");

const cases: readonly (readonly [string, string, string, number | null])[] = [
  ["a list that is not closed", "version: 1\nfeeds: [1", "yaml_syntax", 2],
  ["a mapping on the line of a key", "version: 1\norganization: a: b", "yaml_syntax", 2],
  ["tabs", "feeds:\n\t- id: hr", "yaml_syntax", 2],
  ["a second document", "version: 1\n---\nversion: 1", "yaml_syntax", 2],
  ["a tag", "version: 1\norganization: !env ORG", "yaml_syntax", 2],
  ["a key that is a list", "? [a]\n: 1", "yaml_syntax", 1],
  ["an alias without an anchor", "version: 1\norganization: *org", "yaml_alias", 2],
  ["an alias to what contains it", "version: 1\nfeeds: &f [1, *f]", "yaml_alias", 2],
  ["aliases that multiply", multiplying, "yaml_alias", null],
  ["nesting that uses up the stack", "[".repeat(100_000), "yaml_too_deep", 1],
  ["nesting that JSON.parse would take", `${"[".repeat(300)}${"]".repeat(300)}`, "yaml_too_deep", null],
  ["a text that is too long", "#".repeat(maxDocumentLength + 1), "yaml_too_large", null],
  ["a key given twice", "version: 1\norganization: a\nversion: 1", "duplicate_key", 3],
];

describe("readYaml", () => {
  it.each(cases)("reports %s, with its line where it has one", (_title, text, code, line) => {
    const problems = problemsOf(text);
    expect(problems.some((problem) => problem.code === code && problem.line === line)).toBe(true);
  });

  it("has a case for every fault of a text", () => {
    expect(textCodes.filter((code) => !cases.some((one) => one[2] === code))).toEqual([]);
  });

  it("goes on checking after a key given twice", () => {
    const problems = problemsOf("version: 1\nversion: 1\norganization: acme\nfeeds: 7");
    expect(problems.map(({ code, line }) => [code, line])).toEqual([
      ["duplicate_key", 2],
      ["invalid_type", 4],
    ]);
  });

  it("stops after a syntax fault, since what follows may be read wrongly", () => {
    const codes = problemsOf("version: 2\nfeeds: [1").map((problem) => problem.code);
    expect(new Set(codes)).toEqual(new Set(["yaml_syntax"]));
  });

  it.each(["", "# nothing yet", "null", "[]", "text", "7"])("reports %j as no mapping", (text) => {
    expect(problemsOf(text).map(({ code, path, line }) => [code, path, line])).toEqual([
      ["invalid_type", "", 1],
    ]);
  });

  it("keeps no more than twenty syntax faults", () => {
    expect(problemsOf("a: @\n".repeat(50)).length).toBeLessThanOrEqual(20);
  });

  it("locates what is missing at the key of its nearest parent", () => {
    const read = readYaml("a:\n  - b: 1\n    c:\n      d: 2\n");
    if (!read.ok) throw new Error("the fixture is valid");
    const line = (...path: readonly (string | number)[]) => read.document.locate(path, "value").line;
    expect([line("a", 0, "b"), line("a", 0, "c", "x", "y"), line("a", 5), line("z")]).toEqual([2, 3, 1, 1]);
  });
});
