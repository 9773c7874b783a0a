import type { Existence } from "./account.js";
import type { AttributeMap } from "./attributes.js";
import type { Compensation } from "./configuration.js";
import type { ErrorCode } from "./errors.js";

/** What an episode did to an account: made it, linked one that was there, or changed a known one. */
export type Effect = "created" | "adopted" | "updated";

/** An account as it was before the episode's first effect. */
export interface Before {
  /** Values of the attributes that we manage; for an adoption those read at the target. */
  readonly applied: AttributeMap;
  readonly active: boolean | null;
  /** The client-owned key that the target held at an adoption; null when it held none, or is not known. */
  readonly externalId: string | null;
}

/** That an account's effects of its episode are to be taken back, how far, and how it rests afterwards. */
export interface Undo {
  readonly accounts: Compensation["accounts"];
  readonly revertUpdates: boolean;
  /** Code it is parked with: its own failure's, or `compensated`. */
  readonly code: ErrorCode;
}

/** What an undo comes to for one account. */
export type UndoStep =
  | { readonly kind: "remove"; readonly step: "delete" | "disable" }
  | { readonly kind: "unlink"; readonly before: Before }
  | { readonly kind: "revert"; readonly before: Before }
  | { readonly kind: "nothing" };

/** What an undo looks at. */
export interface Undoable {
  readonly existence: Existence;
  readonly effect: Effect | null;
  readonly before: Before | null;
}

/**
 * What taking back comes to (design, section 6): a created account goes, an adopted one is unlinked with the values
 * read at adoption, an updated one returns to what it was where the terms say so. A create whose reply was lost
 * counts as created. Nothing there, nothing done: `nothing`.
 */
export function undoStep(account: Undoable, undo: Pick<Undo, "accounts" | "revertUpdates">): UndoStep {
  const { existence, effect, before } = account;
  if (existence === "none") return { kind: "nothing" };
  if (effect === "created" || (effect === null && existence === "maybe"))
    return { kind: "remove", step: undo.accounts };
  if (effect === null || before === null) return { kind: "nothing" };
  if (effect === "adopted") return { kind: "unlink", before };
  return undo.revertUpdates ? { kind: "revert", before } : { kind: "nothing" };
}
