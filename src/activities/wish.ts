import { createHash } from "node:crypto";
import type { Want } from "../domain/decide.js";
import { wishText } from "../domain/decide.js";

/** The wish of a decision: hash of its verb, desired attributes and activity. Equal wishes need no work between them. */
export function wishOf(want: Want): string {
  return createHash("sha256").update(wishText(want)).digest("base64url");
}
