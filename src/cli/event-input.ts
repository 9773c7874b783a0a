import { CliError } from "./cli-error.js";

/** Most events in one request (design section 10). */
export const batchMax = 1_000;

/** Events as they are sent: one as it was written, or requests of up to {@link batchMax} each. */
export type EventInput =
  | { readonly kind: "single"; readonly body: string }
  | { readonly kind: "batch"; readonly bodies: readonly string[]; readonly count: number };

const parse = (text: string): { readonly value: unknown } | null => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
};

const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const batches = (events: readonly string[]): EventInput => {
  const bodies: string[] = [];
  for (let at = 0; at < events.length; at += batchMax)
    bodies.push(`[${events.slice(at, at + batchMax).join(",")}]`);
  return { kind: "batch", bodies, count: events.length };
};

// Its own words: the parser's message would quote the text, which is somebody's data.
const notJson = (where: string): CliError =>
  new CliError("input_invalid", `${where}; send one event, a JSON array of events, or one event a line`);

const readLines = (text: string, file: string): EventInput => {
  const lines = text.split(/\r?\n/).map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const given = lines.filter(({ line }) => line !== "");
  const wrong = given.find(({ line }) => !isObject(parse(line)?.value));
  if (wrong !== undefined)
    throw notJson(`${file} is not JSON, and line ${String(wrong.number)} is no JSON object`);
  return batches(given.map(({ line }) => line));
};

/**
 * Reads one event, a JSON array of them, or JSON lines. What an event says is the server's to judge. Throws
 * `input_invalid`, which names a line and never quotes it.
 */
export function readEvents(text: string, file: string): EventInput {
  const name = file === "-" ? "the input" : file;
  if (text.trim() === "") throw notJson(`${name} is empty`);
  const whole = parse(text);
  if (whole === null) return readLines(text, name);
  if (isObject(whole.value)) return { kind: "single", body: text };
  if (!Array.isArray(whole.value)) throw notJson(`${name} is JSON, but no event`);
  if (whole.value.length === 0) throw notJson(`${name} is an empty list`);
  if (whole.value.length <= batchMax) return { kind: "batch", bodies: [text], count: whole.value.length };
  return batches(whole.value.map((event) => JSON.stringify(event)));
}
