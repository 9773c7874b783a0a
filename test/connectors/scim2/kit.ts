import type { Connector, NewAccount } from "../../../src/connectors/connector.js";
import { createConnector } from "../../../src/connectors/registry.js";
import type { ConnectorServices } from "../../../src/connectors/services.js";
import type { JsonObject } from "../../../src/domain/json.js";
import { connectionWith } from "../../support/connections.js";
import type { Answer, SeenRequest } from "../../support/fault-proxy.js";
import {
  json,
  startScriptedServer,
  type Script,
  type ScriptedServer,
} from "../../support/scripted-server.js";

const secrets: Record<string, string> = {
  "env:TOKEN": "token",
  "env:PASSWORD": "p:wörd",
  "env:DEFAULT": "initial",
};
const services: ConnectorServices = {
  allowPrivate: ["127.0.0.0/8"],
  resolveSecret: (reference) => Promise.resolve(secrets[reference] ?? ""),
};
/** The URN of the enterprise extension. */
export const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/** An account to create. */
export const ada: NewAccount = {
  externalId: "u-1",
  active: true,
  attributes: { userName: "Ada", "name.givenName": "Ada", [`${enterprise}:department`]: "Analysis" },
};
/** The same account as a server shows it. */
export const stored = { id: "1", externalId: "u-1", userName: "Ada", active: true };

const opened: { close(): Promise<void> }[] = [];

/** Ends what a test has opened, last first. */
export async function closeAll(): Promise<void> {
  for (const thing of opened.splice(0).reverse()) await thing.close();
}

/** A connector against a server that answers as the script says. */
export async function against(
  script: Script | Answer,
  settings: JsonObject = {},
): Promise<{ readonly connector: Connector; readonly server: ScriptedServer }> {
  const server = await startScriptedServer(typeof script === "function" ? script : () => script);
  const auth = { kind: "bearer", token: "env:TOKEN" };
  const connection = connectionWith("scim2", { baseUrl: `${server.url}/scim/v2`, auth, ...settings });
  const connector = createConnector(connection, services);
  opened.push(server, connector);
  return { connector, server };
}

/** A list answer. */
export function list(...resources: readonly unknown[]): Answer {
  return json(200, { totalResults: resources.length, Resources: resources });
}

/** The filters of the requests so far. */
export function filters(server: ScriptedServer): readonly (string | null)[] {
  return server.requests().map(({ path }) => new URL(path, server.url).searchParams.get("filter"));
}

/** The body of a request. */
export function bodyOf(request: SeenRequest | undefined): unknown {
  return request?.body;
}
