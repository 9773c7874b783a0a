import type { ConnectorKind, Mapping } from "./configuration.js";

/** What the pure core must know of a connector without importing its code. */
export interface ConnectorFacts {
  /** The mapping of a connection that configures none. */
  readonly defaultMapping: Mapping;
  /** Target attributes without which no account can be made; a configured mapping must have a rule for each. */
  readonly required: readonly string[];
  /** Target attributes that the decision or the connector sets itself: a mapping must not name them. */
  readonly reserved: readonly string[];
}

/** URN of the enterprise user extension (RFC 7643 §4.3). */
export const enterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const scimTargets = [
  "userName",
  "name.formatted",
  "name.familyName",
  "name.givenName",
  "name.middleName",
  "name.honorificPrefix",
  "name.honorificSuffix",
  "displayName",
  "title",
  "emails",
  "phoneNumbers",
  ...["employeeNumber", "costCenter", "organization", "division", "department"].map(
    (attribute) => `${enterpriseUser}:${attribute}`,
  ),
];

/** Facts per connector: the one place where defaults and requirements of mappings are written down. */
export const connectorFacts: Readonly<Record<ConnectorKind, ConnectorFacts>> = {
  scim2: {
    defaultMapping: Object.fromEntries(scimTargets.map((target) => [target, { path: target }])),
    required: ["userName"],
    reserved: ["active", "externalId", "id", "password", "groups", "schemas", "meta"],
  },
  "google-workspace": { defaultMapping: {}, required: [], reserved: ["active"] },
  salesforce: { defaultMapping: {}, required: [], reserved: ["active"] },
};
