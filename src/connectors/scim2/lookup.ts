import { TargetError } from "../../domain/errors.js";
import { isJsonObject, type Json, type JsonObject } from "../../domain/json.js";
import type { MatchKey, RemoteAccount } from "../connector.js";
import { flatten } from "./attributes.js";
import type { Dialect } from "./dialects.js";
import { readAccount } from "./resource.js";

/** The attribute that a key is looked up by. */
function attributeOf(key: MatchKey): string {
  return key.kind === "attribute" ? key.attribute : key.kind;
}

function canFilter(key: MatchKey, dialect: Dialect): boolean {
  if (!dialect.escapeQuotes && /["\\]/.test(key.value)) return false;
  if (key.kind === "externalId" && !dialect.keepsExternalId) return false;
  return key.kind === "attribute" || dialect.filterable.includes(key.kind);
}

/**
 * The filters to try for a key, in order (RFC 7644 §3.4.2.2): none when the target cannot search by it. A user
 * name is also tried in lower case, since some servers respect case though the RFC does not.
 */
export function filtersFor(key: MatchKey, dialect: Dialect): readonly string[] {
  if (!canFilter(key, dialect)) return [];
  const folds = key.kind === "userName" && dialect.userNameCaseSensitiveFilter;
  const spellings = new Set([key.value, ...(folds ? [key.value.toLowerCase()] : [])]);
  return [...spellings].map((value) => `${attributeOf(key)} eq ${JSON.stringify(value)}`);
}

/** The values at a path of a resource; lists on the way are entered. */
function valuesAt(value: Json | undefined, steps: readonly string[]): readonly Json[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((item) => valuesAt(item, steps));
  const [step, ...rest] = steps;
  if (step === undefined) return value === undefined ? [] : [value];
  return isJsonObject(value) ? valuesAt(value[step], rest) : [];
}

/**
 * Whether a resource really has the key. `externalId` is compared exactly (RFC 7643 §3.1), anything else without
 * case (§4.1: user name and e-mail addresses are not case-exact).
 */
function hasKey(resource: JsonObject, key: MatchKey): boolean {
  if (key.kind === "externalId") return resource["externalId"] === key.value;
  const name = attributeOf(key);
  const flat = flatten(resource)[name];
  const values = flat === undefined ? valuesAt(resource, name.split(".")) : [flat];
  return values.some((value) => typeof value === "string" && sameText(value, key.value));
}

function sameText(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function listed(body: Json | undefined): readonly Json[] | null {
  if (!isJsonObject(body)) return null;
  const resources = body["Resources"] ?? (body["totalResults"] === 0 ? [] : null);
  return Array.isArray(resources) ? (resources as readonly Json[]) : null;
}

/** No more candidates than this are asked for or handed on: two are already one too many. */
export const candidatesMax = 10;

/**
 * The accounts of a list answer that really have the key: a server that ignores a filter answers with everybody.
 *
 * @param status Status of the answer, for the error.
 * @throws TargetError `contract` when the answer is no list (RFC 7644 §3.4.2), or a match has no id.
 */
export function matchesIn(
  body: Json | undefined,
  status: number,
  key: MatchKey,
  dialect: Dialect,
): readonly RemoteAccount[] {
  const resources = listed(body);
  if (resources === null) throw new TargetError("contract", { sent: "maybe", status });
  const matches = resources.filter((resource) => isJsonObject(resource) && hasKey(resource, key));
  return matches.slice(0, candidatesMax).map((resource) => readAccount(resource, status, dialect));
}
