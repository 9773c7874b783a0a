import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { openTestDatabase } from "../setup/databases.js";
import type { TestDatabase } from "../setup/databases.js";
import { adminToken, base, storeConfiguration, testApp } from "./support.js";

let database: TestDatabase;
let app: FastifyInstance;

beforeAll(async () => {
  database = await openTestDatabase("pglite");
  await storeConfiguration(database.db);
  app = await testApp(database.db);
});
afterAll(async () => {
  await app.close();
  await database.close();
});

describe("on a socket", () => {
  let port: number;
  let listening: FastifyInstance;

  beforeAll(async () => {
    listening = await testApp(database.db);
    await listening.listen({ host: "127.0.0.1", port: 0 });
    port = (listening.server.address() as AddressInfo).port;
  });
  afterAll(() => listening.close());

  const raw = (request: string): Promise<string> => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.write(request);
    return text(socket);
  };

  it.each([
    ["what is no HTTP", "hello\r\n\r\n", 400, "invalid_request"],
    ["a broken header", "GET /healthz HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n", 400, "invalid_request"],
    [
      "two lengths",
      "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
      400,
      "invalid_request",
    ],
    [
      "huge headers",
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(40_000)}\r\n\r\n`,
      431,
      "headers_too_large",
    ],
  ])("%s is answered with a problem", async (_title, request, status, code) => {
    const answer = await raw(request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain("Content-Type: application/problem+json");
    expect(JSON.parse(answer.slice(answer.indexOf("{")))).toMatchObject({ status, code });
  });

  it("a body longer than 4 MiB is refused by its length, before it is read", async () => {
    const head = `POST ${base}/feeds/hr/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer hr-feed-token\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n`;
    expect(await raw(head)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("a wrong token is refused before the body has arrived", async () => {
    const head = `POST ${base}/feeds/hr/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer wrong\r\nContent-Type: application/json\r\nContent-Length: 100\r\nConnection: close\r\n\r\n`;
    expect(await raw(head)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it("real requests are answered as injected ones are", async () => {
    const response = await fetch(`http://127.0.0.1:${port}${base}/connections`, {
      headers: { authorization: `Bearer ${adminToken}` },
    });
    expect([response.status, ((await response.json()) as { items: unknown[] }).items.length]).toEqual([
      200, 2,
    ]);
  });
});
