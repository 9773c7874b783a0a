import { TargetError } from "../../domain/errors.js";
import type { AccountChange, CallContext, MatchKey, NewAccount, RemoteAccount } from "../connector.js";
import { isSuccess, type HttpReply } from "../http-reply.js";
import { candidatesMax, filtersFor, matchesIn } from "./lookup.js";
import { patchBodies, writesOf, type AttributeWrites } from "./patch.js";
import { collectionRefusal, resourceRefusal, scimTypeOf } from "./refusal.js";
import { mergedResource, newResource, readAccount, userPath } from "./resource.js";
import { send, type Target } from "./target.js";

/**
 * A harmless read that needs credentials: one user. ServiceProviderConfig would not do, many servers show it to
 * anybody.
 *
 * @throws TargetError `credentials_refused` on 401 or 403.
 */
export async function probe(target: Target, context: CallContext): Promise<void> {
  const query = { startIndex: "1", count: "1" };
  const reply = await send(target, { method: "GET", path: "/Users", query }, context);
  if (isSuccess(reply)) return;
  const error = collectionRefusal(reply);
  if (error.code !== "unauthorized") throw error;
  throw new TargetError("credentials_refused", { sent: "answered", status: reply.status });
}

/** Whether the target says that it cannot search by this: nothing is known then, and asking again is vain. */
function cannotSearch(reply: HttpReply): boolean {
  const type = scimTypeOf(reply);
  return reply.status === 400 && (type === "invalidFilter" || type === "invalidPath");
}

/**
 * The accounts that really have the key, at most {@link candidatesMax}; none when the target cannot search by it.
 */
export async function find(
  target: Target,
  key: MatchKey,
  context: CallContext,
): Promise<readonly RemoteAccount[]> {
  for (const filter of filtersFor(key, target.dialect)) {
    const query = { filter, startIndex: "1", count: String(candidatesMax) };
    const reply = await send(target, { method: "GET", path: "/Users", query }, context);
    if (cannotSearch(reply)) continue;
    if (!isSuccess(reply)) throw collectionRefusal(reply);
    const matches = matchesIn(reply.body, reply.status, key, target.dialect);
    if (matches.length > 0) return matches;
  }
  return [];
}

/** One user by id; null on 404. */
export async function get(target: Target, id: string, context: CallContext): Promise<RemoteAccount | null> {
  const reply = await send(target, { method: "GET", path: userPath(id) }, context);
  if (isSuccess(reply)) return readAccount(reply.body, reply.status, target.dialect);
  const error = resourceRefusal(reply);
  if (error.code === "absent") return null;
  throw error;
}

/** The id that a Location field ends in; the host in it is ignored, we only ever call our own base URL. */
function idFromLocation(reply: HttpReply): string | null {
  try {
    const path = new URL(reply.headers["location"] ?? "", "http://localhost/").pathname;
    const last = decodeURIComponent(path.split("/").at(-1) ?? "");
    return last === "" ? null : last;
  } catch {
    return null;
  }
}

/** What a create that answered without a body has made: read by its location, or known by its id alone. */
async function createdAt(target: Target, reply: HttpReply, context: CallContext): Promise<RemoteAccount> {
  const id = idFromLocation(reply);
  if (id === null) throw new TargetError("contract", { sent: "maybe", status: reply.status });
  const unread = { externalId: null, userName: null, active: null, createdAt: null, version: null };
  try {
    return (await get(target, id, context)) ?? { id, ...unread, attributes: {} };
  } catch (error) {
    // The account is there, whatever became of reading it: losing its id now would mean looking for it later.
    if (error instanceof TargetError && error.code !== "contract") return { id, ...unread, attributes: {} };
    throw error;
  }
}

/**
 * Creates a user. Accepts 201, and 200 or an absent body with a Location (RFC 7644 §3.3).
 *
 * @param password What `initialPassword` decided; the one among the attributes is not sent.
 * @throws TargetError `conflict` when the target says that the user exists; `contract` with sent "maybe" when it
 *         does not say which user it made.
 */
export async function create(
  target: Target,
  account: NewAccount,
  password: string | null,
  context: CallContext,
): Promise<RemoteAccount> {
  const { password: _own, ...attributes } = account.attributes;
  const secret = password === null ? {} : { password };
  const resource = newResource({ ...account, attributes: { ...attributes, ...secret } }, target.dialect);
  const reply = await send(target, { method: "POST", path: "/Users", resource }, context);
  if (!isSuccess(reply)) throw collectionRefusal(reply);
  if (reply.body === undefined) return createdAt(target, reply, context);
  return readAccount(reply.body, reply.status, target.dialect);
}

/** A condition that the resource is still the one that was read, where the target enforces it. */
function condition(observed: RemoteAccount | null): { readonly headers?: Record<string, string> } {
  const version = observed?.version ?? null;
  return version === null ? {} : { headers: { "if-match": version } };
}

async function patch(
  target: Target,
  id: string,
  writes: AttributeWrites,
  observed: RemoteAccount | null,
  context: CallContext,
): Promise<void> {
  const bodies = patchBodies(writes, target.dialect.patchStyle);
  for (const [index, resource] of bodies.entries()) {
    // Our own first write changes the version, so only that one can carry the condition.
    const guard = index === 0 ? condition(observed) : {};
    const reply = await send(target, { method: "PATCH", path: userPath(id), resource, ...guard }, context);
    if (!isSuccess(reply)) throw resourceRefusal(reply);
  }
}

async function put(
  target: Target,
  id: string,
  writes: AttributeWrites,
  observed: RemoteAccount | null,
  context: CallContext,
): Promise<void> {
  const held = observed ?? (await get(target, id, context));
  if (held === null) throw new TargetError("absent", { sent: "answered", status: 404 });
  const request = { path: userPath(id), resource: mergedResource(held, writes), ...condition(held) };
  const reply = await send(target, { method: "PUT", ...request }, context);
  if (!isSuccess(reply)) throw resourceRefusal(reply);
}

/** Applies a change, with PATCH or PUT as the dialect says; without a difference nothing is called. */
export async function update(
  target: Target,
  id: string,
  change: AccountChange,
  observed: RemoteAccount | null,
  context: CallContext,
): Promise<void> {
  const writes = writesOf(change, target.dialect);
  if (writes.set.length === 0 && writes.clear.length === 0) return;
  const write = target.dialect.updateMethod === "put" ? put : patch;
  await write(target, id, writes, observed, context);
}

/** Deletes a user; 404 is `absent`. */
export async function remove(
  target: Target,
  id: string,
  context: CallContext,
): Promise<"deleted" | "absent"> {
  const reply = await send(target, { method: "DELETE", path: userPath(id) }, context);
  if (isSuccess(reply)) return "deleted";
  const error = resourceRefusal(reply);
  if (error.code === "absent") return "absent";
  throw error;
}
