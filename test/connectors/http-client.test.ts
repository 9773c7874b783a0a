import { afterEach, describe, expect, it } from "@jest/globals";
import type { SecretServices } from "../../src/connectors/credentials.js";
import { isSuccess } from "../../src/connectors/http-reply.js";
import { TargetError } from "../../src/domain/errors.js";
import { callContext } from "../support/call-context.js";
import { failureOf } from "../support/failure-of.js";
import { json, type Script } from "../support/scripted-server.js";
import { clientFor, endAll, reading, serve, writing } from "./client-kit.js";

afterEach(endAll);

describe("a request", () => {
  it("goes below the base URL with credentials, query and body, and comes back parsed", async () => {
    const server = await serve(() => json(201, { id: "1" }, { location: "/x" }));
    const client = clientFor(`${server.url}/base/`);
    const reply = await client.request({ ...writing, query: { filter: 'a eq "b c&d"' } }, callContext());
    expect(reply).toMatchObject({ status: 201, body: { id: "1" }, headers: { location: "/x" } });
    const [sent] = server.requests();
    expect(sent?.body).toEqual({ a: 1 });
    expect(sent?.headers).toMatchObject({
      authorization: "Bearer token-1",
      "content-type": "application/json",
      "user-agent": "outbound",
    });
    const url = new URL(sent?.path ?? "", server.url);
    expect(url.pathname).toBe("/base/things");
    expect(url.searchParams.get("filter")).toBe('a eq "b c&d"');
  });

  it("comes back with error statuses as they are, their body only when it is JSON", async () => {
    const answers = [json(418, { detail: "x" }), { status: 500, body: "<html>" }];
    const server = await serve((_request, index) => answers[index] ?? "drop");
    const client = clientFor(server.url);
    const refused = await client.request(reading, callContext());
    expect([isSuccess(refused), refused.body]).toEqual([false, { detail: "x" }]);
    expect(await client.request(reading, callContext())).toMatchObject({ status: 500, body: undefined });
  });

  it("accepts an empty success", async () => {
    const server = await serve(() => ({ status: 204 }));
    const reply = await clientFor(server.url).request(reading, callContext());
    expect([reply.status, reply.body]).toEqual([204, undefined]);
  });
});

describe("egress", () => {
  it("is denied with nothing sent, by literal address and by name", async () => {
    const server = await serve(() => ({ status: 204 }));
    for (const host of ["127.0.0.1", "localhost", "2130706433", "[::1]"]) {
      const client = clientFor(`http://${host}:${String(server.port)}`, { allowPrivate: ["10.0.0.0/8"] });
      const error = await failureOf(client.request(reading, callContext()));
      expect(error).toMatchObject({ code: "egress_denied", class: "rejected", sent: "no" });
    }
    expect(server.requests()).toEqual([]);
  });

  it("reaches a name whose allowed address is one of several", async () => {
    const server = await serve(() => ({ status: 204 }));
    const client = clientFor(`http://localhost:${String(server.port)}`);
    expect((await client.request(reading, callContext())).status).toBe(204);
  });

  it.each([301, 302, 307, 308])("never follows a %i", async (status) => {
    const server = await serve(() => ({ status, headers: { location: "/elsewhere" } }));
    const error = await failureOf(clientFor(server.url).request(writing, callContext()));
    expect(error).toMatchObject({ code: "contract", sent: "maybe", status });
    expect(server.requests()).toHaveLength(1);
  });
});

describe("a success", () => {
  it.each(["text/html", "text/plain; charset=utf-8"])("of type %s is not taken for JSON", async (type) => {
    const server = await serve(() => ({
      status: 200,
      headers: { "content-type": type },
      body: '{"id":"1"}',
    }));
    const error = await failureOf(clientFor(server.url).request(writing, callContext()));
    expect(error).toMatchObject({ code: "contract", sent: "maybe", status: 200 });
  });

  it.each(["application/json", "application/scim+json; charset=utf-8", undefined])(
    "of type %s is read",
    async (type) => {
      const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
      const server = await serve(() => ({ status: 200, headers, body: '{"id":"1"}' }));
      const reply = await clientFor(server.url).request(writing, callContext());
      expect(reply.body).toEqual({ id: "1" });
    },
  );
});

