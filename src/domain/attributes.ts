import type { Json } from "./json.js";
import { isJsonObject, sameJson } from "./json.js";
import { ownValue } from "./own-value.js";

/**
 * Target attributes, flat: `userName`, `name.givenName`, `emails`,
 * `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`. A key that is missing is not managed.
 */
export type AttributeMap = Readonly<Record<string, Json>>;

/** The difference between two attribute maps: what to set and what to unassign. */
export interface AttributeDifference {
  readonly set: AttributeMap;
  readonly clear: readonly string[];
}

/**
 * What must be sent so that an account that holds `held` holds `desired`. Attributes that only `held` has are
 * cleared: the caller passes only attributes that are ours. Statement 27.
 */
export function attributeDifference(desired: AttributeMap, held: AttributeMap): AttributeDifference {
  const set: Record<string, Json> = {};
  for (const [name, value] of Object.entries(desired))
    if (!sameJson(value, ownValue(held, name))) set[name] = value;
  const clear = Object.keys(held).filter((name) => ownValue(desired, name) === undefined);
  return { set, clear };
}

/** Whether nothing differs. */
export function isEmptyDifference(difference: AttributeDifference): boolean {
  return Object.keys(difference.set).length === 0 && difference.clear.length === 0;
}

/**
 * Whether what a target shows holds at least what is desired: targets add members of their own to list entries.
 * Unassigned and absent are equal (RFC 7643 §2.5).
 */
export function satisfies(observed: Json | undefined, desired: Json): boolean {
  if (observed === undefined) return desired === null;
  if (Array.isArray(desired))
    return (
      Array.isArray(observed) &&
      observed.length === desired.length &&
      desired.every((item: Json, at) => satisfies(observed[at] as Json | undefined, item))
    );
  if (isJsonObject(desired))
    return (
      isJsonObject(observed) &&
      Object.keys(desired).every((key) => satisfies(ownValue(observed, key), desired[key] ?? null))
    );
  return sameJson(observed, desired);
}

/**
 * What an observed account holds of what is ours: desired attributes, and those we applied before. A value that
 * satisfies the desired one counts as equal to it; what we never managed does not count at all.
 */
export function heldOf(observed: AttributeMap, desired: AttributeMap, applied: AttributeMap): AttributeMap {
  const held: Record<string, Json> = {};
  for (const name of new Set([...Object.keys(desired), ...Object.keys(applied)])) {
    const value = ownValue(observed, name);
    const wanted = ownValue(desired, name);
    if (value === undefined || value === null) continue;
    held[name] = wanted !== undefined && satisfies(value, wanted) ? wanted : value;
  }
  return held;
}
