import type { Configuration, Feed, Trigger } from "../domain/configuration.js";
import { consoleApplication } from "../domain/configuration.js";
import type { Enrolment } from "../domain/user.js";
import type { EventProblem } from "./event-problem.js";
import { eventProblem, shown } from "./event-problem.js";

/** What an event says of where it comes from. */
export interface Origin {
  readonly source: string;
  readonly trigger: Trigger;
  /** The event's application, or the feed's, or null. */
  readonly application: string | null;
}

/**
 * Checks where an event says it comes from against what its feed may send: source, trigger and application
 * (design, section 10). Empty when nothing is wrong.
 */
export function originProblems(
  configuration: Configuration,
  feed: Feed,
  origin: Origin,
): readonly EventProblem[] {
  const problems: EventProblem[] = [];
  const { application, source, trigger } = origin;
  if (source !== feed.source)
    problems.push(
      eventProblem("source_mismatch", ["source"], `must be ${feed.source}, the source of feed ${feed.id}`),
    );
  if (!feed.triggers.includes(trigger)) {
    const allowed = feed.triggers.join(", ");
    const detail = `feed ${feed.id} may not send trigger ${trigger} (absent means api); it may send ${allowed}`;
    problems.push(eventProblem("trigger_not_allowed", ["data", "trigger"], detail));
  }
  if (application === null) return problems;
  const at = ["data", "application"];
  if (feed.application !== null && application !== feed.application)
    problems.push(
      eventProblem(
        "application_mismatch",
        at,
        `feed ${feed.id} speaks for application ${feed.application}: name that one, or none`,
      ),
    );
  else if (
    application !== consoleApplication &&
    !configuration.applications.some((one) => one.id === application)
  )
    problems.push(
      eventProblem(
        "unknown_application",
        at,
        `application ${shown(application)} is not in the configuration: add it there first`,
      ),
    );
  return problems;
}

/**
 * How an event enrols its user (statements 1 to 4 and 31): just in time at a login; by a token request of an
 * application other than the console; else at organization level. Null when the feed enrols nobody.
 */
export function enrolmentOf(feed: Feed, origin: Origin): Enrolment | null {
  if (feed.enrols === "none") return null;
  const application = origin.application === consoleApplication ? null : origin.application;
  switch (origin.trigger) {
    case "jit":
      return { feed: feed.id, application, kind: "jit", selfService: true };
    case "self-sign-up":
      return { feed: feed.id, application: null, kind: "organization", selfService: true };
    case "api":
      if (application !== null) return { feed: feed.id, application, kind: "token", selfService: false };
      return { feed: feed.id, application: null, kind: "organization", selfService: false };
    default:
      return { feed: feed.id, application: null, kind: "organization", selfService: false };
  }
}
