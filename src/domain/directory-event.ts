import type { GroupChange, UserChange } from "./merge.js";
import type { Stamp } from "./stamp.js";

/** That a user is, or is not, a member of a group, by external id. */
export interface MembershipWrite {
  readonly externalId: string;
  readonly member: boolean;
}

/** Whom an event is about and what it changes in the directory. */
export type DirectoryChange =
  | {
      readonly kind: "user";
      readonly externalId: string;
      readonly change: UserChange;
      /** Groups, by external id. */
      readonly memberships: readonly MembershipWrite[];
      /** Deletion, disable or lock: goes first. */
      readonly lowersAccess: boolean;
    }
  | {
      readonly kind: "group";
      readonly externalId: string;
      readonly change: GroupChange;
      /** Users, by external id. */
      readonly memberships: readonly MembershipWrite[];
    };

/** One event as the store takes it: checked, stamped, translated to a directory change. Times are epoch ms. */
export interface DirectoryEvent {
  readonly id: string;
  readonly feed: string;
  readonly source: string;
  readonly type: string;
  /** Hash of the whole event, to tell a repetition from a reused id. */
  readonly hash: string;
  readonly stamp: Stamp;
  readonly clamped: boolean;
  readonly occurredAt: number;
  readonly receivedAt: number;
  readonly subject: DirectoryChange;
}

/** What became of one event. `version` is the user's or group's after it; `key` is ours. */
export type AcceptResult =
  | {
      readonly status: "accepted" | "duplicate";
      readonly kind: "user" | "group";
      readonly key: string;
      readonly version: number;
      readonly stale: boolean;
    }
  | { readonly status: "rejected"; readonly code: "event_id_reused" };

/** Priorities of waiting work; lower goes first (design, section 7). */
export const priorities = { accessLowered: 1, operator: 2, change: 3, group: 4, bulk: 5 } as const;
