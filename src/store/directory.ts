import type { AcceptResult, DirectoryEvent, MembershipWrite } from "../domain/directory-event.js";
import { priorities } from "../domain/directory-event.js";
import { mergeGroup, mergeMembership, mergeUser } from "../domain/merge.js";
import type { Batch, StoredEvent } from "./directory-batch.js";
import { saveBatch } from "./directory-batch.js";
import type { GroupRow, UserRow } from "./directory-rows.js";
import { aliasName, bindAliases, lockSubjects, membershipName, readMemberships } from "./directory-rows.js";
import type { Db, Tx } from "./schema.js";
import { retryOnConflict } from "./transactions.js";

const readStored = async (
  tx: Tx,
  organization: string,
  source: string,
  events: readonly DirectoryEvent[],
) => {
  const rows = await tx
    .selectFrom("events")
    .select(["id", "hash", "kind", "key", "version", "stale"])
    .where("organization", "=", organization)
    .where("source", "=", source)
    .where("id", "in", [...new Set(events.map((event) => event.id))])
    .execute();
  return new Map<string, StoredEvent>(rows.map((row) => [row.id, row]));
};

const writeMemberships = (
  batch: Batch,
  event: DirectoryEvent,
  own: string,
  writes: readonly MembershipWrite[],
): boolean => {
  let changed = false;
  const other = event.subject.kind === "user" ? "group" : "user";
  for (const write of writes) {
    const key = batch.aliases.get(aliasName(other, write.externalId)) ?? "";
    const name = other === "group" ? membershipName(key, own) : membershipName(own, key);
    const row = batch.memberships.get(name);
    if (row === undefined) continue;
    const merged = mergeMembership(row.held, { member: write.member, stamp: event.stamp });
    row.held = merged.state;
    row.changed ||= merged.changed;
    changed ||= merged.changed;
  }
  return changed;
};

const raise = (batch: Batch, row: UserRow | GroupRow, priority: number): void => {
  row.version += 1;
  row.changed = true;
  batch.priority.set(row.key, Math.min(priority, batch.priority.get(row.key) ?? priority));
};

/** Merges one event into the locked rows; returns the row's key, version and whether nothing moved. */
const mergeEvent = (batch: Batch, event: DirectoryEvent): StoredEvent => {
  const { subject } = event;
  const key = batch.aliases.get(aliasName(subject.kind, subject.externalId)) ?? "";
  const row = subject.kind === "user" ? batch.users.get(key) : batch.groups.get(key);
  if (row === undefined) throw new Error("a subject that was bound has no row");
  let changed: boolean;
  let priority: number = priorities.group;
  if (subject.kind === "user") {
    const user = row as UserRow;
    const merged = mergeUser(user.state, subject.change);
    user.state = merged.state;
    changed = merged.changed;
    priority = subject.lowersAccess ? priorities.accessLowered : priorities.change;
  } else {
    const group = row as GroupRow;
    const merged = mergeGroup(group.state, subject.change);
    group.state = merged.state;
    changed = merged.changed;
  }
  const moved = writeMemberships(batch, event, key, subject.memberships);
  const stale = !changed && !moved;
  if (!stale) raise(batch, row, priority);
  return { hash: event.hash, kind: subject.kind, key, version: row.version, stale };
};

/** The events that are neither stored yet nor named twice in the batch: only these may touch a row. */
const unseen = (events: readonly DirectoryEvent[], stored: ReadonlyMap<string, StoredEvent>) => {
  const first = new Map<string, DirectoryEvent>();
  for (const event of events) if (!stored.has(event.id) && !first.has(event.id)) first.set(event.id, event);
  return [...first.values()];
};

const acceptOne = (batch: Batch, event: DirectoryEvent): AcceptResult => {
  const held = batch.stored.get(event.id);
  if (held !== undefined) {
    if (held.hash !== event.hash) return { status: "rejected", code: "event_id_reused" };
    return { status: "duplicate", kind: held.kind, key: held.key, version: held.version, stale: held.stale };
  }
  const merged = mergeEvent(batch, event);
  batch.stored.set(event.id, merged);
  batch.fresh.push({ ...event, ...merged });
  const { kind, key, version, stale } = merged;
  return { status: "accepted", kind, key, version, stale };
};

/**
 * Stores events: event, directory and outbox in one transaction, so that what is accepted is never lost
 * (promise 1). All events are of one source. Results are in the order given; a rejected item stores nothing and
 * does not block the others. Rows are locked in one order; a lost race is tried again.
 */
export async function acceptEvents(
  db: Db,
  organization: string,
  source: string,
  events: readonly DirectoryEvent[],
): Promise<readonly AcceptResult[]> {
  if (events.length === 0) return [];
  return retryOnConflict(db, async (tx) => {
    // A repetition that commits after this look makes the insert of the event fail: the retry then finds it.
    const stored = await readStored(tx, organization, source, events);
    const fresh = unseen(events, stored);
    const aliases = await bindAliases(tx, organization, source, fresh);
    const { users, groups } = await lockSubjects(tx, fresh, aliases);
    const memberships = await readMemberships(tx, fresh, aliases);
    const batch: Batch = {
      organization,
      source,
      aliases,
      users,
      groups,
      memberships,
      stored,
      priority: new Map(),
      fresh: [],
    };
    const results = events.map((event) => acceptOne(batch, event));
    await saveBatch(tx, batch);
    return results;
  });
}
