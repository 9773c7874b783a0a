import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { buildProgram } from "../../src/cli/program.js";

const silent = { write: () => true };
const program = buildProgram({ io: { stdout: silent, stderr: silent, env: {} }, exitCode: 0 });
const documented = readFileSync("docs/cli.md", "utf8");

/** Commands that do something, by their full name. */
const commandsOf = (parent: Command, prefix: string): readonly (readonly [string, Command])[] =>
  parent.commands.flatMap((command) => {
    const name = `${prefix} ${command.name()}`;
    return command.commands.length > 0 ? commandsOf(command, name) : [[name, command] as const];
  });
const commands = commandsOf(program, "outbound");

/** The parts of the page, by their heading. */
const sections = new Map(
  documented.split(/^#{2,3} /m).map((part) => [part.slice(0, part.indexOf("\n")).replaceAll("`", ""), part]),
);

describe("docs/cli.md", () => {
  it("has every command of the program, and no other", () => {
    const headings = [...documented.matchAll(/^### `(outbound [^`]+)`$/gm)].map(([, name]) => name);
    expect(headings.sort()).toEqual(commands.map(([name]) => name).sort());
  });

  it.each(commands)("shows an example of %s and names every option of it", (name, command) => {
    const section = sections.get(name) ?? "";
    expect(section).toMatch(new RegExp(`\`\`\`console\n\\$ (.* \\| )?${name}\\b`));
    for (const option of command.options) expect(section).toContain(String(option.long));
  });

  it("names every global option", () => {
    for (const option of program.options)
      expect(sections.get("Global options")).toContain(String(option.long));
  });
});
