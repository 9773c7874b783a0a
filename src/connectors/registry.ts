import type { z } from "zod";
import type { Connection, ConnectorKind } from "../domain/configuration.js";
import type { Connector } from "./connector.js";
import { createScim2Connector } from "./scim2/scim2-connector.js";
import { scim2Settings } from "./scim2/settings.js";
import type { ConnectorServices } from "./services.js";

/** The settings schemas of the connectors that exist; configuration checks `settings` with them. */
export const settingsSchemas: Partial<Record<ConnectorKind, z.ZodType>> = { scim2: scim2Settings };

/**
 * Builds the connector of a connection. Nothing is connected or resolved yet.
 *
 * @throws Error when this version has no such connector, or the settings do not fit its schema: both are caught
 *         when configuration is checked.
 */
export function createConnector(connection: Connection, services: ConnectorServices): Connector {
  switch (connection.connector) {
    case "scim2":
      return createScim2Connector(scim2Settings.parse(connection.settings), services);
    case "google-workspace":
    case "salesforce":
      throw new Error(
        `connection ${connection.id}: connector ${connection.connector} is not in this version`,
      );
  }
}
