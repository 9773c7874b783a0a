/** Any JSON value. Written here once more: nothing of the oracle comes from `src`. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** A JSON object. */
export type JsonRecord = Readonly<Record<string, JsonValue>>;

/** How an event says it came to be. */
export type PostedTrigger = "api" | "console" | "self-sign-up" | "jit";

/** A user as an event carries it: id, memberships, and SCIM attributes beside them. */
export interface PostedUser {
  readonly id: string;
  readonly groups?: readonly string[];
  readonly addGroups?: readonly string[];
  readonly removeGroups?: readonly string[];
  readonly [attribute: string]: JsonValue | undefined;
}

/** A group as an event carries it. */
export interface PostedGroup {
  readonly id: string;
  readonly displayName?: string | null;
  readonly members?: readonly string[];
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/** What an event says beside its envelope. */
export interface PostedData {
  readonly trigger?: PostedTrigger;
  readonly application?: string;
  readonly sequence?: number;
  readonly user?: PostedUser;
  readonly group?: PostedGroup;
}

/** The types of events (design, section 10). */
export type PostedType =
  | "user.created"
  | "user.updated"
  | "user.deleted"
  | "user.disabled"
  | "user.enabled"
  | "user.locked"
  | "user.unlocked"
  | "group.created"
  | "group.updated"
  | "group.deleted"
  | "group.members";

/** One event as it is posted: CloudEvents 1.0 JSON. Its time lies in the past, so that nothing is clamped. */
export interface PostedEvent {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: PostedType;
  readonly time: string;
  readonly data: PostedData;
}

/** An event that was accepted, with the feed that it came in by. */
export interface AcceptedEvent {
  readonly feed: string;
  readonly event: PostedEvent;
}
