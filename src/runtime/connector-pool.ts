import type { ConnectorPool } from "../activities/dependencies.js";
import type { SecretResolver } from "../config/secrets.js";
import type { Connector } from "../connectors/connector.js";
import { createConnector } from "../connectors/registry.js";
import type { Configuration, Connection } from "../domain/configuration.js";
import type { Db } from "../store/schema.js";
import { createLimiter } from "./rate-limit.js";

interface Held {
  readonly fingerprint: string;
  readonly connector: Connector;
}

/** A pool that ends with its process. */
export interface ClosablePool extends ConnectorPool {
  close(): Promise<void>;
}

const fingerprintOf = (configuration: Configuration, connection: Connection): string =>
  JSON.stringify([connection.connector, connection.settings, connection.limits, configuration.network]);

/**
 * Keeps one connector per connection, with its HTTP connections, until its settings change; then a new one serves
 * new attempts and the old one is closed when its calls have ended.
 */
export function createConnectorPool(db: Db, secrets: SecretResolver): ClosablePool {
  const held = new Map<string, Held>();
  const build = (configuration: Configuration, connection: Connection): Connector => {
    const rate = connection.limits.requestsPerSecond;
    const key = `${configuration.organization}/${connection.id}`;
    return createConnector(connection, {
      resolveSecret: (reference) => secrets.resolve(reference),
      refreshSecret: (reference) => secrets.refresh(reference),
      allowPrivate: configuration.network.allowPrivate,
      ...(rate !== null && { beforeCall: createLimiter(db, key, rate) }),
    });
  };
  return {
    get: (configuration, connection) => {
      const key = `${configuration.organization}/${connection.id}`;
      const fingerprint = fingerprintOf(configuration, connection);
      const current = held.get(key);
      if (current?.fingerprint === fingerprint) return current.connector;
      void current?.connector.close();
      const connector = build(configuration, connection);
      held.set(key, { fingerprint, connector });
      return connector;
    },
    close: async () => {
      await Promise.all([...held.values()].map(({ connector }) => connector.close()));
      held.clear();
    },
  };
}
