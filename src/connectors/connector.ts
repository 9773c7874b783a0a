import type { AttributeMap } from "../domain/attributes.js";

/**
 * What one call may use of the attempt it belongs to. All calls of one attempt share one deadline; a connector
 * passes `signal` to its HTTP client and never waits longer than `remainingMs()`.
 */
export interface CallContext {
  /** Milliseconds left until the deadline, by a monotonic clock; 0 when it has passed. */
  remainingMs(): number;
  /** Fires at the deadline and when the process shuts down. */
  readonly signal: AbortSignal;
}

/** An account as the target shows it. */
export interface RemoteAccount {
  /** The target's immutable id. */
  readonly id: string;
  /** The client-owned key at the target, where the target keeps one. */
  readonly externalId: string | null;
  readonly userName: string | null;
  /** Null when the target does not say. */
  readonly active: boolean | null;
  /** Epoch milliseconds of creation at the target, when it says so. */
  readonly createdAt: number | null;
  /** Values in the target's spelling, flat (`name.givenName`); only what could be read. */
  readonly attributes: AttributeMap;
  /** Opaque version for conditional writes, only where the target really supports them. */
  readonly version: string | null;
}

/** A criterion by which an account is looked up. */
export type MatchKey =
  | { readonly kind: "externalId"; readonly value: string }
  | { readonly kind: "userName"; readonly value: string }
  | { readonly kind: "attribute"; readonly attribute: string; readonly value: string };

/** An account to create. */
export interface NewAccount {
  /** Flat, in the target's spelling; no null, no empty list. */
  readonly attributes: AttributeMap;
  readonly externalId: string;
  readonly active: boolean;
}

/** A change to an existing account: only what differs. */
export interface AccountChange {
  readonly set: AttributeMap;
  /** Target attributes to unassign. */
  readonly clear: readonly string[];
  /** Present only when the account is to be enabled or disabled. */
  readonly active?: boolean;
  /** Present only when our key must be written (adoption). */
  readonly externalId?: string;
}

/** What a connector can do and how it wants to be treated. */
export interface ConnectorTraits {
  /** How long a created account may stay invisible to a search, in milliseconds. */
  readonly visibilityDelayMs: number;
  /** Whether an update needs the account as it is now (targets that only know PUT). */
  readonly readsBeforeUpdate: boolean;
  /** Whether the target keeps our external id, so that a match by it is proof. */
  readonly keepsExternalId: boolean;
  /** Match keys after external id and user name, in order. */
  readonly extraMatchKeys: readonly string[];
}

/**
 * The code for one kind of target. Knows nothing of Temporal or the store; is given a deadline; throws
 * `TargetError` and nothing else. Every connector passes `test/conformance`.
 */
export interface Connector {
  readonly traits: ConnectorTraits;
  /** A harmless authenticated read; throws `credentials_refused` when the credentials are no good. */
  probe(context: CallContext): Promise<void>;
  /** Candidates that really match the key (checked on our side; a filter that lies yields none). At most 10. */
  find(key: MatchKey, context: CallContext): Promise<readonly RemoteAccount[]>;
  /** The account with this id, or null when the target has none. */
  get(id: string, context: CallContext): Promise<RemoteAccount | null>;
  /** Creates; throws `conflict` when the target says that it exists. */
  create(account: NewAccount, context: CallContext): Promise<RemoteAccount>;
  /** Applies the change; throws `absent` when the account is gone. `observed` is passed where it was read. */
  update(
    id: string,
    change: AccountChange,
    observed: RemoteAccount | null,
    context: CallContext,
  ): Promise<void>;
  /** Deletes for good. Already gone is `absent`, not an error. */
  remove(id: string, context: CallContext): Promise<"deleted" | "absent">;
  /** Ends connections and timers. */
  close(): Promise<void>;
}
