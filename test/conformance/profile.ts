import type { Connector, NewAccount } from "../../src/connectors/connector.js";
import type { ConnectorServices } from "../../src/connectors/services.js";
import type { Connection } from "../../src/domain/configuration.js";
import type { ErrorCode } from "../../src/domain/errors.js";
import type { Json } from "../../src/domain/json.js";
import type { SeenRequest } from "../support/fault-proxy.js";

/** A server that has been started for the suite. */
export interface RunningTarget {
  readonly url: string;
  /** Secrets by reference, as the connection names them. */
  readonly secrets: Readonly<Record<string, string>>;
  /** How many accounts the server holds. */
  count(): Promise<number>;
  close(): Promise<void>;
}

/** Something this server cannot do, or does in its own way, with the reason: an expectation, not an excuse. */
export interface KnownLimit {
  readonly title: string;
  readonly because: string;
  /** A call that meets the limit. */
  readonly call: (connector: Connector, services: LimitServices) => Promise<unknown>;
  readonly expected: "succeeds" | { readonly code: ErrorCode; readonly keyword?: string };
}

/** What a {@link KnownLimit} may use. */
export interface LimitServices {
  readonly create: () => Promise<{ readonly id: string; readonly account: NewAccount }>;
}

/** What the suite must know about a kind of connector and a server for it. */
export interface ConformanceProfile {
  start(): Promise<RunningTarget>;
  /** A connection to this base URL. */
  connection(baseUrl: string): Connection;
  /** A complete account, different for each number, whose user name has letters of both cases. */
  account(number: number): NewAccount;
  /** A single-valued attribute of every sample account, with another value for it. */
  readonly changed: { readonly attribute: string; readonly value: Json };
  /** An attribute of every sample account that can be cleared. */
  readonly cleared: string;
  /** The attributes that an update request writes or clears, in the target's names. */
  writtenBy(request: SeenRequest): readonly string[];
  readonly limits: readonly KnownLimit[];
}

/** Services that know the secrets of a target and may call loopback. */
export function servicesFor(secrets: Readonly<Record<string, string>>): ConnectorServices {
  return {
    allowPrivate: ["127.0.0.0/8"],
    resolveSecret: (reference) => {
      const secret = secrets[reference];
      return secret === undefined ? Promise.reject(new Error("unknown secret")) : Promise.resolve(secret);
    },
  };
}
