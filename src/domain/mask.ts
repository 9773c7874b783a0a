import type { AttributeMap } from "./attributes.js";
import type { Json } from "./json.js";
import { isJsonObject } from "./json.js";

/** One whole character, not half of a surrogate pair. */
const firstCharacter = (text: string): string => String.fromCodePoint(text.codePointAt(0) ?? 0);

/**
 * A value as operators may see it: the first character of a text, whole booleans, nothing of numbers; lists and
 * objects keep their shape. Enough to recognise a value one knows, not to learn one.
 */
export function maskValue(value: Json): Json {
  if (typeof value === "string") return value === "" ? "" : `${firstCharacter(value)}•••`;
  if (typeof value === "number") return "•••";
  if (Array.isArray(value)) return value.map((item: Json) => maskValue(item));
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskValue(item)]));
  return value;
}

/** Masks every value of an attribute map; names stay. */
export function maskAttributes(attributes: AttributeMap): AttributeMap {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, maskValue(value)]));
}
