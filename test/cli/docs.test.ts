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

/** The part of the page below a command's heading, up to the next heading. */
const section = (name: string): string =>
  documented.split(/^#{2,3} /m).find((part) => part.startsWith(`\`${name}\``)) ?? "";

describe("docs/cli.md", () => {
  it("has as many commands as the program", () => {
    const headings = [...documented.matchAll(/^### `(outbound [^`]+)`$/gm)].map(([, name]) => name);
    expect([...headings].sort()).toEqual(commands.map(([name]) => name).sort());
  });

  it.each(commands)("shows an example of %s, and names every option of it", (name, command) => {
    const text = section(name);
    expect(text.split("```console")[1] ?? "").toContain(`${name}`);
    for (const option of command.options) expect(text).toContain(option.long ?? option.flags);
  });

  it("names every global option", () => {
    for (const option of program.options)
      expect(section("outbound") || documented).toContain(option.long ?? "");
  });
});
