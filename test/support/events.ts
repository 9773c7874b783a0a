import { randomUUID } from "node:crypto";
import type { DirectoryEvent } from "../../src/domain/directory-event.js";
import type { Json } from "../../src/domain/json.js";
import { makeStamp } from "../../src/domain/stamp.js";
import type { Enrolment } from "../../src/domain/user.js";

/** What a user event in a test says; everything has a default. */
export interface UserEventOptions {
  readonly id?: string;
  readonly at?: number;
  readonly registers?: Readonly<Record<string, Json>>;
  readonly groups?: readonly string[];
  readonly addGroups?: readonly string[];
  readonly removeGroups?: readonly string[];
  readonly enrolment?: Partial<Enrolment>;
  readonly enrols?: boolean;
}

const base = (at: number, id: string, type: string) => {
  const { stamp, clamped } = makeStamp({ occurredAt: at, receivedAt: at, sequence: 0, eventId: id });
  return { id, feed: "hr", source: "hr", type, hash: id, stamp, clamped, occurredAt: at, receivedAt: at };
};

/** A user event that writes registers; by default a creation at organization level. */
export function userEvent(user: string, options: UserEventOptions = {}): DirectoryEvent {
  const event = base(options.at ?? Date.now(), options.id ?? randomUUID(), "user.created");
  const enrolment: Enrolment = {
    feed: "hr",
    application: null,
    kind: "organization",
    selfService: false,
    ...options.enrolment,
  };
  const memberships = [
    ...[...(options.groups ?? []), ...(options.addGroups ?? [])].map((externalId) => ({
      externalId,
      member: true,
    })),
    ...(options.removeGroups ?? []).map((externalId) => ({ externalId, member: false })),
  ];
  return {
    ...event,
    subject: {
      kind: "user",
      externalId: user,
      change: {
        kind: "write",
        stamp: event.stamp,
        registers: { userName: user, ...options.registers },
        replaces: false,
        replacesGroups: options.groups !== undefined,
        enrolment,
        enrols: options.enrols ?? true,
      },
      memberships,
      lowersAccess: options.registers?.["active"] === false || options.registers?.["locked"] === true,
    },
  };
}

/** A deletion by an authoritative feed. */
export function deletion(
  user: string,
  options: { readonly at?: number; readonly id?: string; readonly authoritative?: boolean } = {},
): DirectoryEvent {
  const event = base(options.at ?? Date.now(), options.id ?? randomUUID(), "user.deleted");
  return {
    ...event,
    subject: {
      kind: "user",
      externalId: user,
      change: { kind: "end", stamp: event.stamp, feed: "hr", authoritative: options.authoritative ?? true },
      memberships: [],
      lowersAccess: true,
    },
  };
}
