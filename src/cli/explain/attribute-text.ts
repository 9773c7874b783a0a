import { assertNever } from "../../domain/assert-never.js";
import type { Json } from "../../domain/json.js";
import type { ConnectionExplanation, DecidedAttribute } from "../api/explanation-reply.js";
import type { Enrolment } from "../api/replies.js";
import type { Page } from "../layout.js";
import { nameRoomMax, pairs } from "../layout.js";
import { clockAndDistance } from "../times.js";
import { enrolmentText, valueText } from "../user-text.js";

const originText = (attribute: DecidedAttribute): string => {
  switch (attribute.origin) {
    case "source":
      // Long names are URNs, and would be there twice.
      return attribute.source === attribute.target && attribute.target.length > nameRoomMax
        ? "from the attribute of the same name"
        : `from ${attribute.source ?? "the source"}`;
    case "value":
      return "the mapping's own value";
    case "default":
      return "the mapping's default, sent only when the account is created";
    default:
      return assertNever(attribute.origin);
  }
};

const allowedBy = (enrolments: readonly Enrolment[]): string => enrolments.map(enrolmentText).join("; ");

/** The enrolments behind all attributes of sources, when they are the same for all; else null. */
const common = (attributes: readonly DecidedAttribute[]): string | null => {
  const texts = new Set(
    attributes.filter((one) => one.origin === "source").map((one) => allowedBy(one.enrolments)),
  );
  const [only] = texts;
  return texts.size === 1 && only !== undefined && only !== "" ? only : null;
};

const lineOf = (
  attribute: DecidedAttribute,
  sent: Readonly<Record<string, Json>> | null,
  shared: string | null,
): string => {
  const held = sent?.[attribute.target];
  const value = held === undefined ? [] : [valueText(held)];
  const behind = allowedBy(attribute.enrolments);
  const own =
    shared === null && attribute.origin === "source" && behind !== "" ? [`allowed by: ${behind}`] : [];
  const missing =
    sent !== null && held === undefined && attribute.origin !== "default" ? ["not sent yet"] : [];
  return [...value, originText(attribute), ...missing, ...own].join(", ");
};

const sentOnly = (one: ConnectionExplanation): readonly (readonly [string, string])[] => {
  const decided = new Set(one.attributes.map((attribute) => attribute.target));
  const note = one.decision?.verb === "ensure" ? ", not part of what is decided now" : "";
  return Object.entries(one.lastSent?.attributes ?? {})
    .filter(([target]) => !decided.has(target))
    .map(([target, value]) => [target, `${valueText(value)}${note}`] as const);
};

/** What was sent (masked) and what is decided to be sent: each value with its origin, and who allows it. */
export function attributeText(one: ConnectionExplanation, page: Page): readonly string[] {
  const sent = one.lastSent?.attributes ?? null;
  const shared = common(one.attributes);
  const lines = one.attributes.map(
    (attribute) => [attribute.target, lineOf(attribute, sent, shared)] as const,
  );
  return [
    ...pairs(page, [...lines, ...sentOnly(one)]),
    ...(shared === null ? [] : [`Allowed by the user having come in ${shared}.`]),
  ];
}

/** The label of {@link attributeText} and, where something was sent, the line above it. */
export function attributeHead(
  one: ConnectionExplanation,
  now: number,
): readonly [label: string, head: readonly string[]] {
  if (one.lastSent !== null) return ["sent", [`${clockAndDistance(one.lastSent.at, now)}, values masked`]];
  return ["would send", []];
}
