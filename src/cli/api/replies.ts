import { z } from "zod";

// Loose: members that a newer server adds stay in `--output json`.

/** What an account is in, as the server writes it. */
export const accountStates = ["pending", "settled", "failing", "held", "parked", "removed"] as const;

/** ISO 8601, in UTC. */
export const time = z.string();
const listOf = <T extends z.ZodType>(item: T) =>
  z.looseObject({ items: z.array(item), nextCursor: z.string().nullable() });

/** That a user came in, and how. */
export const enrolment = z.looseObject({
  feed: z.string(),
  application: z.string().nullable(),
  kind: z.enum(["token", "jit", "organization"]),
});
export type Enrolment = z.infer<typeof enrolment>;

/** A user, attributes apart. */
export const user = z.looseObject({
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

/** An account, attributes apart. */
export const account = z.looseObject({
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

/** Whether a connection is worked on. */
export const connectionState = z.enum(["active", "paused", "quarantined"]);

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
  kind: z.string(),
  cause: z.string(),
  createdAt: time,
});

/** `GET …/holds`. */
export const holdsReply = listOf(hold);

/** `POST …/holds/release`, `cancel`, `retry`, `skip` and `compensate`. */
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
