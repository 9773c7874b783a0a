import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import ts from "typescript";
import { errorClasses } from "../../src/domain/errors.js";
import { problemKinds } from "../../src/http/problem.js";
import { DirectoryLockedError } from "../../src/store/directory-lock.js";
import { readPage, rowsOf, sectionOf } from "./markdown.js";

const { text } = readPage("docs/failure-modes.md");
const rows = (heading: string) => rowsOf(sectionOf(text, heading));
const codes = (heading: string) => rows(heading).map(([code]) => code);

/** The texts of a union of literals, read from its source: a type leaves nothing to import. */
const unionOf = (file: string, alias: string): readonly string[] => {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const type = source.statements
    .filter(ts.isTypeAliasDeclaration)
    .find(({ name }) => name.text === alias)?.type;
  if (type === undefined || !ts.isUnionTypeNode(type)) throw new Error(`${file} has no union ${alias}`);
  return type.types.map((one) => {
    if (!ts.isLiteralTypeNode(one) || !ts.isStringLiteral(one.literal))
      throw new Error(`${alias} is not only of texts`);
    return one.literal.text;
  });
};

describe("docs/failure-modes.md", () => {
  it("has every code of accounts and attempts with its class, in the order of the source, and no other", () => {
    expect(rows("Accounts and attempts").map(([code, kind]) => [code, kind])).toEqual(
      Object.entries(errorClasses),
    );
  });

  it("has every wait, and the type of what nobody foresaw", () => {
    const source = readFileSync("src/activities/failure.ts", "utf8");
    expect(source).toContain('type: "internal"');
    expect(codes("Waits")).toEqual([...unionOf("src/activities/failure.ts", "BenignCode"), "internal"]);
  });

  it("has every code with which a start can fail, and no other", () => {
    const known = [
      ...unionOf("src/runtime/startup-error.ts", "StartupErrorCode"),
      ...unionOf("src/temporal/temporal-server-error.ts", "TemporalServerErrorCode"),
      new DirectoryLockedError("").code,
    ];
    expect([...codes("Starting")].sort()).toEqual([...new Set(known)].sort());
  });

  it("has every code of the HTTP interface with its status, in the order of the source, and no other", () => {
    expect(rows("HTTP").map(([code, status]) => [code, Number(status)])).toEqual(
      Object.entries(problemKinds).map(([code, [status]]) => [code, status]),
    );
  });

  it("says of every code what it means and what to check", () => {
    const all = ["Accounts and attempts", "Waits", "Starting", "HTTP"].flatMap(rows);
    expect(all.length).toBeGreaterThan(60);
    for (const row of all)
      expect({ row, whole: row.every((cell) => cell !== "") }).toEqual({ row, whole: true });
  });
});
