import { z } from "zod";
import { idMax } from "../feeds/event-schema.js";
import { isStorable } from "../feeds/storable-text.js";
import type { AccountState } from "../domain/account.js";
import type { ErrorCode } from "../domain/errors.js";
import { errorClasses } from "../domain/errors.js";

const control = /\p{Cc}/u;

/** An id of an organization, feed, source or connection. */
export const idParam = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: "must be 1 to 63 lower-case letters, digits and hyphens" });

/** Path of everything that belongs to one organization. */
export const organizationPath = "/v1/organizations/:organization";

/** Parameter of {@link organizationPath}. */
export const organizationParam = z.object({ organization: idParam });

/** A text that the store can keep, of bounded length. */
export function textParam(max: number): z.ZodString {
  return z
    .string()
    .min(1)
    .max(max)
    .refine((text) => isStorable(text) && !control.test(text), { error: "must not hold control characters" });
}

/** An id as a source gives it. */
export const externalIdParam = textParam(idMax);

/** A user: our key, or `source:externalId`. */
export const userParam = organizationParam.extend({
  user: textParam(idMax + 64).describe("Our key, or source:externalId."),
});

/** A key of ours. */
export const keyParam = z.uuid({ error: "must be one of our ids, a UUID" });

/** Paging of listings: `cursor` is the `nextCursor` of the page before. */
export const paging = {
  cursor: keyParam.optional().describe("nextCursor of the page before."),
  limit: z.coerce.number().int().min(1).max(500).default(100),
};

const states = [
  "pending",
  "settled",
  "failing",
  "held",
  "parked",
  "removed",
] as const satisfies readonly AccountState[];

/** State of an account. */
export const accountState = z.enum(states);

/** A stable code of a failure or a parked account. */
export const errorCode = z.enum(Object.keys(errorClasses) as [ErrorCode, ...ErrorCode[]]);

/** Why an operator does something; kept where the store keeps it. */
export const reason = z
  .string({ error: "must be a text that says why" })
  .trim()
  .min(1, { error: "must say why" })
  .max(500, { error: "must have at most 500 characters" })
  .refine(isStorable, { error: "must not hold NUL or half of a surrogate pair" });

/** Ids that a person names. */
export const selectedIds = z.array(keyParam).min(1).max(1_000);
