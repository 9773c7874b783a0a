import { headerCredentials, type SecretServices } from "../../src/connectors/credentials.js";
import {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
} from "../../src/connectors/http-client.js";
import type { HttpRequest } from "../../src/connectors/http-send.js";
import { startScriptedServer, type Script, type ScriptedServer } from "../support/scripted-server.js";

/** A request without effect. */
export const reading: HttpRequest = { method: "GET", path: "/things" };
/** A request with effect. */
export const writing: HttpRequest = {
  method: "POST",
  path: "/things",
  body: { contentType: "application/json", text: '{"a":1}' },
};

const cleanUp: (() => unknown)[] = [];

/** Has something ended by {@link endAll}. */
export function endLater(end: () => unknown): void {
  cleanUp.push(end);
}

/** A client with a bearer token that may call loopback. */
export function clientFor(
  baseUrl: string,
  options: Partial<HttpClientOptions> & { readonly secrets?: SecretServices } = {},
): HttpClient {
  const secrets = options.secrets ?? { resolveSecret: () => Promise.resolve("token-1") };
  const credential = {
    reference: "env:T",
    field: "authorization",
    value: (text: string) => `Bearer ${text}`,
  };
  const client = createHttpClient({
    baseUrl,
    allowPrivate: ["127.0.0.0/8"],
    credentials: headerCredentials(credential, secrets),
    ...options,
  });
  cleanUp.push(() => client.close());
  return client;
}

/** A scripted server. */
export async function serve(script: Script, tls?: { cert: string; key: string }): Promise<ScriptedServer> {
  const server = await startScriptedServer(script, tls);
  cleanUp.push(() => server.close());
  return server;
}

/** Ends what a test has opened, last first. */
export async function endAll(): Promise<void> {
  for (const end of cleanUp.splice(0).reverse()) await end();
}
