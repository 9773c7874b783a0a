import type { AttributeMap } from "./attributes.js";
import type { ErrorCode } from "./errors.js";
import type { AllowedAttributes } from "./mapping.js";
import type { Before, Effect, Undo } from "./undo.js";

/** Whether the remote account exists, as far as we know: `maybe` after a create whose reply was lost. */
export type Existence = "none" | "maybe" | "known";

/**
 * Where an account stands: work waits (`pending`), at rest as decided (`settled`), retrying (`failing`), waiting
 * for a person (`held`), at rest without effect (`parked`), taken away (`removed`).
 */
export type AccountState = "pending" | "settled" | "failing" | "held" | "parked" | "removed";

/** How a link came to be. */
export type LinkOrigin = "created" | "adopted" | "linked";

/** Our row for one user at one connection, as the pure code sees it. Times are epoch milliseconds. */
export interface Account {
  readonly connection: string;
  readonly existence: Existence;
  readonly state: AccountState;
  readonly code: ErrorCode | null;
  readonly remoteId: string | null;
  readonly linkOrigin: LinkOrigin | null;
  /** Hash of the decision it was last settled, held or parked at. */
  readonly wish: string | null;
  /** What we last wrote or read back; only mapped attributes. */
  readonly applied: AttributeMap;
  /** Whether the account was last left enabled; null when unknown. */
  readonly active: boolean | null;
  /** Source attributes that it was last allowed; null before the first ensure. */
  readonly allowed: AllowedAttributes | null;
  /** A claim ended unreleased, or a reply was lost: read before writing. */
  readonly uncertain: boolean;
  /** When an open create intent was written. */
  readonly createIntentAt: number | null;
  /** End of a grace: the later delete. */
  readonly dueAt: number | null;
  /** An operator asked for another look. */
  readonly marked: boolean;
  /** What the episode it last worked in did to it, and how it was before. */
  readonly effect: Effect | null;
  readonly before: Before | null;
  /** Its effects are to be taken back. */
  readonly undo: Undo | null;
  /** Failed connections that a compensated account waits for; empty otherwise. */
  readonly waitsFor: readonly string[];
}

/** Whether there is, or may be, a remote account. */
export function hasAccount(account: Account | null): boolean {
  return account !== null && account.existence !== "none";
}

/** A row as it is before anything happened. */
export function newAccount(connection: string): Account {
  return {
    connection,
    existence: "none",
    state: "pending",
    code: null,
    remoteId: null,
    linkOrigin: null,
    wish: null,
    applied: {},
    active: null,
    allowed: null,
    uncertain: false,
    createIntentAt: null,
    dueAt: null,
    marked: false,
    effect: null,
    before: null,
    undo: null,
    waitsFor: [],
  };
}
