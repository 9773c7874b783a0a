import { z } from "zod";
import { account, connectionState, enrolment, time, user } from "./replies.js";

const decision = z.discriminatedUnion("verb", [
  z.looseObject({
    verb: z.literal("ensure"),
    active: z.boolean(),
    missing: z.array(z.string()),
    blocking: z.boolean(),
    optional: z.boolean(),
  }),
  z.looseObject({
    verb: z.literal("remove"),
    cause: z.string(),
    step: z.enum(["disable", "delete"]),
    graceMs: z.number().nullable(),
    blocking: z.boolean(),
    optional: z.boolean(),
  }),
  z.looseObject({
    verb: z.literal("undo"),
    accounts: z.enum(["delete", "disable"]),
    revertUpdates: z.boolean(),
    blocking: z.boolean(),
    optional: z.boolean(),
  }),
  z.looseObject({ verb: z.literal("none"), blocking: z.boolean(), optional: z.boolean() }),
]);
export type Decision = z.infer<typeof decision>;

const decidedAttribute = z.looseObject({
  target: z.string(),
  origin: z.enum(["source", "value", "default"]),
  source: z.string().nullable(),
  enrolments: z.array(enrolment),
});
export type DecidedAttribute = z.infer<typeof decidedAttribute>;

const connectionExplanation = z.looseObject({
  connection: z.string(),
  connector: z.string().nullable(),
  configured: z.boolean(),
  enabled: z.boolean(),
  state: z.looseObject({
    name: connectionState,
    code: z.string().nullable(),
    reason: z.string().nullable(),
    author: z.string().nullable(),
    changedAt: time.nullable(),
  }),
  decision: decision.nullable(),
  reasons: z.array(z.looseObject({ code: z.string(), text: z.string() })),
  attributes: z.array(decidedAttribute),
  account: account.nullable(),
  lastSent: z.looseObject({ at: time, attributes: z.record(z.string(), z.json()) }).nullable(),
  lastAttempt: z
    .looseObject({
      at: time,
      verb: z.string(),
      outcome: z.string().nullable(),
      code: z.string().nullable(),
      class: z.string().nullable(),
      keyword: z.string().nullish(),
      status: z.number().nullable(),
      attempt: z.number(),
    })
    .nullable(),
  nextTry: z
    .looseObject({
      at: time.nullable(),
      attempt: z.number(),
      code: z.string().nullable(),
      waiting: z.enum(["retry", "queue", "running"]),
    })
    .nullable(),
  hold: z.looseObject({ id: z.string(), kind: z.string(), cause: z.string(), createdAt: time }).nullable(),
});
export type ConnectionExplanation = z.infer<typeof connectionExplanation>;

/** `GET …/users/{user}/explanation`. */
export const explanationReply = user.extend({
  revision: z.number(),
  temporal: z.enum(["up", "down"]),
  waiting: z.boolean(),
  connections: z.array(connectionExplanation),
});
export type Explanation = z.infer<typeof explanationReply>;
