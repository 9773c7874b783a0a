import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { createApiClient } from "../../src/cli/api/client.js";
import type { CliServer } from "./support.js";
import { adminToken, runCli, startCliServer } from "./support.js";

const listen = async (listener: RequestListener): Promise<{ url: string; server: Server }> => {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, server };
};

const list = ["connections", "list", "--organization", "acme"];

describe("a server that cannot be used", () => {
  it("is not running: the address, the cause, and how to start it", async () => {
    const { url, server } = await listen(() => undefined);
    server.close();
    await once(server, "close");
    const ran = await runCli([...list, "--server", url, "--token", adminToken]);
    expect(ran).toEqual({
      code: 1,
      stdout: "",
      stderr: `server_unreachable: nothing usable answers at ${url} (ECONNREFUSED); is it running? Start it with npm start, or set --server\n`,
    });
  });

  it("is at 127.0.0.1 and OUTBOUND_PORT by default", async () => {
    const { url, server } = await listen((_request, response) => response.writeHead(204).end());
    const env = { OUTBOUND_PORT: new URL(url).port, OUTBOUND_ADMIN_TOKEN: adminToken };
    const ran = await runCli(list, { env });
    server.close();
    expect(ran.stderr).toContain(url);
    expect(ran.stderr).toMatch(/^unexpected_reply: /);
  });

  it.each([
    [
      "a page",
      (response: Parameters<RequestListener>[1]) => response.writeHead(200).end("<html>hello</html>"),
    ],
    [
      "an error page",
      (response: Parameters<RequestListener>[1]) => response.writeHead(502).end("bad gateway"),
    ],
    [
      "other JSON",
      (response: Parameters<RequestListener>[1]) => response.writeHead(200).end('{"items":"none"}'),
    ],
  ])("is something else: %s ends with 1, and its text is not shown", async (_what, answer) => {
    const { url, server } = await listen((_request, response) => void answer(response));
    const ran = await runCli([...list, "--server", url, "--token", adminToken]);
    server.close();
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toMatch(
      /^unexpected_reply: the server at http:\/\/127\.0\.0\.1:\d+ answered HTTP (200|502) /,
    );
  });

  it("sends us elsewhere: the token does not go along", async () => {
    const seen: (string | undefined)[] = [];
    const other = await listen((request, response) => {
      seen.push(request.headers.authorization);
      response.end("{}");
    });
    const { url, server } = await listen((_request, response) => {
      response.writeHead(307, { location: other.url }).end();
    });
    const ran = await runCli([...list, "--server", url, "--token", adminToken]);
    server.close();
    other.server.close();
    expect(seen).toEqual([]);
    expect(ran.stderr).toMatch(/^unexpected_reply: .* HTTP 307 /);
  });

  it("is overloaded: when to try again", async () => {
    const { url, server } = await listen((_request, response) => {
      const body = {
        code: "store_unavailable",
        status: 503,
        title: "The store does not answer",
        detail: "x",
      };
      response.writeHead(503, { "retry-after": "5" }).end(JSON.stringify(body));
    });
    const ran = await runCli([...list, "--server", url, "--token", adminToken]);
    server.close();
    expect(ran.stderr).toBe("store_unavailable: the store does not answer; try again in 5 s\n");
    expect(ran.code).toBe(1);
  });

  it("says what a terminal would obey: it comes out as text", async () => {
    const { url, server } = await listen((_request, response) => {
      const body = { code: "not\u001b[2J", status: 400, title: "A\u202etitle", detail: "b\u0007ell" };
      response.writeHead(400).end(JSON.stringify(body));
    });
    const ran = await runCli([...list, "--server", url, "--token", adminToken]);
    server.close();
    expect(ran.stderr).toBe("not\\u001b[2J: a\\u202etitle; b\\u0007ell\n");
  });
});

