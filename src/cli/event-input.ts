import { CliError } from "./cli-error.js";

/** Most events in one request (design section 10). */
export const batchMax = 1_000;

/** Above this many bytes of UTF-8 a request is begun anew; the server takes 4 MiB. */
const bytesMax = 3 * 1_024 * 1_024;

/** One request: a JSON array of `count` events. */
export interface EventBatch {
  readonly body: string;
  readonly count: number;
}

/** Events as they are sent: one as it was written, or requests of up to {@link batchMax} events each. */
export type EventInput =
  | { readonly kind: "single"; readonly body: string }
  | { readonly kind: "batch"; readonly batches: readonly EventBatch[] };

const parse = (text: string): { readonly value: unknown } | null => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
};

const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const inBatches = (events: readonly string[]): EventInput => {
  const batches: EventBatch[] = [];
  let open: string[] = [];
  let bytes = 0;
  const close = (): void => {
    if (open.length > 0) batches.push({ body: `[${open.join(",")}]`, count: open.length });
    open = [];
    bytes = 0;
  };
  for (const event of events) {
    const size = Buffer.byteLength(event) + 1;
    if (open.length === batchMax || bytes + size > bytesMax) close();
    open.push(event);
    bytes += size;
  }
  close();
  return { kind: "batch", batches };
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
  return inBatches(given.map(({ line }) => line));
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
  return inBatches(whole.value.map((event) => JSON.stringify(event)));
}
