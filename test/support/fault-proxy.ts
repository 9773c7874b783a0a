import { once } from "node:events";
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What the proxy does to one request instead of passing it on and its answer back. */
export type Fault =
  /** The connection breaks before the server sees the request. */
  | { readonly kind: "drop-before" }
  /** The server acts, then the connection breaks. */
  | { readonly kind: "drop-after" }
  /** The server sees the request only once this resolves. */
  | { readonly kind: "gate"; readonly opens: Promise<unknown> }
  /** The server sees nothing; this is answered once the gate opens. */
  | ({ readonly kind: "gated-answer"; readonly opens: Promise<unknown> } & Answer)
  /** The server acts, but the answer never comes. */
  | { readonly kind: "stall" }
  /** The server sees nothing; this is answered. */
  | ({ readonly kind: "answer" } & Answer)
  /** The server acts; this is answered in place of its answer. */
  | ({ readonly kind: "rewrite" } & Answer);

/** An answer to give. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request that went through the proxy. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query below the base path of the server. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** Parsed when it is JSON. */
  readonly body: unknown;
}

/** A running proxy. */
export interface FaultProxy {
  /** What to use in place of the server's URL. */
  readonly url: string;
  requests(): readonly SeenRequest[];
  forget(): void;
  /** Applies faults to the next reads (GET) or writes, one each, in order. */
  next(kind: "read" | "write", ...faults: readonly Fault[]): void;
  /** Resolves when the server has answered everything that was passed on, also where the answer was kept back. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body === "" ? undefined : body;
  }
}

async function passOn(target: URL, request: IncomingMessage, body: string): Promise<Answer> {
  const outgoing = forward({
    hostname: target.hostname,
    port: target.port,
    path: request.url,
    method: request.method,
    headers: { ...request.headers, host: target.host },
  });
  outgoing.end(body);
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const),
  );
  return { status: answer.statusCode ?? 502, headers, body: await text(answer) };
}

function reply(response: ServerResponse, answer: Answer): void {
  const { "transfer-encoding": _coding, "content-length": _length, ...headers } = answer.headers ?? {};
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}

async function serve(target: URL, fault: Fault | undefined, incoming: Incoming): Promise<void> {
  const { request, response, body } = incoming;
  if (fault?.kind === "drop-before") request.socket.destroy();
  else if (fault?.kind === "answer") reply(response, fault);
  else if (fault?.kind === "gated-answer") {
    await fault.opens;
    reply(response, fault);
  } else {
    if (fault?.kind === "gate") await fault.opens;
    const answer = await passOn(target, request, body);
    if (fault === undefined || fault.kind === "gate") reply(response, answer);
    else if (fault.kind === "drop-after") request.socket.destroy();
    else if (fault.kind === "rewrite") reply(response, fault);
  }
}

interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;
}

/** Starts a proxy in front of a server, on loopback, that misbehaves when told to. */
export async function startFaultProxy(targetUrl: string): Promise<FaultProxy> {
  const target = new URL(targetUrl);
  const seen: SeenRequest[] = [];
  const queues: Record<"read" | "write", Fault[]> = { read: [], write: [] };

  const running = new Set<Promise<void>>();

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const path = (request.url ?? "").slice(target.pathname.length);
    const method = request.method ?? "";
    seen.push({ method, path, headers: request.headers, body: parse(body) });
    const fault = queues[method === "GET" ? "read" : "write"].shift();
    await serve(target, fault, { request, response, body });
  };
  const server = createServer((request, response) => {
    const work = handle(request, response).catch(() => void request.socket.destroy());
    running.add(work);
    void work.finally(() => running.delete(work));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = String((server.address() as AddressInfo).port);
  return {
    url: `http://127.0.0.1:${port}${target.pathname}`,
    requests: () => [...seen],
    forget: () => void seen.splice(0),
    settled: async () => {
      await Promise.all(running);
    },
    next: (kind, ...faults) => void queues[kind].push(...faults),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