describe("a server that fails half way", () => {
  it("has not answered in time: it may have acted, and nobody is told to just repeat", async () => {
    const { url, server } = await listen(() => undefined);
    const token = { value: adminToken, origin: "--token", remedy: "" };
    const call = createApiClient(url).send({ path: ["v1"], token, reply: z.unknown(), timeoutMs: 50 });
    await expect(call).rejects.toMatchObject({ code: "server_timeout", exitCode: 1 });
    server.closeAllConnections();
    server.close();
  });

  it("has taken the first of several requests: how many events are in, and that repeating is safe", async () => {
    let requests = 0;
    const { url, server } = await listen((request, response) => {
      requests += 1;
      const last = requests === 2;
      const result = { id: "a", status: "accepted", user: "u", version: 1, stale: false };
      const problem = {
        code: "internal",
        status: 500,
        title: "Something went wrong here",
        detail: "see the log",
      };
      request.resume().on("end", () => {
        response.writeHead(last ? 500 : 202);
        response.end(
          JSON.stringify(last ? problem : { results: Array.from({ length: 1_000 }, () => result) }),
        );
      });
    });
    const stdin = '{"id":"a"}\n'.repeat(2_500);
    const argv = ["events", "send", "-", "--feed", "hr", "--feed-token", "t", "--organization", "acme"];
    const ran = await runCli([...argv, "--server", url], { stdin });
    server.close();
    expect(requests).toBe(2);
    expect(ran).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "The first 1000 events had been sent; send all again: what is in is answered as duplicate.\n" +
        "internal: something went wrong here; see the log\n",
    });
  });
});

describe("a server that refuses", () => {
  let server: CliServer;
  beforeAll(async () => {
    server = await startCliServer();
    await server.configure();
  });
  afterAll(() => server.close());

  it.each([
    ["--token", ["--token", "wrong-token-0123456789"], {}],
    ["OUTBOUND_ADMIN_TOKEN", [], { OUTBOUND_ADMIN_TOKEN: "wrong-token-0123456789" }],
  ])("the token: its origin %s is named, never its value", async (origin, argv, env) => {
    const ran = await server.cli(["connections", "list", ...argv], { env });
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toBe(
      `unauthorized: the token does not open this; the token of ${origin} was used: give the right one by --token or OUTBOUND_ADMIN_TOKEN\n`,
    );
  });

  it("the token of the data directory: the file is named", async () => {
    const directory = await mkdtemp(join(tmpdir(), "outbound-cli-"));
    const env = { OUTBOUND_ADMIN_TOKEN: "", OUTBOUND_DATA_DIR: directory };
    try {
      await writeFile(join(directory, "admin-token"), `${adminToken}\n`);
      expect(await server.cli(["connections", "list"], { env })).toMatchObject({ code: 0, stderr: "" });
      await writeFile(join(directory, "admin-token"), "wrong-token-0123456789\n");
      const ran = await server.cli(["connections", "list"], { env });
      expect(ran.stderr).toContain(`the token of the file ${join(directory, "admin-token")} was used`);
      expect(ran.stderr).not.toContain("wrong-token");
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("an id that it does not know: how to find the right one", async () => {
    const user = await server.cli(["users", "explain", "hr:nobody"]);
    expect(user.stderr).toBe(
      "unknown_user: there is no such user; find the key with `outbound users find NAME`, or write the id as source:externalId\n",
    );
    const connection = await server.cli(["connections", "pause", "chta", "--reason", "x"]);
    expect(connection.stderr).toMatch(/^unknown_connection: .*`outbound connections list` names them\n$/);
    const organization = await runCli(["connections", "list", "--organization", "emca"], { env: server.env });
    expect(organization.stderr).toMatch(/^unknown_organization: .*check --organization/);
    expect([user, connection, organization].map((ran) => ran.code)).toEqual([1, 1, 1]);
  });

  it("a request that is not valid: each thing that is wrong in a line of its own", async () => {
    const ran = await server.cli(["accounts", "resend", "--ids", "one,two", "--reason", "x"]);
    expect(ran.code).toBe(1);
    const [first, ...details] = ran.stderr.trimEnd().split("\n");
    expect(first).toMatch(/^invalid_request: /);
    expect(details).toEqual([
      expect.stringMatching(/^ {2}\/body\/ids\/0: /),
      expect.stringMatching(/^ {2}\/body\/ids\/1: /),
    ]);
  });
});
