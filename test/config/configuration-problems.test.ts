import { afterAll, describe, expect, it } from "@jest/globals";
import { findingCodes } from "../../src/config/problem.js";
import type { Problem } from "../../src/config/problem.js";
import { referenceFixtures } from "./reference-fixtures.js";
import { schemaFixtures } from "./schema-fixtures.js";
import { chat, problemsOf } from "./support.js";

const seen = new Set<string>();

/**
 * The problems that a fixture expects: a comment `# !! code path; code path` on the line where each must be
 * reported. An empty path is written `-`.
 */
const expectedOf = (text: string): readonly string[] =>
  text.split("\n").flatMap((line, index) => {
    const marks = line.split("# !! ")[1]?.split("; ") ?? [];
    return marks.map((mark) => `${index + 1} ${mark}`);
  });

const shown = (problem: Problem): string => `${problem.line ?? "?"} ${problem.code} ${problem.path || "-"}`;

const reportsExactly = (text: string): void => {
  const problems = problemsOf(text);
  for (const problem of problems) seen.add(problem.code);
  expect([...problems].map(shown).sort()).toEqual([...expectedOf(text)].sort());
};

const cases = { ...schemaFixtures, ...referenceFixtures };

describe("problems", () => {
  it.each(Object.entries(cases))("reports %s, each on its line and nothing else", (_title, text) => {
    reportsExactly(text);
  });

  afterAll(() => {
    // Every code has its case above: a new one without a test fails here.
    expect(findingCodes.filter((code) => !seen.has(code))).toEqual([]);
  });

  it("reports the column too, of the key for unknown keys and of the value otherwise", () => {
    const problems = problemsOf("version: 1\norganization: acme\nnetwork: { allow: 1, allowPrivate: [x] }");
    expect(problems.map(({ code, line, column }) => [code, line, column])).toEqual([
      ["unknown_key", 3, 12],
      ["invalid_cidr", 3, 37],
    ]);
  });

  it("reports schema faults and broken references in one go, in the order of the text", () => {
    const text = chat(`    adopt: sometimes
provisioners:
  connections: [{ connection: wiki }]
  onPartialFailure: retry`);
    expect(problemsOf(text).map((problem) => problem.code)).toEqual([
      "invalid_value",
      "unknown_connection",
      "invalid_value",
    ]);
  });
});

describe("messages", () => {
  const messageOf = (text: string): string => problemsOf(text)[0]?.message ?? "";

  it.each([
    ["groupFiler: [a]", "did you mean groupFilter?"],
    ["adopt: unmanged", "did you mean unmanaged?"],
    ["groupFilter: []", "leave groupFilter out to include every user"],
    ["mapping: { userName: { path: usrName } }", "did you mean userName?"],
    ["mapping: { userName: { cel: user } }", "CEL comes in a later release"],
    ["colour: blue", "allowed here: id, connector, enabled"],
  ])("says of %s: %s", (line, words) => {
    expect(messageOf(chat(`    ${line}`))).toContain(words);
  });

  it("suggests a key of the connector's settings", () => {
    const text = chat("").replace("baseUrl:", "baseUrl: https://a.example, basUrl:");
    expect(messageOf(text)).toContain("did you mean baseUrl?");
  });

  it("suggests the enterprise attribute for its bare name", () => {
    const text =
      "version: 1\norganization: acme\napplications: [{ id: a, requestedAttributes: [department] }]";
    expect(messageOf(text)).toContain(
      "did you mean urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department?",
    );
  });
});
