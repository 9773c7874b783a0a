import type { Configuration, Feed } from "../../src/domain/configuration.js";
import type { DirectoryChange, DirectoryEvent } from "../../src/domain/directory-event.js";
import type { Json, JsonObject } from "../../src/domain/json.js";
import type { EventProblems } from "../../src/feeds/translate-event.js";
import { translateEvent } from "../../src/feeds/translate-event.js";

/** 2026-11-24T08:00:00Z */
export const receivedAt = Date.UTC(2026, 10, 24, 8);

/** A feed that may do everything, with what is replaced of it. */
export function feedWith(replaced: Partial<Feed> = {}): Feed {
  return {
    id: "hr",
    kind: "events",
    source: "hr",
    application: null,
    authoritative: true,
    enrols: "all",
    triggers: ["api", "console", "self-sign-up", "jit"],
    tokens: ["env:HR_TOKEN"],
    secrets: [],
    put: "replace",
    passwords: "drop",
    ...replaced,
  };
}

const list = {
  onPartialFailure: "continue",
  compensation: { accounts: "delete", withinMs: 3_600_000, revertUpdates: false },
  connections: [],
} as const;

const configuration: Configuration = {
  organization: "acme",
  provisioners: list,
  applications: [{ id: "hr-portal", name: null, requestedAttributes: "all", provisioners: null }],
  feeds: [],
  connections: [],
  network: { allowPrivate: [] },
};

/** An event of a type, with data and what is replaced of the envelope. */
export function eventOf(type: string, data: Json, replaced: JsonObject = {}): JsonObject {
  return {
    specversion: "1.0",
    id: "evt-1",
    source: "hr",
    type,
    time: "2026-11-24T07:00:00Z",
    data,
    ...replaced,
  };
}

/** Translates; throws the problems when there are any. */
export function translated(input: Json, feed: Partial<Feed> = {}): DirectoryEvent {
  const result = translateEvent(input, { configuration, feed: feedWith(feed), receivedAt });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.event;
}

/** The problems; throws when there are none. */
export function refused(input: Json, feed: Partial<Feed> = {}): EventProblems {
  const result = translateEvent(input, { configuration, feed: feedWith(feed), receivedAt });
  if (result.ok) throw new Error("the event was translated");
  return result.problems;
}

/** Code and pointer of each problem. */
export function codesOf(problems: EventProblems): readonly string[] {
  return problems.map(({ code, pointer }) => `${code} ${pointer}`);
}

/** The write that an event about a user makes. */
export function userWrite(
  event: DirectoryEvent,
): Extract<DirectoryChange, { kind: "user" }>["change"] & { kind: "write" } {
  if (event.subject.kind !== "user" || event.subject.change.kind !== "write")
    throw new Error("no write to a user");
  return event.subject.change;
}
