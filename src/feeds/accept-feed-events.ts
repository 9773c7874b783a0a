import type { Configuration, Feed } from "../domain/configuration.js";
import type { AcceptResult } from "../domain/directory-event.js";
import type { Json } from "../domain/json.js";
import { acceptEvents } from "../store/directory.js";
import type { Db } from "../store/schema.js";
import { eventProblem } from "./event-problem.js";
import type { EventProblems, Translation } from "./translate-event.js";
import { translateEvent } from "./translate-event.js";

/** What became of one item of a request. */
export type FeedResult =
  | ({ readonly id: string } & Extract<AcceptResult, { status: "accepted" | "duplicate" }>)
  | { readonly status: "rejected"; readonly id: string | null; readonly problems: EventProblems };

/** A request to a feed: who speaks, when it came in (epoch milliseconds), what it says. */
export interface FeedRequest {
  readonly configuration: Configuration;
  readonly feed: Feed;
  readonly receivedAt: number;
  readonly items: readonly Json[];
}

const reused: EventProblems = [
  eventProblem(
    "event_id_reused",
    ["id"],
    "another event of this source has this id: give each event its own",
  ),
];

const resultOf = (translation: Translation, stored: Iterator<AcceptResult>): FeedResult => {
  if (!translation.ok) return { status: "rejected", id: translation.id, problems: translation.problems };
  const { id } = translation.event;
  const result = stored.next().value as AcceptResult;
  return result.status === "rejected" ? { status: "rejected", id, problems: reused } : { ...result, id };
};

/**
 * Takes a feed's events: translates each by itself and stores all good ones in one transaction, so that what comes
 * back as accepted is never lost and one bad item blocks no other (promise 1). Results are in the order of the
 * items; a rejected item leaves nothing behind. Rejects when the store does.
 */
export async function acceptFeedEvents(db: Db, request: FeedRequest): Promise<readonly FeedResult[]> {
  const { configuration, feed, receivedAt } = request;
  const translations = request.items.map((item) => translateEvent(item, { configuration, feed, receivedAt }));
  const events = translations.flatMap((one) => (one.ok ? [one.event] : []));
  const stored = await acceptEvents(db, configuration.organization, feed.source, events);
  const results = stored.values();
  return translations.map((translation) => resultOf(translation, results));
}
