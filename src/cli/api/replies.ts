import { z } from "zod";

// Loose: members that a newer server adds stay in `--output json`.

/** What an account is in, as the server writes it. */
export const accountStates = ["pending", "settled", "failing", "held", "parked", "removed"] as const;

const time = z.string();
const listOf = <T extends z.ZodType>(item: T) =>
  z.looseObject({ items: z.array(item), nextCursor: z.string().nullable() });

const enrolment = z.looseObject({
  feed: z.string(),
  application: z.string().nullable(),
  kind: z.enum(["token", "jit", "organization"]),
});
export type Enrolment = z.infer<typeof enrolment>;

const user = z.looseObject({
  user: z.string(),
  source: z.string(),
  externalId: z.string().nullable(),
  userName: z.string().nullable(),
  version: z.number(),
  exists: z.boolean(),
  enabled: z.boolean(),
  disabled: z.boolean(),
  locked: z.boolean(),
  enrolments: z.array(enrolment),
});
export type User = z.infer<typeof user>;

const account = z.looseObject({
  id: z.string(),
  user: z.string(),
  connection: z.string(),
  existence: z.enum(["none", "maybe", "known"]),
  state: z.enum(accountStates),
  code: z.string().nullable(),
  class: z.string().nullable(),
  remoteId: z.string().nullable(),
  linkOrigin: z.enum(["created", "adopted", "linked"]).nullable(),
  active: z.boolean().nullable(),
  uncertain: z.boolean(),
  marked: z.boolean(),
  dueAt: time.nullable(),
  attempts: z.number(),
  failingSince: time.nullable(),
  updatedAt: time,
});
export type Account = z.infer<typeof account>;

const connectionState = z.enum(["active", "paused", "quarantined"]);

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
  hold: z.looseObject({ id: z.string(), cause: z.string(), createdAt: time }).nullable(),
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

/** `GET …/users?userName=`. */
export const usersReply = listOf(user);

/** `GET …/users/{user}`. */
export const userReply = user.extend({
  attributes: z.record(z.string(), z.json()),
  groups: z.array(z.string()),
  accounts: z.array(account),
});
export type UserDetails = z.infer<typeof userReply>;

/** `POST …/users/{user}/provision`. */
export const provisionReply = z.looseObject({ user: z.string(), version: z.number(), accounts: z.number() });

/** `GET …/accounts`. */
export const accountsReply = listOf(account);

/** `POST …/accounts/resend`. */
export const resendReply = z.looseObject({ accounts: z.number(), users: z.number() });

const connection = z.looseObject({
  connection: z.string(),
  connector: z.string().nullable(),
  configured: z.boolean(),
  enabled: z.boolean(),
  state: connectionState,
  code: z.string().nullable(),
  reason: z.string().nullable(),
  author: z.string().nullable(),
  changedAt: time.nullable(),
  guard: z.looseObject({
    latched: z.boolean(),
    latchedAt: time.nullable(),
    openHolds: z.number(),
  }),
  accounts: z.record(z.enum(accountStates), z.number()),
});
export type Connection = z.infer<typeof connection>;

/** `GET …/connections`. */
export const connectionsReply = listOf(connection);

/** `POST …/connections/{id}/pause` and `resume`. */
export const connectionChangeReply = z.looseObject({
  connection: z.string(),
  state: connectionState,
  changed: z.boolean(),
});

/** `POST …/connections/{id}/test`. */
export const connectionTestReply = z.looseObject({
  connection: z.string(),
  ok: z.boolean(),
  code: z.string().nullable(),
});

const hold = z.looseObject({
  id: z.string(),
  connection: z.string(),
  user: z.string(),
  account: z.string(),
  cause: z.string(),
  createdAt: time,
});

/** `GET …/holds`. */
export const holdsReply = listOf(hold);

/** `POST …/holds/release` and `cancel`. */
export const holdsChangeReply = z.looseObject({ holds: z.number(), users: z.number() });

/** `GET /v1/organizations`. */
export const organizationsReply = z.looseObject({ items: z.array(z.looseObject({ id: z.string() })) });

/** A problem of a configuration, as the server writes it. */
export const configurationProblem = z.object({
  code: z.string(),
  line: z.number().nullable(),
  column: z.number().nullable(),
  path: z.string(),
  message: z.string(),
});

/** `PUT …/configuration`. */
export const applyReply = z.looseObject({
  revision: z.number(),
  changed: z.boolean(),
  warnings: z.array(configurationProblem),
  woken: z.number(),
});

/** `GET …/configuration/revisions`. */
export const revisionsReply = listOf(
  z.looseObject({
    revision: z.number(),
    origin: z.string(),
    author: z.string(),
    createdAt: time,
    hash: z.string(),
    current: z.boolean(),
  }),
);

const connectionStatus = z.looseObject({
  connection: z.string(),
  state: z.enum(accountStates),
  code: z.string().nullable(),
});
export type ConnectionStatus = z.infer<typeof connectionStatus>;

const eventResult = z.discriminatedUnion("status", [
  z.looseObject({
    id: z.string(),
    status: z.enum(["accepted", "duplicate"]),
    user: z.string().optional(),
    group: z.string().optional(),
    version: z.number(),
    stale: z.boolean(),
  }),
  z.looseObject({
    id: z.string().nullable(),
    status: z.literal("rejected"),
    index: z.number(),
    code: z.string(),
    detail: z.string(),
    errors: z.array(z.looseObject({ pointer: z.string(), code: z.string(), detail: z.string() })),
  }),
]);
export type EventResult = z.infer<typeof eventResult>;

/** `POST …/feeds/{feed}/events`. */
export const eventsReply = z.looseObject({
  results: z.array(eventResult),
  settled: z.boolean().optional(),
  connections: z.array(connectionStatus).optional(),
});
export type EventsReply = z.infer<typeof eventsReply>;

/** `GET …/events/{id}`. */
export const eventReply = z.looseObject({
  id: z.string(),
  source: z.string(),
  feed: z.string(),
  type: z.string(),
  status: z.enum(["accepted", "stale", "settled"]),
  user: z.string().optional(),
  group: z.string().optional(),
  version: z.number(),
  occurredAt: time,
  receivedAt: time,
  connections: z.array(connectionStatus),
});
export type EventStatus = z.infer<typeof eventReply>;
