import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, describe, expect, it } from "@jest/globals";
import { callContext } from "../support/call-context.js";
import { failureOf } from "../support/failure-of.js";
import { selfSigned } from "../support/self-signed.js";
import { clientFor, endAll, endLater, reading, serve, writing } from "./client-kit.js";

const trusted = getCACertificates("default");

afterEach(async () => {
  setDefaultCACertificates(trusted);
  await endAll();
});

/** A bare TCP server; returns its port. */
async function listen(accept: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    accept(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endLater(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe("TLS", () => {
  it("refuses a certificate that nobody vouches for, before anything is sent", async () => {
    const server = await serve(() => ({ status: 204 }), selfSigned("localhost"));
    const client = clientFor(`https://localhost:${String(server.port)}`);
    const error = await failureOf(client.request(writing, callContext()));
    expect(error).toMatchObject({ code: "target_unreachable", sent: "no" });
    expect(server.requests()).toEqual([]);
  });

  it("accepts a trusted certificate for the host, and refuses it for another host", async () => {
    const identity = selfSigned("localhost");
    setDefaultCACertificates([...trusted, identity.cert]);
    const server = await serve(() => ({ status: 204 }), identity);
    const right = clientFor(`https://localhost:${String(server.port)}`);
    expect((await right.request(writing, callContext())).status).toBe(204);
    const wrong = clientFor(`https://127.0.0.1:${String(server.port)}`);
    const error = await failureOf(wrong.request(writing, callContext()));
    expect(error).toMatchObject({ code: "target_unreachable", sent: "no" });
    expect(server.requests()).toHaveLength(1);
  });

  it("is unreachable when the server does not speak it", async () => {
    const server = await serve(() => ({ status: 204 }));
    const client = clientFor(`https://127.0.0.1:${String(server.port)}`);
    const error = await failureOf(client.request(writing, callContext()));
    expect(error).toMatchObject({ code: "target_unreachable", sent: "no" });
  });
});

describe("what was sent", () => {
  it("is nothing when the name cannot be resolved", async () => {
    const client = clientFor("https://no-such-host.invalid");
    const error = await failureOf(client.request(writing, callContext()));
    expect(error).toMatchObject({ code: "target_unreachable", sent: "no" });
  });

  it("is nothing when the handshake does not end in time", async () => {
    const port = await listen(() => undefined);
    const client = clientFor(`https://127.0.0.1:${String(port)}`, { connectTimeoutMs: 200 });
    const error = await failureOf(client.request(writing, callContext()));
    expect(error).toMatchObject({ code: "target_unreachable", sent: "no" });
  });

  it("is nothing when the deadline passes before the connection stands, also not later", async () => {
    const identity = selfSigned("localhost");
    setDefaultCACertificates([...trusted, identity.cert]);
    const server = await serve(() => ({ status: 204 }), identity);
    const gate = Promise.withResolvers<undefined>();
    const port = await listen((socket) => {
      void gate.promise.then(() => socket.pipe(connect(server.port, "127.0.0.1")).pipe(socket));
    });
    const client = clientFor(`https://localhost:${String(port)}`);
    const started = performance.now();
    const error = await failureOf(client.request(writing, callContext(200)));
    expect(error).toMatchObject({ code: "attempt_timeout", sent: "no" });
    expect(performance.now() - started).toBeLessThan(2000);
    gate.resolve(undefined);
    expect((await client.request(reading, callContext())).status).toBe(204);
    expect(server.requests().map(({ method }) => method)).toEqual(["GET"]);
  });

  it("may be everything when the connection breaks in the middle of the answer", async () => {
    const port = await listen((socket) => {
      socket.once("data", () => {
        socket.write(
          'HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"id"',
        );
        socket.destroySoon();
      });
    });
    const client = clientFor(`http://127.0.0.1:${String(port)}`);
    const error = await failureOf(client.request(writing, callContext()));
    expect(error).toMatchObject({ code: "reply_lost", sent: "maybe", status: 201 });
  });

  it("may be everything when one call takes too long, though the attempt has time left", async () => {
    const server = await serve(() => new Promise<never>(() => undefined));
    const client = clientFor(server.url, { callTimeoutMs: 1000 });
    const error = await failureOf(client.request(writing, callContext()));
    expect(error).toMatchObject({ code: "reply_lost", sent: "maybe" });
  });

  it("may be everything when the process is told to stop during the call", async () => {
    const stop = new AbortController();
    const server = await serve(() => {
      stop.abort();
      return new Promise<never>(() => undefined);
    });
    const context = { remainingMs: () => 10_000, signal: stop.signal };
    const started = performance.now();
    const error = await failureOf(clientFor(server.url).request(writing, context));
    expect(error).toMatchObject({ code: "reply_lost", sent: "maybe" });
    expect(performance.now() - started).toBeLessThan(5000);
    const after = await failureOf(clientFor(server.url).request(writing, context));
    expect(after).toMatchObject({ code: "attempt_timeout", sent: "no" });
  });
});
