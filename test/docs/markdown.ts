import { readFileSync, readdirSync } from "node:fs";

/** A document of the repository. */
export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const files = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && name !== "design.md")
    .map((name) => `docs/${name}`)
    .sort(),
];

/** Reads one document. */
export function readPage(path: string): Page {
  return { path, text: readFileSync(path, "utf8") };
}

/** All documents: those at the root, and everything below `docs`. */
export const pages: readonly Page[] = files.map(readPage);

const fence = /^ *```(\w*)\n([\s\S]*?)^ *```$/gm;

/** A fenced block: what it is written in, and its text. */
export interface Fence {
  readonly language: string;
  readonly body: string;
}

/** The fenced blocks of a text. */
export function fencesOf(text: string): readonly Fence[] {
  return [...text.matchAll(fence)].map(([, language = "", body = ""]) => ({ language, body }));
}

/** A text without its fenced blocks. */
export function proseOf(text: string): string {
  return text.replace(fence, "");
}

/** What stands in backticks outside of fenced blocks, on one line each. */
export function spansOf(text: string): readonly string[] {
  return [...proseOf(text).matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code.replace(/\s+/g, " "));
}

/** A link: its text on one line, and where it leads. */
export interface Link {
  readonly text: string;
  readonly target: string;
}

/** The links of a text. */
export function linksOf(text: string): readonly Link[] {
  return [...proseOf(text).matchAll(/\[([^\]]*)\]\(([^)\s]+)\)/g)].map(([, words = "", target = ""]) => ({
    text: words.replace(/\s+/g, " "),
    target,
  }));
}

/** The anchors that GitHub makes of the headings of a text. */
export function anchorsOf(text: string): readonly string[] {
  return [...proseOf(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** The part of a text under a heading of the second or third level, without what is under the next one. */
export function sectionOf(text: string, heading: string): string {
  const part = text.split(/^#{2,3} /m).find((one) => one.startsWith(`${heading}\n`));
  if (part === undefined) throw new Error(`there is no heading ${heading}`);
  return part;
}

/** The rows of the tables of a text, without their heads: cells without the backticks around them. */
export function rowsOf(text: string): readonly (readonly string[])[] {
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  return lines
    .filter((line, at) => !/^\|[ :|-]+$/.test(line) && !/^\|[ :|-]+$/.test(lines[at + 1] ?? ""))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^`([^`]*)`$/, "$1")),
    );
}
