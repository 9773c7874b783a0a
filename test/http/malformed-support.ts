import type { InjectOptions } from "fastify";
import { hrEvents } from "./support.js";

/** One malformed request, and how it must be answered. */
export interface Malformed {
  readonly request: InjectOptions;
  readonly status: number;
  readonly code: string;
}

/** Kind of malformed request → the requests. */
export type MalformedTable = Readonly<Record<string, readonly Malformed[]>>;

/** Content type of one event or a batch. */
export const json = "application/json";
/** Content type of one event. */
export const single = "application/cloudevents+json";
/** Content type of a batch. */
export const batchType = "application/cloudevents-batch+json";

/** The event that most malformed ones are made of. */
export const good = {
  specversion: "1.0",
  id: "evt-malformed",
  source: "hr",
  type: "user.updated",
  time: "2026-11-24T08:00:00Z",
  data: {
    trigger: "api",
    user: {
      id: "u-malformed",
      userName: "ada",
      title: "Dr",
      emails: [{ value: "ada@acme.example" }],
      groups: ["g-1"],
    },
  },
};

/** A header with a token. */
export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** A request to feed hr. */
export const feedRequest = (
  payload: string | Buffer,
  type: string = json,
  url: string = hrEvents,
): InjectOptions => ({
  method: "POST",
  url,
  payload,
  headers: { "content-type": type, ...bearer("hr-feed-token") },
});

/** Says how a request must be answered. */
export const expects =
  (status: number, code: string) =>
  (request: InjectOptions): Malformed => ({ request, status, code });

/** Makes a number of things. */
export const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));

/** A copy of the good event with another value at a path. */
export const replaced = (path: readonly string[], value: unknown, target: unknown = good): unknown => {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const object = target as Record<string, unknown>;
  return Array.isArray(target)
    ? target.map((item: unknown, at) => (String(at) === head ? replaced(rest, value, item) : item))
    : { ...object, [head]: replaced(rest, value, object[head]) };
};

/** The good event as text. */
export const text = JSON.stringify(good);
/** A request with one event. */
export const event = (value: unknown): InjectOptions => feedRequest(JSON.stringify(value));
