import { Client, type ClientOptions, Connection } from "@temporalio/client";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import type { NativeConnectionOptions } from "@temporalio/worker";

/** Where a Temporal server is and how to get in. */
export interface TemporalTarget {
  readonly namespace: string;
  /** Address, TLS, API key and metadata; understood by both kinds of connection. */
  readonly connection: NativeConnectionOptions & { readonly address: string };
}

/**
 * What the standard profile file and the `TEMPORAL_*` variables say (address, namespace, API key, TLS), as every
 * Temporal program reads them; Temporal Cloud needs nothing else. Variables win over the file.
 *
 * @param defaultAddress used when neither gives an address. The namespace is `default` when neither gives one.
 * @throws when the profile file cannot be parsed, or `TEMPORAL_PROFILE` names one that is not there.
 */
export function temporalTarget(environment: NodeJS.ProcessEnv, defaultAddress: string): TemporalTarget {
  const defined = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const { connectionOptions, namespace } = loadClientConnectConfig({
    overrideEnvVars: Object.fromEntries(defined),
  });
  const address = connectionOptions.address ?? defaultAddress;
  return { namespace: namespace ?? "default", connection: { ...connectionOptions, address } };
}

/** A server at this address that asks for no credentials, such as our own; reads neither file nor variables. */
export function localTarget(address: string, namespace = "default"): TemporalTarget {
  return { namespace, connection: { address, tls: false } };
}

/**
 * A client for the target's namespace. Close it by `client.connection.close()`.
 *
 * @throws when no connection can be made within 10 s.
 */
export async function connectClient(
  target: TemporalTarget,
  options: Omit<ClientOptions, "connection" | "namespace"> = {},
): Promise<Client> {
  const connection = await Connection.connect(target.connection);
  return new Client({ ...options, connection, namespace: target.namespace });
}

/** A client that connects at its first call, so that a process can start while Temporal is down. */
export function lazyClient(target: TemporalTarget): Client {
  return new Client({ connection: Connection.lazy(target.connection), namespace: target.namespace });
}
