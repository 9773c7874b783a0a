import { assertNever } from "../../domain/assert-never.js";
import type { Connector } from "../connector.js";
import { headerCredentials, type Credentials } from "../credentials.js";
import { createHttpClient } from "../http-client.js";
import type { ConnectorServices } from "../services.js";
import { resolveDialect } from "./dialects.js";
import { initialPassword } from "./password.js";
import type { Scim2Settings } from "./settings.js";
import type { Target } from "./target.js";
import * as users from "./users.js";

function credentialsOf(auth: Scim2Settings["auth"], services: ConnectorServices): Credentials {
  switch (auth.kind) {
    case "bearer": {
      const value = (token: string): string => `Bearer ${token}`;
      return headerCredentials({ reference: auth.token, field: "authorization", value }, services);
    }
    case "basic": {
      const value = (password: string): string =>
        `Basic ${Buffer.from(`${auth.username}:${password}`).toString("base64")}`;
      return headerCredentials({ reference: auth.password, field: "authorization", value }, services);
    }
    case "api-key": {
      const value = (key: string): string => key;
      return headerCredentials({ reference: auth.value, field: auth.header.toLowerCase(), value }, services);
    }
    default:
      return assertNever(auth);
  }
}

/** The SCIM 2.0 connector for users (RFC 7643, RFC 7644), in the forms of the IPSIE and interop profiles. */
export function createScim2Connector(settings: Scim2Settings, services: ConnectorServices): Connector {
  const dialect = resolveDialect(settings.dialect);
  const client = createHttpClient({
    baseUrl: settings.baseUrl,
    credentials: credentialsOf(settings.auth, services),
    allowPrivate: services.allowPrivate,
    ...(services.beforeCall === undefined ? {} : { beforeCall: services.beforeCall }),
  });
  const target: Target = { client, dialect };
  return {
    traits: {
      visibilityDelayMs: dialect.visibilityDelayMs,
      readsBeforeUpdate: dialect.updateMethod === "put",
      keepsExternalId: dialect.keepsExternalId,
      extraMatchKeys: dialect.extraMatchKeys,
    },
    probe: (context) => users.probe(target, context),
    find: (key, context) => users.find(target, key, context),
    get: (id, context) => users.get(target, id, context),
    async create(account, context) {
      const password = await initialPassword(account.attributes["password"], settings.passwords, services);
      return users.create(target, account, password, context);
    },
    update: (id, change, observed, context) => users.update(target, id, change, observed, context),
    remove: (id, context) => users.remove(target, id, context),
    close: () => client.close(),
  };
}
