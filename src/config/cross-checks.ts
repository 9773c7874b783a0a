import type { z } from "zod";
import type { ConnectorKind } from "../domain/configuration.js";
import { consoleApplication } from "../domain/configuration.js";
import { connectorFacts } from "../domain/connector-facts.js";
import { groupFilterFindings } from "./group-filter.js";
import { mappingFindings, mappingWarnings } from "./mapping-findings.js";
import { didYouMean } from "./nearest.js";
import type { ConnectionOutline, ListOutline, Located, Outline } from "./outline.js";
import { fieldsOf } from "./outline.js";
import type { Finding } from "./problem.js";
import { finding, formatPath } from "./problem.js";
import { checkSchema } from "./check-schema.js";
import { parseSecretReference } from "./secret-reference.js";

/** The settings schema of every connector that this release has; the composition root hands them in. */
export type SettingsSchemas = Readonly<Partial<Record<ConnectorKind, z.ZodType>>>;

const present = (items: readonly (Located | null)[]): readonly Located[] =>
  items.flatMap((item) => item ?? []);

/** Every text that occurred before, with the place of its first occurrence. */
const repeats = (
  items: readonly Located[],
): readonly { readonly item: Located; readonly first: Located }[] => {
  const seen = new Map<string, Located>();
  return items.flatMap((item) => {
    const first = seen.get(item.text);
    if (first !== undefined) return [{ item, first }];
    seen.set(item.text, item);
    return [];
  });
};

const idFindings = (outline: Outline): readonly Finding[] => {
  const kinds = [
    outline.applications,
    present(outline.feeds.map((feed) => feed.id)),
    present(outline.connections.map((connection) => connection.id)),
  ];
  const duplicates = kinds.flatMap((ids) =>
    repeats(ids).map(({ item, first }) =>
      finding(
        "duplicate_id",
        item.path,
        `is the id of ${formatPath(first.path.slice(0, -1))} already: choose another`,
      ),
    ),
  );
  const reserved = outline.applications
    .filter((id) => id.text === consoleApplication)
    .map((id) =>
      finding("reserved_id", id.path, "is reserved for the identity provider's console: choose another"),
    );
  return [...duplicates, ...reserved];
};

const listFindings = (list: ListOutline, connectionIds: readonly string[]): readonly Finding[] => [
  ...list.entries
    .filter((entry) => !connectionIds.includes(entry.text))
    .map((entry) => {
      const hint =
        didYouMean(entry.text, connectionIds) || ": add it under connections, or remove this entry";
      return finding("unknown_connection", entry.path, `names no connection${hint}`);
    }),
  ...repeats(list.entries).map(({ item }) =>
    finding("duplicate_connection", item.path, "is on this list already: a connection stands on a list once"),
  ),
];

const applicationFindings = (outline: Outline): readonly Finding[] => {
  const known = [...outline.applications.map((id) => id.text), consoleApplication];
  return present(outline.feeds.map((feed) => feed.application))
    .filter((application) => !known.includes(application.text))
    .map((application) => {
      const hint = didYouMean(application.text, known) || ": add it under applications, or remove this key";
      return finding("unknown_application", application.path, `names no application${hint}`);
    });
};

const tokenFindings = (outline: Outline): readonly Finding[] =>
  repeats(outline.feeds.flatMap((feed) => feed.tokens))
    .filter(({ item }) => parseSecretReference(item.text) !== null)
    .map(({ item, first }) =>
      finding(
        "token_shared",
        item.path,
        `is ${formatPath(first.path)} already: a token must open one feed only, so give each its own`,
      ),
    );

const isConnector = (name: string | null): name is ConnectorKind =>
  name !== null && Object.hasOwn(connectorFacts, name);

const connectionFindings = (connection: ConnectionOutline, schemas: SettingsSchemas): readonly Finding[] => {
  const { connector } = connection;
  if (!isConnector(connector)) return [];
  const mapping = mappingFindings(connection, connectorFacts[connector]);
  const schema = schemas[connector];
  if (schema === undefined) {
    const available = Object.keys(schemas).join(", ");
    const message = `is not in this release${available === "" ? "" : ` (available: ${available})`}`;
    return [...mapping, finding("connector_not_available", [...connection.path, "connector"], message)];
  }
  // Settings that are no mapping at all are reported by the schema of the whole document.
  if (fieldsOf(connection.settings) === null) return mapping;
  const checked = checkSchema(schema, connection.settings, [...connection.path, "settings"]);
  return checked.ok ? mapping : [...mapping, ...checked.findings];
};

/** What a document says that contradicts itself, this release or a connector's settings; all of it at once. */
export function crossChecks(outline: Outline, schemas: SettingsSchemas): readonly Finding[] {
  const connectionIds = present(outline.connections.map((connection) => connection.id)).map((id) => id.text);
  return [
    ...idFindings(outline),
    ...outline.lists.flatMap((list) => listFindings(list, connectionIds)),
    ...applicationFindings(outline),
    ...tokenFindings(outline),
    ...groupFilterFindings(outline),
    ...outline.connections.flatMap((connection) => connectionFindings(connection, schemas)),
  ];
}

/** What is allowed but will surprise. */
export function crossWarnings(outline: Outline): readonly Finding[] {
  const listed = outline.lists.flatMap((list) => list.entries.map((entry) => entry.text));
  return [
    ...outline.connections.flatMap((connection) =>
      connection.id === null || !connection.enabled || listed.includes(connection.id.text)
        ? []
        : [
            finding(
              "connection_unlisted",
              connection.id.path,
              "is on no provisioner list, so nothing is provisioned to it",
            ),
          ],
    ),
    ...outline.connections.flatMap((connection) =>
      isConnector(connection.connector)
        ? mappingWarnings(connection, connectorFacts[connection.connector])
        : [],
    ),
  ];
}
