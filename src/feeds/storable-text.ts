import type { Json } from "../domain/json.js";
import { isJsonObject } from "../domain/json.js";

/** Whether the store can keep a text: Postgres has no NUL, and UTF-8 no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

/**
 * Where a JSON value holds a text, or a key, that the store cannot keep; null when it holds none. Iterative: depth
 * costs no stack.
 *
 * @returns path of the text, or of the object whose key it is.
 */
export function unstorableAt(value: Json): readonly PropertyKey[] | null {
  const pending: { readonly value: Json; readonly path: readonly PropertyKey[] }[] = [{ value, path: [] }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value: here, path } = next;
    if (typeof here === "string") {
      if (!isStorable(here)) return path;
    } else if (Array.isArray(here)) {
      here.forEach((item: Json, at) => pending.push({ value: item, path: [...path, at] }));
    } else if (isJsonObject(here)) {
      for (const [key, item] of Object.entries(here)) {
        if (!isStorable(key)) return path;
        pending.push({ value: item, path: [...path, key] });
      }
    }
  }
  return null;
}
