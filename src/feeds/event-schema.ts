import { z } from "zod";
import { refineAttributes, userAttributesSchema } from "./user-attributes.js";

/** Longest id of an event, a user or a group, in UTF-16 units. */
export const idMax = 256;
/** Most groups or members that one event may name. */
export const referencesMax = 10_000;

const control = /\p{Cc}/u;
const idError = `must be a text of 1 to ${idMax} characters without control characters`;
const idText = z
  .string({ error: idError })
  .min(1, { error: idError })
  .max(idMax, { error: idError })
  .refine((text) => !control.test(text), { error: idError });

const referenceError = `must be an external id, or an object with the external id as id or value (1 to ${idMax} characters)`;
const reference = z.union(
  [idText, z.looseObject({ value: idText }), z.looseObject({ id: idText, value: z.undefined().optional() })],
  { error: referenceError },
);
const references = z.array(reference, { error: "must be a list of external ids" }).max(referencesMax, {
  error: `must have at most ${referencesMax} entries; send the rest as a change of its own`,
});

/** A reference to a user or group, by external id. */
export type Reference = z.output<typeof reference>;

const sequenceError = "must be a non-negative whole number up to 9007199254740991";
const sequence = z.int({ error: sequenceError }).min(0, { error: sequenceError });

/** The CloudEvents extension `sequence` is a text by its specification; digits are ours. */
const sequenceExtension = z.union([sequence, z.string().regex(/^\d{1,15}$/)], { error: sequenceError });

const triggers = ["api", "console", "self-sign-up", "jit"] as const;

const commonData = {
  trigger: z.enum(triggers, { error: `must be one of ${triggers.join(", ")}` }).default("api"),
  application: z
    .string({ error: "must be the id of an application" })
    .min(1)
    .max(idMax)
    .nullable()
    .optional(),
  sequence: sequence.optional(),
};

const userSchema = userAttributesSchema
  .extend({
    id: idText,
    groups: references.nullable().optional(),
    addGroups: references.optional(),
    removeGroups: references.optional(),
  })
  .superRefine(refineAttributes);

const groupSchema = z.strictObject({
  id: idText,
  displayName: z.string({ error: "must be a text, or null to clear it" }).max(1_024).nullable().optional(),
  members: references.nullable().optional(),
  add: references.optional(),
  remove: references.optional(),
  externalId: z.unknown().optional(),
  schemas: z.unknown().optional(),
  meta: z.unknown().optional(),
});

/** Types of events about users. */
export const userEventTypes = [
  "user.created",
  "user.updated",
  "user.deleted",
  "user.disabled",
  "user.enabled",
  "user.locked",
  "user.unlocked",
] as const;

/** Types of events about groups. */
export const groupEventTypes = ["group.created", "group.updated", "group.deleted", "group.members"] as const;

const envelope = {
  specversion: z.literal("1.0", { error: 'must be "1.0"' }),
  id: idText.describe("Unique per source; the same id again is a repetition."),
  source: z.string({ error: "must be the name of the feed's source" }).describe("The feed's source."),
  time: z
    .string({ error: "must be a time as RFC 3339 writes it, such as 2026-11-24T08:00:00.120Z" })
    .optional()
    .describe("When it happened; absent: when it was received."),
  datacontenttype: z
    .string()
    .regex(/^application\/(?:[\w.+-]+\+)?json\s*(?:;.*)?$/i, { error: "must be application/json, or absent" })
    .optional(),
  data_base64: z.undefined({ error: "is not taken: send JSON in data" }).optional(),
  sequence: sequenceExtension.optional(),
};

const dataError = "must be an object with trigger, application, sequence, and the user or group";

const userEvent = z.looseObject({
  ...envelope,
  type: z.enum(userEventTypes),
  data: z.strictObject({ ...commonData, user: userSchema }, { error: dataFault }),
});

const groupEvent = z.looseObject({
  ...envelope,
  type: z.enum(groupEventTypes),
  data: z.strictObject({ ...commonData, group: groupSchema }, { error: dataFault }),
});

function dataFault(issue: { readonly code?: string | undefined }): string | undefined {
  return issue.code === "invalid_type" ? dataError : undefined;
}

function isObject(input: unknown): boolean {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

const typeError = `must be one of ${[...userEventTypes, ...groupEventTypes].join(", ")}`;

/**
 * One event: CloudEvents 1.0 in JSON. Extension attributes beside the envelope's own are allowed and ignored
 * (CloudEvents §2.4); everything in `data` is known or refused.
 */
export const eventSchema = z.discriminatedUnion("type", [userEvent, groupEvent], {
  error: ({ input }) => (isObject(input) ? typeError : "must be an object: one CloudEvents 1.0 event"),
});

/** An event that has passed the schema. */
export type FeedEvent = z.output<typeof eventSchema>;
/** An event about a user. */
export type UserEvent = z.output<typeof userEvent>;
/** An event about a group. */
export type GroupEvent = z.output<typeof groupEvent>;
