import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { scim } from "@better-auth/scim";
import { betterAuth, type BetterAuthPlugin } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import type { ScimTarget } from "./scim-target.js";

/**
 * Starts the SCIM plugin of Better Auth over an in-memory database: an independent implementation of RFC 7644,
 * strict about what it is sent, with a case-insensitive user name and `eq` filters only.
 */
export async function startBetterAuthTarget(): Promise<ScimTarget> {
  const token = randomBytes(24).toString("hex");
  const database: Record<string, Record<string, unknown>[]> = {};
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const credentials = [{ type: "bearer", id: "one", token }] as const;
  const plugin = scim({ connections: [{ id: "outbound", credentials }] });
  const auth = betterAuth({
    baseURL: origin,
    basePath: "/api",
    secret: randomBytes(32).toString("hex"),
    database: memoryAdapter(database),
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    // Its types were not written for exactOptionalPropertyTypes.
    plugins: [plugin as unknown as BetterAuthPlugin],
  });
  const context = await auth.$context;
  for (const model of Object.keys(context.tables)) database[model] = [];
  const handle = toNodeHandler(auth);
  server.on("request", (request, response) => void handle(request, response));

  const url = `${origin}/api/scim/v2`;
  return {
    url,
    token,
    users: async () => {
      const answer = await fetch(`${url}/Users?count=100`, { headers: { authorization: `Bearer ${token}` } });
      return ((await answer.json()) as { Resources: Record<string, unknown>[] }).Resources;
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
