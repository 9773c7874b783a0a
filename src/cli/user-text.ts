import { assertNever } from "../domain/assert-never.js";
import type { Json } from "../domain/json.js";
import { isJsonObject } from "../domain/json.js";
import type { Enrolment, User } from "./api/replies.js";

/** A user in a heading: user name and source id, where there are any. */
export function userTitle(user: User): string {
  const reference = user.externalId === null ? user.source : `${user.source}:${user.externalId}`;
  return `User ${user.userName ?? "without a user name"} (${reference})`;
}

/** Whether a user is there, and why not enabled. */
export function presence(user: User): string {
  if (!user.exists) return "gone";
  const why = [...(user.disabled ? ["disabled"] : []), ...(user.locked ? ["locked"] : [])];
  if (why.length > 0) return why.join(", ");
  return user.enabled ? "enabled" : "disabled";
}

/** How a user came in, as it completes `came in` and `allowed by`. */
export function enrolmentText(enrolment: Enrolment): string {
  const through = enrolment.application === null ? "" : `through application ${enrolment.application}, `;
  switch (enrolment.kind) {
    case "token":
      return `${through}by feed ${enrolment.feed}`;
    case "jit":
      return `just in time at a login, ${through}by feed ${enrolment.feed}`;
    case "organization":
      return `at organization level, by feed ${enrolment.feed}`;
    default:
      return assertNever(enrolment.kind);
  }
}

/** A (masked) value on one line: `a•••`; `value a•••, primary true`; several are divided by semicolons. */
export function valueText(value: Json): string {
  if (value === null) return "no value";
  if (typeof value === "string") return value === "" ? '""' : value;
  if (typeof value !== "object") return String(value);
  if (isJsonObject(value))
    return Object.entries(value)
      .map(([key, one]) => `${key} ${valueText(one)}`)
      .join(", ");
  return value.length === 0 ? "none" : value.map(valueText).join("; ");
}

/** Nested attributes as dotted names with their values: `name.givenName`; lists stay whole. */
export function leaves(
  attributes: Readonly<Record<string, Json>>,
  prefix = "",
): readonly (readonly [name: string, text: string])[] {
  return Object.entries(attributes).flatMap(([key, value]) => {
    // A URN ends in a colon-separated name, and its attributes are written below it with a colon.
    const divider = prefix.startsWith("urn:") ? ":" : ".";
    const name = prefix === "" ? key : `${prefix}${divider}${key}`;
    return isJsonObject(value) ? leaves(value, name) : [[name, valueText(value)] as const];
  });
}