describe("an answer that is too large", () => {
  const large = JSON.stringify({ text: "x".repeat(5000) });

  it("breaks the contract when it is a success", async () => {
    const server = await serve(() => json(200, JSON.parse(large)));
    const client = clientFor(server.url, { responseBytesMax: 1000 });
    const error = await failureOf(client.request(writing, callContext()));
    expect(error).toMatchObject({ code: "contract", sent: "maybe", status: 200 });
  });

  it("still tells its status when it is a refusal", async () => {
    const server = await serve(() => json(409, JSON.parse(large)));
    const client = clientFor(server.url, { responseBytesMax: 1000 });
    expect(await client.request(writing, callContext())).toMatchObject({ status: 409, body: undefined });
  });
});

describe("credentials", () => {
  const byToken: Script = ({ headers }) =>
    headers.authorization === "Bearer token-2" ? json(200, {}) : json(401, {});

  it("are read anew after a 401 and used once more, with the limiter asked again", async () => {
    const server = await serve(byToken);
    const calls: string[] = [];
    const secrets: SecretServices = {
      resolveSecret: () => Promise.resolve("token-1"),
      refreshSecret: (reference) => {
        calls.push(reference);
        return Promise.resolve("token-2");
      },
    };
    let limited = 0;
    const beforeCall = (): Promise<void> => {
      limited += 1;
      return Promise.resolve();
    };
    const reply = await clientFor(server.url, { secrets, beforeCall }).request(writing, callContext());
    expect(reply.status).toBe(200);
    expect(server.requests().map(({ headers }) => headers.authorization)).toEqual([
      "Bearer token-1",
      "Bearer token-2",
    ]);
    expect([calls, limited]).toEqual([["env:T"], 2]);
  });

  it("are not tried again when they are the same, or refused twice", async () => {
    const server = await serve(() => json(401, {}));
    const same: SecretServices = {
      resolveSecret: () => Promise.resolve("token-1"),
      refreshSecret: () => Promise.resolve("token-1"),
    };
    expect((await clientFor(server.url, { secrets: same }).request(reading, callContext())).status).toBe(401);
    expect(server.requests()).toHaveLength(1);
    let version = 1;
    const changing: SecretServices = {
      resolveSecret: () => Promise.resolve("token-0"),
      refreshSecret: () => Promise.resolve(`token-${String((version += 1))}`),
    };
    expect((await clientFor(server.url, { secrets: changing }).request(reading, callContext())).status).toBe(
      401,
    );
    expect(server.requests()).toHaveLength(3);
  });

  it.each([
    ["cannot be read", () => Promise.reject(new Error("/run/secrets/token: no such file"))],
    ["are empty", () => Promise.resolve("")],
    ["would split the request", () => Promise.resolve("token\r\nx-injected: 1")],
  ])("that %s are unavailable, with nothing sent and nothing told", async (_why, resolveSecret) => {
    const server = await serve(() => ({ status: 204 }));
    const client = clientFor(server.url, { secrets: { resolveSecret } });
    const error = await failureOf(client.request(writing, callContext()));
    expect(error).toMatchObject({ code: "secret_unavailable", class: "unauthorized", sent: "no" });
    expect(error.message).toBe("secret_unavailable");
    expect(server.requests()).toEqual([]);
  });
});

describe("the limiter", () => {
  it("is asked before each request and may refuse it in its own words", async () => {
    const server = await serve(() => ({ status: 204 }));
    const refusal = new TargetError("throttled", { sent: "no", retryAfterMs: 250 });
    const client = clientFor(server.url, { beforeCall: () => Promise.reject(refusal) });
    expect(await failureOf(client.request(writing, callContext()))).toBe(refusal);
    expect(server.requests()).toEqual([]);
  });

  it("does not make a request start after the deadline that it has used up", async () => {
    const server = await serve(() => ({ status: 204 }));
    const stop = new AbortController();
    const context = { remainingMs: () => (stop.signal.aborted ? 0 : 1000), signal: stop.signal };
    const beforeCall = (): Promise<void> => {
      stop.abort();
      return Promise.resolve();
    };
    const error = await failureOf(clientFor(server.url, { beforeCall }).request(writing, context));
    expect(error).toMatchObject({ code: "attempt_timeout", sent: "no" });
    expect(server.requests()).toEqual([]);
  });
});
