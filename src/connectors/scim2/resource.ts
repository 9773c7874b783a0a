import type { AttributeMap } from "../../domain/attributes.js";
import { TargetError } from "../../domain/errors.js";
import { isJsonObject, type Json, type JsonObject } from "../../domain/json.js";
import type { NewAccount, RemoteAccount } from "../connector.js";
import { flatten, nest, schemasOf } from "./attributes.js";
import type { Dialect } from "./dialects.js";
import type { AttributeWrites } from "./patch.js";

/** Parts of a resource that are not attributes of ours: fields of their own, or the server's to write. */
const reserved = new Set(["schemas", "id", "meta", "groups", "externalId", "active", "password"]);

function text(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** Some servers send the boolean as a word. */
function truth(value: Json | undefined): boolean | null {
  if (typeof value === "boolean") return value;
  const word = typeof value === "string" ? value.toLowerCase() : "";
  return word === "true" ? true : word === "false" ? false : null;
}

/** An id that would change the path it is put into cannot be a resource's. */
function identifier(value: Json | undefined): string | null {
  const id = typeof value === "number" ? String(value) : text(value);
  return id === "." || id === ".." ? null : id;
}

/** The path of one user. @throws TargetError `contract`, nothing sent, for an id that cannot stand in a path. */
export function userPath(id: string): string {
  if (identifier(id) === null) throw new TargetError("contract", { sent: "no" });
  return `/Users/${encodeURIComponent(id)}`;
}

/**
 * The account that a user resource shows.
 *
 * @param status Status of the answer it came in, for the error.
 * @throws TargetError `contract` when it is no resource or has no id; the target may have acted.
 */
export function readAccount(body: Json | undefined, status: number, dialect: Dialect): RemoteAccount {
  const id = isJsonObject(body) ? identifier(body["id"]) : null;
  if (!isJsonObject(body) || id === null) throw new TargetError("contract", { sent: "maybe", status });
  const meta = isJsonObject(body["meta"]) ? body["meta"] : {};
  const created = Date.parse(text(meta["created"]) ?? "");
  const own = Object.fromEntries(Object.entries(body).filter(([name]) => !reserved.has(name)));
  return {
    id,
    externalId: dialect.keepsExternalId ? text(body["externalId"]) : null,
    userName: text(body["userName"]),
    active: truth(body["active"]),
    createdAt: Number.isNaN(created) ? null : created,
    attributes: flatten(own),
    version: dialect.supportsEtag ? text(meta["version"]) : null,
  };
}

function resourceBody(attributes: AttributeMap, own: JsonObject): JsonObject {
  const body = nest(attributes);
  return { schemas: schemasOf(body), ...own, ...body };
}

/** The body of a create (RFC 7644 §3.3): schemas always, `active` always and a boolean. */
export function newResource(account: NewAccount, dialect: Dialect): JsonObject {
  const key = dialect.keepsExternalId ? { externalId: account.externalId } : {};
  return resourceBody(account.attributes, { ...key, active: account.active });
}

/** Whether writing or clearing `target` also decides about `name`: itself, or a part of it. */
function covers(target: string, name: string): boolean {
  return name === target || name.startsWith(`${target}.`) || name.startsWith(`${target}:`);
}

/**
 * The whole resource after a change, for targets that only know PUT (RFC 7644 §3.5.1): what the target holds
 * stays, so that nothing outside of the mapping is lost (statement 27).
 */
export function mergedResource(observed: RemoteAccount, writes: AttributeWrites): JsonObject {
  const decided = [...writes.set.map(([name]) => name), ...writes.clear];
  const own = {
    ...(observed.externalId === null ? {} : { externalId: observed.externalId }),
    ...(observed.active === null ? {} : { active: observed.active }),
  };
  const kept = Object.entries({ ...own, ...observed.attributes }).filter(
    ([name]) => !decided.some((target) => covers(target, name)),
  );
  return resourceBody(Object.fromEntries([...kept, ...writes.set]), {});
}
