import type { ColumnType, Generated, Kysely, Transaction } from "kysely";
import type { AccountState, Existence, LinkOrigin } from "../domain/account.js";
import type { AttributeMap } from "../domain/attributes.js";
import type { Compensation, Configuration, PartialFailurePolicy } from "../domain/configuration.js";
import type { ErrorClass, ErrorCode } from "../domain/errors.js";
import type { AllowedAttributes } from "../domain/mapping.js";
import type { GroupState } from "../domain/merge.js";
import type { Reason, RemovalCause } from "../domain/reasons.js";
import type { Before, Effect, Undo } from "../domain/undo.js";
import type { UserState } from "../domain/user.js";

/** A jsonb column: read as a value, written as JSON text (both drivers take that). */
type Jsonb<T> = ColumnType<T, string, string>;
type Time = ColumnType<Date, Date | string, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type Now = ColumnType<Date, Date | string | undefined, Date | string>;

/** Stored configuration revisions. */
export interface ConfigurationsTable {
  organization: string;
  revision: number;
  text: string;
  content: Jsonb<Configuration>;
  hash: string;
  origin: "file" | "api";
  author: string;
  created_at: Now;
}

/** State of a connection, as persons and the credential probe leave it. */
export type ConnectionStateName = "active" | "paused" | "quarantined";

/** One row per configured connection, kept when the configuration drops it. */
export interface ConnectionStatesTable {
  organization: string;
  connection: string;
  state: Generated<ConnectionStateName>;
  code: string | null;
  reason: string | null;
  author: string | null;
  changed_at: Now;
  guard_latched_at: TimeOrNull;
}

/** Our copy of the source's users. */
export interface UsersTable {
  key: string;
  organization: string;
  source: string;
  version: Generated<number>;
  external_id: string | null;
  user_name: string | null;
  existing: Generated<boolean>;
  state: Jsonb<UserState>;
  groups_floor: string | null;
  created_at: Now;
  updated_at: Now;
}

/** Our copy of the source's groups. */
export interface GroupsTable {
  key: string;
  organization: string;
  source: string;
  version: Generated<number>;
  existing: Generated<boolean>;
  state: Jsonb<GroupState>;
  members_floor: string | null;
  created_at: Now;
  updated_at: Now;
}

/** (source, external id) → key. */
export interface AliasesTable {
  organization: string;
  kind: "user" | "group" | "user-name";
  source: string;
  external_id: string;
  key: string;
  created_at: Now;
}

/** Membership registers, each with the group version that last changed it. */
export interface MembershipsTable {
  group_key: string;
  user_key: string;
  member: boolean;
  stamp: string;
  group_version: Generated<number>;
}

/** Accepted events: what is needed to know one again and to answer for it; no attributes. */
export interface EventsTable {
  organization: string;
  source: string;
  id: string;
  feed: string;
  type: string;
  hash: string;
  kind: "user" | "group";
  key: string;
  version: number;
  stale: boolean;
  clamped: boolean;
  occurred_at: Time;
  received_at: Time;
}

/** One row per user or group that waits to be looked at. */
export interface OutboxTable {
  kind: "user" | "group";
  key: string;
  organization: string;
  version: number;
  priority: number;
  cursor_version: number | null;
  cursor_key: string | null;
  signalled_at: TimeOrNull;
  attempts: Generated<number>;
  retry_at: TimeOrNull;
  created_at: Now;
}

/** A user's change until its last account is settled. */
export interface EpisodesTable {
  id: string;
  organization: string;
  user_key: string;
  version: number;
  opened_at: Now;
  closed_at: TimeOrNull;
  asked_at: TimeOrNull;
  asked: Generated<number>;
  /** What its last conclusion came to. */
  policy: PartialFailurePolicy | null;
  /** Failed connections that it has been concluded for. */
  concluded: ColumnType<readonly string[], string | undefined, string>;
}

