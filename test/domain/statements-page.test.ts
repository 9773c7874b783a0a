import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";

interface Row {
  readonly number: number;
  readonly files: readonly string[];
  readonly later: string;
}

const rows: readonly Row[] = readFileSync("docs/statements.md", "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, number = "", , shown = "", later = ""] = line.split("|").map((cell) => cell.trim());
    if (!/^\d+$/.test(number)) return [];
    const files = [...shown.matchAll(/`(test\/[\w/-]+\.test\.ts)`/g)].map((match) => match[1] ?? "");
    return [{ number: Number(number), files, later }];
  });

describe("docs/statements.md", () => {
  it("has the forty statements in order, each shown or promised", () => {
    expect(rows.map((row) => row.number)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
  });

  it.each(rows)(
    "names only tests that exist for statement $number, and those of the pure core cite it",
    (row) => {
      for (const file of row.files) {
        expect({ file, exists: existsSync(file) }).toEqual({ file, exists: true });
        if (!file.startsWith("test/domain/")) continue;
        const cited = new RegExp(String.raw`statement ${row.number}: `).test(readFileSync(file, "utf8"));
        expect({ file, cited }).toEqual({ file, cited: true });
      }
    },
  );

  it("leaves out no test of the pure core that cites a statement", () => {
    const files = [...new Set(rows.flatMap((row) => row.files))].filter((file) =>
      file.startsWith("test/domain/"),
    );
    for (const file of files)
      for (const [, number] of readFileSync(file, "utf8").matchAll(/statement (\d+): /g))
        expect(rows[Number(number) - 1]?.files).toContain(file);
  });
});
