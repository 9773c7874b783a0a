import type { Application, Configuration, Connection, Feed } from "../domain/configuration.js";
import { connectorFacts } from "../domain/connector-facts.js";
import type { ParsedConfiguration } from "./configuration-schema.js";
import { resolveGroup } from "./group-filter.js";
import { sourceNames } from "./outline.js";

type Parsed<Key extends "applications" | "feeds" | "connections"> = ParsedConfiguration[Key][number];

const buildApplication = (application: Parsed<"applications">): Application => ({
  ...application,
  name: application.name ?? null,
  provisioners: application.provisioners ?? null,
});

const buildFeed = (feed: Parsed<"feeds">): Feed => ({
  ...feed,
  application: feed.application ?? null,
  tokens: feed.kind === "wso2-webhook" ? [] : feed.tokens,
  secrets: feed.kind === "wso2-webhook" ? feed.secrets : [],
  put: feed.kind === "scim" ? feed.put : "replace",
  passwords: feed.kind === "scim" ? feed.passwords : "drop",
});

const buildConnection = (connection: Parsed<"connections">, sources: readonly string[]): Connection => ({
  ...connection,
  settings: connection.settings,
  mapping: connection.mapping ?? connectorFacts[connection.connector].defaultMapping,
  groupFilter:
    connection.groupFilter?.map((entry) => {
      const group = resolveGroup(entry, sources);
      return group.ok ? group.reference : entry;
    }) ?? null,
});

/**
 * The domain's configuration of a document in which nothing was found: groups named in full, the connector's
 * mapping where none is configured.
 */
export function buildConfiguration(parsed: ParsedConfiguration): Configuration {
  const sources = sourceNames(parsed.feeds);
  return {
    organization: parsed.organization,
    provisioners: parsed.provisioners,
    applications: parsed.applications.map(buildApplication),
    feeds: parsed.feeds.map(buildFeed),
    connections: parsed.connections.map((connection) => buildConnection(connection, sources)),
    network: parsed.network,
  };
}
