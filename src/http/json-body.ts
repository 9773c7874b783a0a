import type { FastifyInstance } from "fastify";
import type { Json } from "../domain/json.js";
import { isJsonObject } from "../domain/json.js";
import { HttpProblem } from "./problem.js";

/** Largest body, in bytes. */
export const bodyMax = 4 * 1_024 * 1_024;
/** How deeply a body may nest. */
export const depthMax = 32;

const quote = 0x22;
const backslash = 0x5c;
const opening: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const closing: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** How deeply a JSON text nests, found without parsing and without recursion; brackets within texts do not count. */
export function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (inText) {
      if (unit === backslash) at += 1;
      else if (unit === quote) inText = false;
    } else if (unit === quote) inText = true;
    else if (opening.has(unit)) deepest = Math.max(deepest, (depth += 1));
    else if (closing.has(unit)) depth -= 1;
  }
  return deepest;
}

/**
 * Whether a value holds a key that reaches into prototypes where objects are merged: `__proto__`, or `prototype`
 * within `constructor`.
 */
export function hasForbiddenKey(value: Json): boolean {
  const pending: Json[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (Array.isArray(next)) for (const item of next as readonly Json[]) pending.push(item);
    else if (isJsonObject(next)) {
      if (Object.hasOwn(next, "__proto__")) return true;
      const made = Object.hasOwn(next, "constructor") ? next["constructor"] : undefined;
      if (isJsonObject(made) && Object.hasOwn(made, "prototype")) return true;
      for (const item of Object.values(next)) pending.push(item);
    }
  }
  return false;
}

/** Decodes UTF-8 strictly. Throws `HttpProblem` `invalid_utf8`. */
export function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new HttpProblem("invalid_utf8", { detail: "send the body in UTF-8" });
  }
}

/** Reads a JSON body; undefined when it is empty. Throws `HttpProblem`, never with anything of the body in it. */
export function readJson(bytes: Buffer): Json | undefined {
  const text = decodeText(bytes);
  if (text.trim() === "") return undefined;
  if (jsonDepth(text) > depthMax)
    throw new HttpProblem("json_too_deep", { detail: `nest at most ${depthMax} objects and lists` });
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new HttpProblem("invalid_json", { detail: "the body must be one JSON value (RFC 8259)" });
  }
  if (hasForbiddenKey(value))
    throw new HttpProblem("forbidden_key", { detail: "remove the key __proto__ (or constructor.prototype)" });
  return value;
}

/**
 * Makes a scope take JSON under these content types, and nothing else. An empty body is `invalid_json` where one is
 * required, else none.
 */
export function takeJson(app: FastifyInstance, contentTypes: readonly string[], required = false): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([...contentTypes], { parseAs: "buffer" }, (_request, body, done) => {
    try {
      const value = readJson(body as Buffer);
      if (value === undefined && required) throw emptyBody();
      done(null, value);
    } catch (error) {
      done(error as Error);
    }
  });
}

/** What an empty body is answered with where one is required. */
export function emptyBody(): HttpProblem {
  return new HttpProblem("invalid_json", { detail: "the body is empty" });
}

/** Makes a scope take texts under these content types, and nothing else; the body is the text. */
export function takeText(app: FastifyInstance, contentTypes: readonly string[]): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([...contentTypes], { parseAs: "buffer" }, (_request, body, done) => {
    try {
      done(null, decodeText(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}
