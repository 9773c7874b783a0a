import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Answer, SeenRequest } from "./fault-proxy.js";

/** A server whose answers a test writes itself. */
export interface ScriptedServer {
  readonly port: number;
  readonly url: string;
  requests(): readonly SeenRequest[];
  close(): Promise<void>;
}

/** What the server does with a request: an answer, or `"drop"` to break the connection. */
export type Script = (request: SeenRequest, index: number) => Answer | "drop" | Promise<Answer | "drop">;

/** A JSON answer. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { "content-type": "application/scim+json", ...headers },
    body: JSON.stringify(body),
  };
}

/** Starts a server on loopback that answers as the script says; over TLS when it is given a certificate. */
export async function startScriptedServer(
  script: Script,
  tls?: { readonly cert: string; readonly key: string },
): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const server: Server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on("request", (request, response) => {
    const work = async (): Promise<void> => {
      const body = await text(request);
      const { method = "", url: path = "", headers } = request;
      const received = {
        method,
        path,
        headers,
        body: body === "" ? undefined : (JSON.parse(body) as unknown),
      };
      seen.push(received);
      const answer = await script(received, seen.length - 1);
      if (answer === "drop") request.socket.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    };
    work().catch(() => request.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${String(port)}`,
    requests: () => [...seen],
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
