import { assertNever } from "./assert-never.js";
import type { AttributeMap } from "./attributes.js";
import { canonicalJson } from "./json.js";
import type { AllowedAttributes } from "./mapping.js";
import type { RemovalCause } from "./reasons.js";
import type { Undo } from "./undo.js";

/** What an ensure asks for. */
export interface Ensure {
  readonly verb: "ensure";
  readonly active: boolean;
  readonly attributes: AttributeMap;
  /** Sent at create only, for attributes without a value (statement 32). */
  readonly defaults: AttributeMap;
  /** Required target attributes without a value: the account is parked before any call. */
  readonly missing: readonly string[];
  readonly allowed: AllowedAttributes;
  readonly sources: Readonly<Record<string, string>>;
  /** Adopt only on an external-id match: everybody who selects the connection signed up by themselves. */
  readonly adoptByExternalIdOnly: boolean;
  /** Keep an account that is there; never create or adopt one (a deselected account that is kept). */
  readonly onlyExisting: boolean;
}

/** What a removal asks for now, and when the delete after a grace is due. */
export interface Remove {
  readonly verb: "remove";
  readonly cause: RemovalCause;
  readonly step: "disable" | "delete";
  /** Grace of a staged removal, in milliseconds; null when `step` is all there is. */
  readonly graceMs: number | null;
}

/** Nothing is to be there, or nothing is to be done. */
export interface Nothing {
  readonly verb: "none";
}

/** Takes back what an episode did; `instead` is what would be wanted without it, and what it then rests at. */
export interface TakeBack {
  readonly verb: "undo";
  readonly undo: Undo;
  readonly instead: Ensure | Nothing;
}

/** What must be so for one user at one connection. */
export type Want = Ensure | Remove | TakeBack | Nothing;

/** The text that a wish is the hash of: verb, desired attributes, activity. Equal texts need no work between them. */
export function wishText(want: Want): string {
  switch (want.verb) {
    case "ensure": {
      const { verb, active, attributes, defaults, missing } = want;
      return canonicalJson({ verb, active, attributes, defaults, missing });
    }
    case "remove":
      return canonicalJson({ verb: want.verb, cause: want.cause, step: want.step });
    case "undo":
      return canonicalJson({ verb: want.verb, undo: { ...want.undo } });
    case "none":
      return canonicalJson({ verb: want.verb });
    default:
      return assertNever(want);
  }
}
