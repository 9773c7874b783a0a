import { styleText } from "node:util";
import { Help } from "commander";
import type { CliIo, OutputStream } from "./io.js";

const widthMin = 60;
const widthMax = 120;
const widthDefault = 100;

/** Columns to fill: the terminal's, between 60 and 120; 100 where there is none. */
export function pageWidth(stream: OutputStream): number {
  return Math.min(widthMax, Math.max(widthMin, stream.columns ?? widthDefault));
}

/** How a page is set: its width, and how headings and labels stand out. */
export interface Page {
  readonly width: number;
  readonly heading: (text: string) => string;
  readonly label: (text: string) => string;
}

const plain = (text: string): string => text;

/** The page of an output: styled on a terminal that does not refuse it (`NO_COLOR`, `TERM=dumb`), else plain. */
export function pageFor(io: CliIo): Page {
  const { stdout, env } = io;
  const width = pageWidth(stdout);
  if (stdout.isTTY !== true || env["NO_COLOR"] || env["TERM"] === "dumb")
    return { width, heading: plain, label: plain };
  const style = (format: "bold" | "dim") => (text: string) =>
    styleText(format, text, { validateStream: false });
  return { width, heading: style("bold"), label: style("dim") };
}

const help = new Help();

/** Breaks at spaces; a longer word stands alone, so that it can be copied whole. */
function wrap(text: string, width: number): readonly string[] {
  return help.boxWrap(text, width).split("\n");
}

/** Where the text of a field begins, counted from the left margin. */
const textColumn = 16;
const margin = "  ";

/**
 * A label with its paragraphs beside it, each wrapped; one that begins with `- ` hangs, and a command (`$ `) stays on
 * one line, so that it can be copied. Ends without a line break.
 */
export function field(page: Page, label: string, paragraphs: readonly string[]): string {
  const lines = paragraphs.flatMap((paragraph) => {
    if (paragraph.startsWith("$ ")) return [paragraph];
    const hang = paragraph.startsWith("- ") ? "  " : "";
    const wrapped = wrap(paragraph, page.width - textColumn - hang.length);
    return wrapped.map((line, index) => (index === 0 ? line : hang + line));
  });
  const room = textColumn - margin.length;
  return lines
    .map((line, index) =>
      index === 0 ? `${margin}${page.label(label.padEnd(room))}${line}` : `${" ".repeat(textColumn)}${line}`,
    )
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Fields one below the other; those without a paragraph are left out. */
export function fields(
  page: Page,
  list: readonly (readonly [label: string, paragraphs: readonly string[]])[],
): string {
  return list
    .filter(([, paragraphs]) => paragraphs.length > 0)
    .map(([label, paragraphs]) => field(page, label, paragraphs))
    .join("\n");
}

/** Names up to this length have their text beside them. */
export const nameRoomMax = 32;

/** Names with texts, as paragraphs of a field: aligned where the names are short, else the text on its own line. */
export function pairs(
  page: Page,
  list: readonly (readonly [name: string, text: string])[],
): readonly string[] {
  const short = list.map(([name]) => name.length).filter((length) => length <= nameRoomMax);
  const room = Math.max(0, ...short) + 2;
  return list.flatMap(([name, text]) => {
    const [first = "", ...rest] = wrap(text, page.width - textColumn - room);
    const more = rest.map((line) => " ".repeat(room) + line);
    return name.length <= nameRoomMax
      ? [name.padEnd(room) + first, ...more]
      : [name, " ".repeat(room) + first, ...more];
  });
}
