import { z } from "zod";
import { enterpriseUser } from "../domain/connector-facts.js";
import { listUserAttributes, simpleUserAttributes } from "../domain/scim-user.js";
import type { EventCode } from "./event-problem.js";
import { issueProblem, shown } from "./event-problem.js";

/** Longest text of one attribute value, in UTF-16 units: room for a certificate. */
export const valueMax = 16_384;
/** Most values of one multi-valued attribute. */
export const valuesMax = 500;
/** Longest user name. */
export const userNameMax = 256;

const namePattern = /^[A-Za-z$][\w$-]*$/;
const schemaPattern = /^urn:[^/\s]+$/;

const attributeName = z.string().regex(namePattern, {
  error: "an attribute's name is letters, digits, $, _ and -, and begins with a letter or $",
});

const text = z
  .string({ error: "must be a text, or null to clear it" })
  .max(valueMax, { error: `must have at most ${valueMax} characters` });
const scalar = z.union([text, z.number(), z.boolean()], {
  error: `must be a text of at most ${valueMax} characters, a finite number, true or false`,
});
const entry = z.union([scalar, z.record(attributeName, scalar.nullable())], {
  error: "must be a value, or an object of sub-attributes whose values are simple",
});
const list = z
  .array(entry, { error: "must be a list, or null to clear it" })
  .max(valuesMax, { error: `must have at most ${valuesMax} entries` });

const subAttribute = z.union([scalar, list], {
  error: "must be a simple value, a list, or null to clear it: sub-attributes do not nest further",
});
const attribute = z.union([scalar, list, z.record(attributeName, subAttribute.nullable())], {
  error: "must be a value, a list, an object of sub-attributes, or null to clear it",
});
const block = z
  .record(attributeName, attribute.nullable(), {
    error: "must be an object of attributes, or null to clear them all",
  })
  .nullable();

const each = <Schema extends z.ZodType>(names: readonly string[], schema: Schema): Record<string, Schema> =>
  Object.fromEntries(names.map((name) => [name, schema]));

/** Members of a user that never become registers: keys of ours or of the protocol, secrets, and memberships. */
export const droppedAttributes: ReadonlySet<string> = new Set([
  "id",
  "externalId",
  "schemas",
  "meta",
  "password",
  "groups",
  "addGroups",
  "removeGroups",
]);

const coreAttributes = {
  userName: z
    .string({ error: "must be a text" })
    .max(userNameMax, { error: `must have at most ${userNameMax} characters` })
    .nullable()
    .optional(),
  active: z.boolean({ error: "must be true or false" }).nullable().optional(),
  name: z
    .record(attributeName, text.nullable(), {
      error: "must be an object such as { givenName, familyName }, or null",
    })
    .nullable()
    .optional(),
  ...each(simpleUserAttributes, text.nullable().optional()),
  ...each(listUserAttributes, list.nullable().optional()),
};

const coreNames = Object.keys(coreAttributes);

const adviceFor = (name: string): string => {
  const spelling = coreNames.find((known) => known.toLowerCase() === name.toLowerCase());
  if (spelling !== undefined) return `${shown(name)} is spelled ${spelling}`;
  if (name.startsWith("urn:"))
    return `${shown(name)} is no schema name: a URN has no slash and no white space`;
  if (name === "locked")
    return "locked is said by events of type user.locked and user.unlocked, not as an attribute";
  return `${shown(name)} is no core attribute of a user (RFC 7643 §4.1): custom attributes go under their URN, as "${enterpriseUser}": { … }`;
};

/** The attributes of a user as events carry them: SCIM core by name, everything else in blocks under URNs. */
export const userAttributesSchema = z.looseObject(coreAttributes);

/** Refines {@link userAttributesSchema} by what a shape cannot say: unknown names, and blocks under URNs. */
export function refineAttributes(user: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  const report = (code: EventCode, path: PropertyKey[], message: string): void => {
    context.addIssue({ code: "custom", path, message, params: { code } });
  };
  for (const [name, value] of Object.entries(user)) {
    if (droppedAttributes.has(name) || Object.hasOwn(coreAttributes, name)) continue;
    if (!schemaPattern.test(name)) report("unknown_attribute", [name], adviceFor(name));
    else
      for (const issue of block.safeParse(value).error?.issues ?? []) {
        const { code, detail } = issueProblem(issue);
        report(code, [name, ...issue.path], detail);
      }
  }
}
