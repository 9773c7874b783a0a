import { z } from "zod";
import { assertNever } from "../domain/assert-never.js";
import type { Decision } from "../domain/decide.js";
import { isAllowed } from "../domain/mapping.js";
import type { Selection } from "../domain/selection.js";
import { accountSchema, time } from "./account-view.js";
import { enrolmentSchema, enrolmentView, reasonSchema } from "./reason-view.js";
import { userSchema } from "./user-view.js";

const flags = { blocking: z.boolean(), optional: z.boolean() };

/** A decision: what must be so for one user at one connection. */
export const decisionSchema = z.discriminatedUnion("verb", [
  z.object({ verb: z.literal("ensure"), active: z.boolean(), missing: z.array(z.string()), ...flags }),
  z.object({
    verb: z.literal("remove"),
    cause: z.enum(["deleted", "out_of_scope", "deselected"]),
    step: z.enum(["disable", "delete"]),
    graceMs: z.number().nullable(),
    ...flags,
  }),
  z.object({
    verb: z.literal("undo"),
    accounts: z.enum(["delete", "disable"]).describe("What becomes of an account that was created."),
    revertUpdates: z.boolean(),
    ...flags,
  }),
  z.object({ verb: z.literal("none"), ...flags }),
]);

/** One target attribute of a decision and what is behind it. */
export const attributeSchema = z.object({
  target: z.string(),
  origin: z
    .enum(["source", "value", "default"])
    .describe("value and default are the administrator's own words."),
  source: z.string().nullable().describe("Path of the source attribute."),
  enrolments: z.array(enrolmentSchema).describe("The enrolments that allow it to be sent."),
});

/** One connection of an explanation. */
export const connectionExplanationSchema = z.object({
  connection: z.string(),
  connector: z.enum(["scim2", "google-workspace", "salesforce"]).nullable(),
  configured: z.boolean(),
  enabled: z.boolean(),
  state: z.object({
    name: z.enum(["active", "paused", "quarantined"]),
    code: z.string().nullable(),
    reason: z.string().nullable(),
    author: z.string().nullable(),
    changedAt: time.nullable(),
  }),
  decision: decisionSchema.nullable().describe("Null for a connection that the configuration has no more."),
  reasons: z.array(reasonSchema),
  attributes: z.array(attributeSchema),
  account: accountSchema.nullable(),
  lastSent: z
    .object({ at: time, attributes: z.record(z.string(), z.unknown()).describe("Masked.") })
    .nullable(),
  lastAttempt: z
    .object({
      at: time,
      verb: z.string(),
      outcome: z.string().nullable(),
      code: z.string().nullable(),
      class: z.string().nullable(),
      keyword: z.string().nullable().describe("The target's own error keyword, or which conflict it was."),
      status: z.int().nullable(),
      attempt: z.int(),
    })
    .nullable(),
  nextTry: z
    .object({
      at: time.nullable(),
      attempt: z.int(),
      code: z.string().nullable(),
      waiting: z.enum(["retry", "queue", "running"]),
    })
    .nullable(),
  hold: z
    .object({ id: z.uuid(), kind: z.enum(["guard", "partial_failure"]), cause: z.string(), createdAt: time })
    .nullable(),
});

/** Why a user has what it has, at every connection. */
export const explanationSchema = userSchema.extend({
  revision: z.int(),
  temporal: z.enum(["up", "down"]).describe("down: nextTry is not known."),
  waiting: z.boolean().describe("Whether the user waits to be looked at."),
  connections: z.array(connectionExplanationSchema),
});

/** One connection of an explanation. */
export type ConnectionExplanation = z.output<typeof connectionExplanationSchema>;
/** Why a user has what it has, at every connection. */
export type Explanation = z.output<typeof explanationSchema>;

/** Shows a decision. */
export function decisionView({ want, blocking, optional }: Decision): z.output<typeof decisionSchema> {
  switch (want.verb) {
    case "ensure":
      return { verb: "ensure", active: want.active, missing: [...want.missing], blocking, optional };
    case "remove":
      return {
        verb: "remove",
        cause: want.cause,
        step: want.step,
        graceMs: want.graceMs,
        blocking,
        optional,
      };
    case "undo": {
      const { accounts, revertUpdates } = want.undo;
      return { verb: "undo", accounts, revertUpdates, blocking, optional };
    }
    case "none":
      return { verb: "none", blocking, optional };
    default:
      return assertNever(want);
  }
}

/** Shows what is behind each attribute that a decision sends, by name: its source and the enrolments that allow it. */
export function attributeViews({ want }: Decision, selection: Selection): z.output<typeof attributeSchema>[] {
  if (want.verb !== "ensure") return [];
  const allowing = (source: string) =>
    selection.enrolments.flatMap((one) =>
      one.kind === "selected" && isAllowed(one.allowed, source) ? [enrolmentView(one.enrolment)] : [],
    );
  const mapped = Object.keys(want.attributes).map((target) => {
    const source = want.sources[target] ?? null;
    return source === null
      ? { target, origin: "value" as const, source, enrolments: [] }
      : { target, origin: "source" as const, source, enrolments: allowing(source) };
  });
  const defaults = Object.keys(want.defaults).map((target) => ({
    target,
    origin: "default" as const,
    source: null,
    enrolments: [],
  }));
  return [...mapped, ...defaults].sort((left, right) => (left.target < right.target ? -1 : 1));
}
