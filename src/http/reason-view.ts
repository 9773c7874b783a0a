import { z } from "zod";
import type { Reason, ReasonEnrolment } from "../domain/reasons.js";
import { reasonText } from "../domain/reasons.js";

/** An enrolment as answers name it. */
export const enrolmentSchema = z.object({
  feed: z.string(),
  application: z.string().nullable(),
  kind: z.enum(["token", "jit", "organization"]),
});

/** A reason of a decision: stable code, sentence, and what the sentence speaks of. */
export const reasonSchema = z.object({
  code: z.string(),
  text: z.string(),
  list: z.string().optional(),
  enrolment: enrolmentSchema.optional(),
  groups: z.array(z.string()).optional(),
  attributes: z.array(z.string()).optional(),
  connections: z.array(z.string()).optional(),
  cause: z.string().optional(),
  deleteAt: z.iso.datetime().nullable().optional(),
  graceMs: z.number().nullable().optional(),
});

/** A reason as answers show it. */
export type ReasonView = z.output<typeof reasonSchema>;

/** Names an enrolment. */
export function enrolmentView({
  feed,
  application,
  kind,
}: ReasonEnrolment): z.output<typeof enrolmentSchema> {
  return { feed, application, kind };
}

/** Shows a reason. */
export function reasonView(reason: Reason): ReasonView {
  return {
    code: reason.code,
    text: reasonText(reason),
    ...("list" in reason && { list: reason.list }),
    ...("enrolment" in reason && { enrolment: enrolmentView(reason.enrolment) }),
    ...("groups" in reason && { groups: [...reason.groups] }),
    ...("attributes" in reason && { attributes: [...reason.attributes] }),
    ...("connections" in reason && { connections: [...reason.connections] }),
    ...("cause" in reason && { cause: reason.cause }),
    ...("deleteAt" in reason && {
      deleteAt: reason.deleteAt === null ? null : new Date(reason.deleteAt).toISOString(),
      graceMs: reason.graceMs,
    }),
  };
}
