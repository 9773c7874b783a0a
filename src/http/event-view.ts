import { z } from "zod";
import type { FeedResult } from "../feeds/accept-feed-events.js";
import type { EventProblem } from "../feeds/event-problem.js";
import type { EventProblems } from "../feeds/translate-event.js";
import type { EventStatus } from "../store/event-status.js";
import { time } from "./account-view.js";
import { accountState } from "./requests.js";

const subject = {
  user: z.uuid().optional().describe("Our key of the user."),
  group: z.uuid().optional().describe("Our key of the group."),
  version: z.int(),
};

const accountStates = z.array(
  z.object({ connection: z.string(), state: accountState, code: z.string().nullable() }),
);

const problemList = z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }));

const resultSchema = z.discriminatedUnion("status", [
  z.object({
    id: z.string(),
    status: z.enum(["accepted", "duplicate"]),
    ...subject,
    stale: z.boolean().describe("It changed nothing: newer values were there."),
  }),
  z.object({
    id: z.string().nullable(),
    status: z.literal("rejected"),
    index: z.int(),
    code: z.string(),
    detail: z.string(),
    errors: problemList,
  }),
]);

/** What became of each event of a request. */
export const resultsSchema = z.object({
  results: z.array(resultSchema),
  settled: z.boolean().optional().describe("Only with ?wait=."),
  connections: accountStates.optional().describe("Only with ?wait=."),
});

/** Where one event stands. */
export const eventStatusSchema = z.object({
  id: z.string(),
  source: z.string(),
  feed: z.string(),
  type: z.string(),
  status: z.enum(["accepted", "stale", "settled"]),
  ...subject,
  occurredAt: time,
  receivedAt: time,
  connections: accountStates,
});

const subjectView = (kind: "user" | "group", key: string) =>
  kind === "user" ? { user: key } : { group: key };

/** An event's problem as a sentence. */
export function problemText({ pointer, detail }: EventProblem): string {
  return pointer === "" ? detail : `${pointer}: ${detail}`;
}

/** An event's problems, as an answer lists them. */
export function problemViews(problems: EventProblems): z.output<typeof problemList> {
  return problems.map(({ pointer, code, detail }) => ({ pointer, code, detail }));
}

/** Shows what became of the event at `index` of a request. */
export function resultView(result: FeedResult, index: number): z.output<typeof resultSchema> {
  if (result.status !== "rejected") {
    const { id, status, kind, key, version, stale } = result;
    return { id, status, ...subjectView(kind, key), version, stale };
  }
  const { id, status, problems } = result;
  const [first] = problems;
  return { id, status, index, code: first.code, detail: problemText(first), errors: problemViews(problems) };
}

/** The accounts of an event's user. */
export function accountStatesView(status: EventStatus): z.output<typeof accountStates> {
  return status.accounts.map(({ connection, state, code }) => ({ connection, state, code }));
}

/** Shows where an event stands. */
export function eventStatusView(status: EventStatus): z.output<typeof eventStatusSchema> {
  return {
    id: status.id,
    source: status.source,
    feed: status.feed,
    type: status.type,
    status: status.stale ? "stale" : status.settled ? "settled" : "accepted",
    ...subjectView(status.kind, status.key),
    version: status.version,
    occurredAt: status.occurredAt.toISOString(),
    receivedAt: status.receivedAt.toISOString(),
    connections: accountStatesView(status),
  };
}
