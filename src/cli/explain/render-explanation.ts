import type { ConnectionExplanation, Explanation } from "../api/explanation-reply.js";
import type { Page } from "../layout.js";
import { fields } from "../layout.js";
import { clockAndDistance } from "../times.js";
import { enrolmentText, presence, userTitle } from "../user-text.js";
import { accountText, connectionText } from "./account-text.js";
import { attributeHead, attributeText } from "./attribute-text.js";
import { decisionText } from "./decision-text.js";
import { nextText } from "./next-text.js";

const lastAttemptText = (one: ConnectionExplanation, now: number): readonly string[] => {
  const last = one.lastAttempt;
  if (last === null) return [];
  const details = [last.keyword ?? null, last.status === null ? null : `HTTP ${String(last.status)}`].filter(
    (one) => one !== null,
  );
  const status = details.length === 0 ? "" : ` (${details.join(", ")})`;
  const came = [
    ...(last.outcome === null ? [] : [`the account has been ${last.outcome}`]),
    ...(last.code === null ? [] : [`${last.code}${status}`]),
  ];
  const result = came.length === 0 ? "no result yet" : came.join("; ");
  return [`attempt ${String(last.attempt)} (${last.verb}), ${clockAndDistance(last.at, now)}`, result];
};

const connectionStory = (one: ConnectionExplanation, all: Explanation, page: Page, now: number): string => {
  const [label, head] = attributeHead(one, now);
  const connector = one.connector === null ? "" : ` (${one.connector})`;
  return [
    page.heading(`Connection ${one.connection}${connector}`),
    fields(page, [
      ["decision", decisionText(one)],
      ["because", one.reasons.map((reason) => `- ${reason.text}`)],
      ["connection", connectionText(one, now)],
      ["account", accountText(one, now)],
      [label, [...head, ...attributeText(one, page)]],
      ["last attempt", lastAttemptText(one, now)],
      ["next", nextText(one, all, now)],
    ]),
  ].join("\n");
};

const userStory = (all: Explanation, page: Page): string =>
  [
    page.heading(userTitle(all)),
    fields(page, [
      ["key", [all.user]],
      ["state", [`${presence(all)}, version ${String(all.version)}`]],
      ["came in", all.enrolments.map(enrolmentText)],
      ["decided by", [`revision ${String(all.revision)} of the configuration, as of now`]],
      ["temporal", all.temporal === "up" ? [] : ["does not answer: work waits and nothing is lost"]],
    ]),
  ].join("\n");

/**
 * An explanation as a story for people, in paragraphs of labelled sentences: the user, then every connection with
 * decision, reasons, account, attributes (masked, with origin and enrolment), last and next try.
 *
 * @param now epoch milliseconds, for "2 minutes ago".
 */
export function renderExplanation(all: Explanation, page: Page, now: number): string {
  const stories = all.connections.map((one) => connectionStory(one, all, page, now));
  const none = "The configuration has no connections, so nothing is decided.";
  return [userStory(all, page), ...(stories.length === 0 ? [none] : stories)].join("\n\n");
}
