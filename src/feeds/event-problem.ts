import type { z } from "zod";

/** Why an event is rejected. Stable; a rejected event is not stored, so its id may be sent again. */
export const eventCodes = [
  /** The shape is wrong: a missing or mistyped member. */
  "invalid_event",
  /** `type` is none of ours. */
  "unknown_type",
  /** An id that is missing, not a text, too long, or holds control characters. */
  "invalid_id",
  /** `time` is no RFC 3339 time, or lies before 1970. */
  "invalid_time",
  /** `sequence` is no non-negative safe integer. */
  "invalid_sequence",
  /** A text that cannot be stored: it holds NUL or half of a surrogate pair. */
  "invalid_text",
  /** A member that is not known where it stands. */
  "unknown_attribute",
  /** A text above its bound. */
  "too_long",
  /** A list, or the event as a whole, above its bound. */
  "too_many",
  /** Two statements of one event that exclude each other. */
  "contradiction",
  /** A member of a group that is itself a group. */
  "nested_group",
  /** A creation without user name, or a user name that is cleared. */
  "user_name_required",
  /** The event's source is not the feed's. */
  "source_mismatch",
  /** The event's application is not the feed's. */
  "application_mismatch",
  /** The application is not in the configuration. */
  "unknown_application",
  /** The feed may not send events of this trigger. */
  "trigger_not_allowed",
  /** The id belongs to another event of this source. */
  "event_id_reused",
] as const;

/** A stable code of a rejected event. */
export type EventCode = (typeof eventCodes)[number];

/** One thing that is wrong with an event. The detail names ids and attributes, never values. */
export interface EventProblem {
  readonly code: EventCode;
  /** JSON pointer into the event (RFC 6901); empty for the whole. */
  readonly pointer: string;
  /** Says what to change. */
  readonly detail: string;
}

/** The JSON pointer of a path (RFC 6901 §3). */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((segment) => `/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** One problem at a path. */
export function eventProblem(code: EventCode, path: readonly PropertyKey[], detail: string): EventProblem {
  return { code, pointer: jsonPointer(path), detail };
}

/** A name as a message may show it: whole, or its beginning. */
export function shown(name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}…` : name;
}

const idLists = new Set(["groups", "addGroups", "removeGroups", "members", "add", "remove"]);

const codeByPath = (path: readonly PropertyKey[]): EventCode => {
  const last = path.at(-1);
  if (last === "type" && path.length === 1) return "unknown_type";
  if (last === "time" && path.length === 1) return "invalid_time";
  if (last === "sequence") return "invalid_sequence";
  if (last === "id" || (typeof last === "number" && idLists.has(String(path.at(-2))))) return "invalid_id";
  return "invalid_event";
};

const isEventCode = (code: unknown): code is EventCode => eventCodes.some((known) => known === code);

const codeOf = (issue: z.core.$ZodIssue): EventCode => {
  if (issue.code === "custom" && isEventCode(issue.params?.["code"])) return issue.params["code"];
  const byPath = codeByPath(issue.path);
  if (byPath !== "invalid_event") return byPath;
  if (issue.code === "unrecognized_keys" || issue.code === "invalid_key") return "unknown_attribute";
  if (issue.code === "too_big") return issue.origin === "string" ? "too_long" : "too_many";
  return "invalid_event";
};

/** What zod found, in our words. Texts of our schemas only: none of them repeats a value. */
export function issueProblem(issue: z.core.$ZodIssue): EventProblem {
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.map(shown).join(", ");
    return eventProblem("unknown_attribute", issue.path, `remove what is not known here: ${keys}`);
  }
  return eventProblem(codeOf(issue), issue.path, issue.message);
}
