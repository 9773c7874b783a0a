import type { AttributeMap } from "../../domain/attributes.js";
import { isJsonObject, type Json, type JsonObject } from "../../domain/json.js";

/** The schema of a user (RFC 7643 §4.1). */
export const userSchema = "urn:ietf:params:scim:schemas:core:2.0:User";

/** Where one flat attribute name points: a schema extension, or the core (null), and the steps inside. */
interface AttributePath {
  readonly extension: string | null;
  readonly steps: readonly string[];
}

/** Splits a name. The dots in the version number of a URN are not steps, so the last colon decides first. */
function parsePath(name: string): AttributePath {
  const colon = isExtension(name) ? name.lastIndexOf(":") : -1;
  const schema = colon < 0 ? null : name.slice(0, colon);
  const extension = schema === null || schema.toLowerCase() === userSchema.toLowerCase() ? null : schema;
  return { extension, steps: name.slice(colon + 1).split(".") };
}

/**
 * The complex attribute of an extension that a name is a part of, and the part: `…:User:manager.value` belongs to
 * `…:User:manager`. Null for anything else.
 */
export function extensionPart(name: string): { readonly owner: string; readonly part: string } | null {
  const { extension, steps } = parsePath(name);
  const [attribute = "", ...parts] = steps;
  if (extension === null || parts.length === 0) return null;
  return { owner: `${extension}:${attribute}`, part: parts.join(".") };
}

type Tree = Map<string, Json | Tree>;

function branch(tree: Tree, key: string): Tree {
  const held = tree.get(key);
  if (held instanceof Map) return held;
  const fresh: Tree = new Map(isJsonObject(held) ? Object.entries(held) : []);
  tree.set(key, fresh);
  return fresh;
}

function toJson(tree: Tree): JsonObject {
  return Object.fromEntries(
    [...tree].map(([key, value]) => [key, value instanceof Map ? toJson(value) : value]),
  );
}

/** Whether a value means "unassigned" (RFC 7643 §2.5): such values are never sent. */
export function isUnassigned(value: Json): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/**
 * The resource body that holds the attributes: `name.givenName` becomes `{ name: { givenName } }`, an attribute
 * under a URN goes into the block of its schema. Null and empty lists are left out.
 */
export function nest(attributes: AttributeMap): JsonObject {
  const root: Tree = new Map();
  for (const [name, value] of Object.entries(attributes)) {
    if (isUnassigned(value)) continue;
    const { extension, steps } = parsePath(name);
    let place = extension === null ? root : branch(root, extension);
    for (const step of steps.slice(0, -1)) place = branch(place, step);
    place.set(steps.at(-1) ?? name, value);
  }
  return toJson(root);
}

/** The schemas a nested body uses: the user's, then those of its extension blocks (RFC 7643 §3). */
export function schemasOf(body: JsonObject): readonly string[] {
  return [userSchema, ...Object.keys(body).filter(isExtension)];
}

function isExtension(name: string): boolean {
  return name.toLowerCase().startsWith("urn:");
}

function pairsOf(name: string, value: Json): readonly (readonly [string, Json])[] {
  if (isUnassigned(value)) return [];
  if (!isJsonObject(value)) return [[name, value]];
  return Object.entries(value).flatMap(([step, member]) => pairsOf(`${name}.${step}`, member));
}

/** The flat attributes of a resource: the reverse of {@link nest}. Lists stay whole; nothing unassigned. */
export function flatten(resource: JsonObject): AttributeMap {
  const pairs = Object.entries(resource).flatMap(([name, value]) => {
    if (!isExtension(name) || !isJsonObject(value)) return pairsOf(name, value);
    return Object.entries(value).flatMap(([member, inner]) => pairsOf(`${name}:${member}`, inner));
  });
  return Object.fromEntries(pairs);
}
