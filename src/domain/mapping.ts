import type { AttributeMap } from "./attributes.js";
import type { Connection, MappingRule } from "./configuration.js";
import type { Json, JsonObject } from "./json.js";
import { isJsonObject } from "./json.js";
import { applyNamingPattern } from "./naming-pattern.js";
import { ownValue } from "./own-value.js";

/** Source attributes that may be sent: all, or those an application requested (statement 31). */
export type AllowedAttributes = "all" | readonly string[];

/** What mapping one user for one connection gives. */
export interface MappedAttributes {
  /** Target attribute → value; only values that are there. */
  readonly attributes: AttributeMap;
  /** Target attribute → the administrator's default, for attributes without a value: sent at create only. */
  readonly defaults: AttributeMap;
  /** Target attribute → source path behind it, for explanations. */
  readonly sources: Readonly<Record<string, string>>;
  /** Source paths that were held back because no application requested them. */
  readonly withheld: readonly string[];
}

/** The segments of a source path: `name.givenName`, or a URN and its attribute (`urn:…:User:manager.value`). */
export function pathSegments(path: string): readonly string[] {
  const at = path.startsWith("urn:") ? path.lastIndexOf(":") : -1;
  const names = path.slice(at + 1).split(".");
  return at < 0 ? names : [path.slice(0, at), ...names];
}

/** Nothing to send: null, an empty text, an empty list. */
export function isBlank(value: Json | undefined): boolean {
  return (
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)
  );
}

/** The value at a source path, or undefined when there is none. */
export function sourceValue(attributes: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = attributes;
  for (const segment of pathSegments(path)) {
    if (!isJsonObject(value)) return undefined;
    value = ownValue(value, segment);
  }
  return isBlank(value) ? undefined : value;
}

/** Whether a source path may be sent: the user name always, others when requested by name or by their parent. */
export function isAllowed(allowed: AllowedAttributes, path: string): boolean {
  if (allowed === "all" || path === "userName") return true;
  return allowed.some(
    (requested) => path === requested || path.startsWith(`${requested}.`) || path.startsWith(`${requested}:`),
  );
}

/** What mapping needs to know of the user. */
export interface MappingInput {
  readonly userName: string;
  readonly attributes: JsonObject;
  readonly allowed: AllowedAttributes;
}

interface Collected {
  readonly attributes: Record<string, Json>;
  readonly defaults: Record<string, Json>;
  readonly sources: Record<string, string>;
  readonly withheld: string[];
}

const collectPath = (into: Collected, target: string, path: string, input: MappingInput): void => {
  const value = sourceValue(input.attributes, path);
  if (value === undefined) return;
  if (isJsonObject(value)) {
    for (const name of Object.keys(value)) collectPath(into, `${target}.${name}`, `${path}.${name}`, input);
    return;
  }
  if (!isAllowed(input.allowed, path)) {
    into.withheld.push(path);
    return;
  }
  into.attributes[target] = value;
  into.sources[target] = path;
};

const has = (into: Collected, target: string): boolean =>
  Object.keys(into.attributes).some((name) => name === target || name.startsWith(`${target}.`));

const collect = (
  into: Collected,
  target: string,
  rule: MappingRule,
  connection: Connection,
  input: MappingInput,
): void => {
  if (rule.value !== undefined) into.attributes[target] = rule.value;
  else if (rule.pattern !== undefined) {
    const parts = { userName: input.userName, connection: connection.id };
    into.attributes[target] = applyNamingPattern(rule.pattern, parts);
    into.sources[target] = "userName";
  } else if (rule.path !== undefined) collectPath(into, target, rule.path, input);
  if (rule.default !== undefined && !has(into, target)) into.defaults[target] = rule.default;
};

/**
 * Maps a user's attributes to a connection's. `value` and `default` are the administrator's own words and are not
 * subject to `allowed`; complex values are flattened to their sub-attributes. Statements 27, 31 to 34.
 */
export function mapAttributes(connection: Connection, input: MappingInput): MappedAttributes {
  const into: Collected = { attributes: {}, defaults: {}, sources: {}, withheld: [] };
  for (const [target, rule] of Object.entries(connection.mapping))
    collect(into, target, rule, connection, input);
  return { ...into, withheld: [...new Set(into.withheld)].sort() };
}
