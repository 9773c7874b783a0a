import { createHash } from "node:crypto";
import type { Configuration, Feed } from "../domain/configuration.js";
import type { DirectoryChange, DirectoryEvent } from "../domain/directory-event.js";
import type { Json } from "../domain/json.js";
import { canonicalJson, isJsonObject } from "../domain/json.js";
import type { Stamp } from "../domain/stamp.js";
import { makeStamp } from "../domain/stamp.js";
import type { Origin } from "./event-origin.js";
import { originProblems } from "./event-origin.js";
import type { EventProblem } from "./event-problem.js";
import { eventProblem, issueProblem } from "./event-problem.js";
import type { FeedEvent } from "./event-schema.js";
import { eventSchema, idMax } from "./event-schema.js";
import { eventTime } from "./event-time.js";
import { groupChange, groupProblems } from "./group-event.js";
import { isStorable, unstorableAt } from "./storable-text.js";
import { userChange, userProblems } from "./user-event.js";

/** What a translation needs to know. Times are epoch milliseconds. */
export interface EventContext {
  readonly configuration: Configuration;
  readonly feed: Feed;
  readonly receivedAt: number;
}

/** Why an event was rejected; never empty. */
export type EventProblems = readonly [EventProblem, ...EventProblem[]];

/** An event as the store takes it, or all that is wrong with it; the id is null when it has no usable one. */
export type Translation =
  | { readonly ok: true; readonly event: DirectoryEvent }
  | { readonly ok: false; readonly id: string | null; readonly problems: EventProblems };

const usableId = (input: Json): string | null => {
  const id = isJsonObject(input) ? input["id"] : undefined;
  return typeof id === "string" && id !== "" && id.length <= idMax && isStorable(id) ? id : null;
};

/**
 * Hash of the whole event without its password: the store must not hold what a password could be guessed against
 * (statement 36).
 */
const hashOf = (input: Json): string => {
  const data = isJsonObject(input) ? input["data"] : undefined;
  const user = isJsonObject(data) ? data["user"] : undefined;
  const kept =
    isJsonObject(input) && isJsonObject(data) && isJsonObject(user) && user["password"] !== undefined
      ? { ...input, data: { ...data, user: { ...user, password: null } } }
      : input;
  return createHash("sha256").update(canonicalJson(kept)).digest("hex");
};

const originOf = (event: FeedEvent, feed: Feed): Origin => ({
  source: event.source,
  trigger: event.data.trigger,
  application: event.data.application ?? feed.application,
});

const sequenceOf = (event: FeedEvent): number => event.data.sequence ?? Number(event.sequence ?? 0);

const isUserEvent = (event: FeedEvent): event is Extract<FeedEvent, { data: { user: unknown } }> =>
  "user" in event.data;

const changeOf = (event: FeedEvent, feed: Feed, origin: Origin, stamp: Stamp): DirectoryChange =>
  isUserEvent(event) ? userChange(event, feed, origin, stamp) : groupChange(event, stamp);

const problemsOf = (event: FeedEvent, context: EventContext, origin: Origin): readonly EventProblem[] => [
  ...originProblems(context.configuration, context.feed, origin),
  ...(isUserEvent(event) ? userProblems(event) : groupProblems(event)),
];

/**
 * Translates one CloudEvents 1.0 event into a directory change (design, section 10). Never throws; problems come
 * back together, with stable codes and texts that repeat no attribute value. Statements 1 to 4, 27, 31 and 36.
 */
export function translateEvent(input: Json, context: EventContext): Translation {
  const id = usableId(input);
  const refuse = ([first, ...rest]: readonly EventProblem[]): Translation | null =>
    first === undefined ? null : { ok: false, id, problems: [first, ...rest] };
  const unstorable = unstorableAt(input);
  if (unstorable !== null) {
    const detail = "holds a text with NUL or half of a surrogate pair, which cannot be stored: remove it";
    return { ok: false, id, problems: [eventProblem("invalid_text", unstorable, detail)] };
  }
  const parsed = eventSchema.safeParse(input);
  if (!parsed.success) {
    const [first = eventProblem("invalid_event", [], "is no event"), ...rest] =
      parsed.error.issues.map(issueProblem);
    return { ok: false, id, problems: [first, ...rest] };
  }
  const event = parsed.data;
  const { feed, receivedAt } = context;
  const origin = originOf(event, feed);
  const occurredAt = eventTime(event.time, receivedAt);
  const problems = problemsOf(event, context, origin);
  if (typeof occurredAt !== "number") return { ok: false, id, problems: [occurredAt, ...problems] };
  const refused = refuse(problems);
  if (refused !== null) return refused;
  const { stamp, clamped } = makeStamp({
    occurredAt,
    receivedAt,
    sequence: sequenceOf(event),
    eventId: event.id,
  });
  return {
    ok: true,
    event: {
      id: event.id,
      feed: feed.id,
      source: feed.source,
      type: event.type,
      hash: hashOf(input),
      stamp,
      clamped,
      occurredAt,
      receivedAt,
      subject: changeOf(event, feed, origin, stamp),
    },
  };
}