/** One user at one connection. */
export interface AccountsTable {
  id: string;
  organization: string;
  user_key: string;
  connection: string;
  existence: Generated<Existence>;
  state: Generated<AccountState>;
  code: ErrorCode | null;
  remote_id: string | null;
  link_origin: LinkOrigin | null;
  wish: string | null;
  applied: ColumnType<AttributeMap, string | undefined, string>;
  active: boolean | null;
  allowed: ColumnType<AllowedAttributes | null, string | null | undefined, string | null>;
  uncertain: Generated<boolean>;
  create_intent_at: TimeOrNull;
  due_at: TimeOrNull;
  marked: Generated<boolean>;
  claim_token: string | null;
  claim_expires_at: TimeOrNull;
  planned_version: Generated<number>;
  settled_version: Generated<number>;
  revision: number | null;
  episode: string | null;
  attempts: Generated<number>;
  failing_since: TimeOrNull;
  effect: Effect | null;
  effect_episode: string | null;
  effect_at: TimeOrNull;
  before: ColumnType<Before | null, string | null | undefined, string | null>;
  undo: ColumnType<Undo | null, string | null | undefined, string | null>;
  waits_for: ColumnType<readonly string[], string | undefined, string>;
  created_at: Now;
  updated_at: Now;
}

/** Every attempt, with reasons and what was sent (masked). */
export interface JournalTable {
  id: Generated<number>;
  account: string;
  organization: string;
  user_key: string;
  connection: string;
  at: Now;
  version: number;
  revision: number;
  verb: string;
  outcome: string | null;
  code: ErrorCode | null;
  class: ErrorClass | null;
  /** The target's own error keyword, or which conflict it was. */
  keyword: string | null;
  status: number | null;
  attempt: number;
  sent: ColumnType<AttributeMap | null, string | null, string | null>;
  reasons: Jsonb<readonly Reason[]>;
  duration_ms: number | null;
}

/** Why a removal is counted: a {@link RemovalCause}, the switch at the source, or a compensation. */
export type GuardCause = RemovalCause | "disabled" | "compensation";

/** What waits for a person's word: a removal beyond the guard's allowance, or a lane that failed for good. */
export type HoldKind = "guard" | "partial_failure";

/** Why something is held. */
export type HoldCause = GuardCause | "partial_failure";

/** Where a hold stands: open, as a person answered it, or overtaken. */
export type HoldState = "open" | "released" | "cancelled" | "retried" | "skipped" | "compensated" | "void";

/** Reserved removals, counted in the guard's window. */
export interface RemovalsTable {
  organization: string;
  connection: string;
  user_key: string;
  episode: string;
  cause: GuardCause;
  at: Now;
}

/** What waits for a person's word, and the words given. */
export interface HoldsTable {
  id: string;
  organization: string;
  connection: string;
  user_key: string;
  account: string;
  kind: Generated<HoldKind>;
  cause: HoldCause;
  wish: string;
  reasons: Jsonb<readonly Reason[]>;
  /** How far a compensation goes, should a person ask for it; null at the guard. */
  compensation: ColumnType<Compensation | null, string | null | undefined, string | null>;
  state: Generated<HoldState>;
  created_at: Now;
  answered_at: TimeOrNull;
  author: string | null;
  reason: string | null;
}

/** The whole store. */
export interface Schema {
  configurations: ConfigurationsTable;
  connection_states: ConnectionStatesTable;
  users: UsersTable;
  groups: GroupsTable;
  aliases: AliasesTable;
  memberships: MembershipsTable;
  events: EventsTable;
  outbox: OutboxTable;
  episodes: EpisodesTable;
  accounts: AccountsTable;
  journal: JournalTable;
  removals: RemovalsTable;
  holds: HoldsTable;
}

/** The database, or a transaction in it. */
export type Db = Kysely<Schema>;
/** A transaction. */
export type Tx = Transaction<Schema>;
