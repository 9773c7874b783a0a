import { assertNever } from "../../domain/assert-never.js";
import { isJsonObject, type Json, type JsonObject } from "../../domain/json.js";
import type { AccountChange } from "../connector.js";
import { extensionPart, isUnassigned, nest } from "./attributes.js";
import type { Dialect } from "./dialects.js";

const patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** What sets and what clears, in the target's attribute names, `active` and `externalId` among them. */
export interface AttributeWrites {
  readonly set: readonly (readonly [string, Json])[];
  readonly clear: readonly string[];
}

/**
 * The writes of a change, in order. A value that means "unassigned" clears; a password is never written, since an
 * update does not reset it (statement 35); `externalId` only where the target keeps it.
 */
export function writesOf(change: AccountChange, dialect: Dialect): AttributeWrites {
  const named = Object.entries(change.set).filter(([name]) => name !== "password");
  const set = named.filter(([, value]) => !isUnassigned(value));
  const emptied = named.filter(([, value]) => isUnassigned(value)).map(([name]) => name);
  if (change.externalId !== undefined && dialect.keepsExternalId) set.push(["externalId", change.externalId]);
  if (change.active !== undefined) set.push(["active", change.active]);
  return { set, clear: [...emptied, ...change.clear.filter((name) => name !== "password")] };
}

function message(operations: readonly JsonObject[]): JsonObject {
  return { schemas: [patchSchema], Operations: operations };
}

/**
 * One `replace` per attribute, by its full path. A part of a complex attribute of an extension goes as the value of
 * the whole, which §3.5.2.3 merges: not every server resolves a path of a URN and two steps.
 */
function replacements(set: AttributeWrites["set"]): readonly JsonObject[] {
  const values = new Map<string, Json>();
  for (const [name, value] of set) {
    const whole = extensionPart(name);
    const held = whole === null ? undefined : values.get(whole.owner);
    if (whole === null) values.set(name, value);
    else values.set(whole.owner, { ...(isJsonObject(held) ? held : {}), [whole.part]: value });
  }
  return [...values].map(([path, value]) => ({ op: "replace", path, value }));
}

/**
 * The PATCH bodies that make a change, in the narrow forms that every server understands: lower-case `replace`
 * with path and value, `remove` with path and no value, real booleans (RFC 7644 §3.5.2; the IPSIE SCIM profile).
 *
 * @returns one body, or one per operation where the dialect wants that; none when there is nothing to change.
 */
export function patchBodies(writes: AttributeWrites, style: Dialect["patchStyle"]): readonly JsonObject[] {
  const removals = writes.clear.map((path) => ({ op: "remove", path }));
  const operations = [...replacements(writes.set), ...removals];
  if (operations.length === 0) return [];
  switch (style) {
    case "path":
      return [message(operations)];
    case "onePerRequest":
      return operations.map((operation) => message([operation]));
    case "noPath": {
      const value = nest(Object.fromEntries(writes.set));
      return [message(writes.set.length === 0 ? removals : [{ op: "replace", value }, ...removals])];
    }
    default:
      return assertNever(style);
  }
}
