import { enterpriseUser } from "../domain/connector-facts.js";
import { listUserAttributes, simpleUserAttributes } from "../domain/scim-user.js";
import { nearest } from "./nearest.js";

const coreUser = "urn:ietf:params:scim:schemas:core:2.0:User";

const nameParts = [
  "formatted",
  "familyName",
  "givenName",
  "middleName",
  "honorificPrefix",
  "honorificSuffix",
].map((part) => `name.${part}`);
const enterprise = [
  "employeeNumber",
  "costCenter",
  "organization",
  "division",
  "department",
  "manager",
  "manager.value",
  "manager.displayName",
  "manager.$ref",
].map((attribute) => `${enterpriseUser}:${attribute}`);

/** User attributes that a path may name: core (RFC 7643 §4.1) and enterprise (§4.3), in their exact spelling. */
const knownPaths = [
  "userName",
  ...simpleUserAttributes,
  "name",
  ...nameParts,
  ...listUserAttributes,
  ...enterprise,
];

/** Attributes of a user that never travel by path, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  active: "is decided by outbound (see deprovision), never mapped or requested: remove it",
  password: "is governed by the connector's settings, never mapped or requested: remove it",
  groups: "is the business of groupFilter and pushGroups, never mapped or requested: remove it",
  id: "is set by outbound, never mapped or requested: remove it",
  externalId: "is set by outbound, never mapped or requested: remove it",
};

const customUrn = /^urn:[A-Za-z0-9][A-Za-z0-9-]{0,31}:.*:[A-Za-z$][\w$-]*(?:\.[A-Za-z$][\w$-]*)?$/;

const help = `use a SCIM user attribute (userName, name.givenName, emails), an enterprise one (${enterpriseUser}:department), or a custom one under its URN`;

const suggestion = (path: string): string => {
  const byLastPart = path.startsWith("urn:") ? null : nearest(`${enterpriseUser}:${path}`, enterprise);
  const exact = byLastPart === `${enterpriseUser}:${path}` ? byLastPart : null;
  const candidate = exact ?? nearest(path, knownPaths);
  return candidate === null ? `: ${help}` : `; did you mean ${candidate}?`;
};

/**
 * What is wrong with an attribute path, as the rest of a sentence; null when nothing is.
 *
 * @param use `requested` also takes the enterprise URN itself, for the whole block; in a mapping a path names one
 * attribute.
 */
export function attributePathFault(path: string, use: "mapping" | "requested"): string | null {
  if (knownPaths.includes(path)) return null;
  if (path === enterpriseUser)
    return use === "requested" ? null : "names a whole block: name one attribute of it";
  const reason = Object.hasOwn(elsewhere, path) ? elsewhere[path] : undefined;
  if (reason !== undefined) return reason;
  if (path.startsWith(`${coreUser}:`)) return `needs no URN for a core attribute: leave out ${coreUser}:`;
  const list = listUserAttributes.find((name) => path.startsWith(`${name}.`) || path.startsWith(`${name}[`));
  if (list !== undefined) return `reaches into a list: name the whole list, ${list}`;
  const standard = path === coreUser || path.startsWith(`${enterpriseUser}:`);
  if (!standard && customUrn.test(path)) return null;
  return `is not an attribute of a user${suggestion(path)}`;
}
