import type { Json } from "../../src/domain/json.js";
import type { GroupChange, UserChange } from "../../src/domain/merge.js";
import type { Enrolment } from "../../src/domain/user.js";
import type { Timed } from "./timed.js";
import { inStampOrder } from "./timed.js";

/** What a user looks like to somebody who applies events one after the other and keeps no stamps at all. */
export interface PlainUser {
  readonly exists: boolean;
  readonly userName: string | null;
  readonly disabled: boolean;
  readonly locked: boolean;
  readonly attributes: Record<string, Json>;
  /** In no particular order. */
  readonly enrolments: readonly Enrolment[];
}

interface Notes {
  readonly values: Map<string, Json>;
  readonly enrolments: Map<string, Enrolment>;
  seen: boolean;
}

const clear = (values: Map<string, Json>, key: string): void => {
  for (const known of [...values.keys()])
    if (known === key || known.startsWith(`${key}/`)) values.delete(known);
};

const enrol = (notes: Notes, enrolment: Enrolment): void => {
  const { feed, kind, application } = enrolment;
  notes.enrolments.set(JSON.stringify([feed, kind, application]), enrolment);
};

const applyWrite = (notes: Notes, change: Extract<UserChange, { kind: "write" }>): void => {
  if (change.replaces) notes.values.clear();
  for (const [key, value] of Object.entries(change.registers)) {
    if (value === null) clear(notes.values, key);
    else notes.values.set(key, value);
  }
  if (change.enrolment === null) return;
  if (change.enrols || !notes.seen) enrol(notes, change.enrolment);
  notes.seen = true;
};

const applyEnd = (notes: Notes, change: Extract<UserChange, { kind: "end" }>): void => {
  if (change.authoritative) notes.values.clear();
  for (const [key, enrolment] of [...notes.enrolments])
    if (change.authoritative || enrolment.feed === change.feed) notes.enrolments.delete(key);
  notes.seen = true;
};

const nested = (values: ReadonlyMap<string, Json>): Record<string, Json> => {
  const root: Record<string, Json> = {};
  for (const [key, value] of values) {
    const segments = key.split("/");
    const last = segments.pop() ?? "";
    let at = root;
    for (const segment of segments) at = (at[segment] ??= {}) as Record<string, Json>;
    at[last] = value;
  }
  return root;
};

/** Applies a user's events in stamp order. */
export function plainUser(changes: readonly Timed<UserChange>[]): PlainUser {
  const notes: Notes = { values: new Map(), enrolments: new Map(), seen: false };
  for (const { change } of inStampOrder(changes)) {
    if (change.kind === "write") applyWrite(notes, change);
    else applyEnd(notes, change);
  }
  const { active, locked, ...attributes } = nested(notes.values);
  const name = attributes["userName"];
  return {
    exists: notes.enrolments.size > 0 && name !== undefined,
    userName: typeof name === "string" ? name : null,
    disabled: active === false,
    locked: locked === true,
    attributes,
    enrolments: [...notes.enrolments.values()],
  };
}

/** What a group looks like without stamps. */
export interface PlainGroup {
  readonly exists: boolean;
  readonly displayName: string | null;
}

/** Applies a group's events in stamp order. */
export function plainGroup(changes: readonly Timed<GroupChange>[]): PlainGroup {
  let exists = false;
  let displayName: string | null = null;
  for (const { change } of inStampOrder(changes)) {
    exists = change.kind === "write";
    if (change.kind === "write" && change.displayName !== undefined) displayName = change.displayName;
  }
  return { exists, displayName };
}
