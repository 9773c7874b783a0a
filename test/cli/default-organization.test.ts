import { describe, expect, it } from "@jest/globals";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Ran } from "./support.js";
import { adminToken, runCli } from "./support.js";

/** Runs a command without `--organization` on a server with these organizations, whose listings are all empty. */
const runWith = async (
  organizations: readonly string[],
  argv: readonly string[],
): Promise<Ran & { readonly asked: readonly string[] }> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    expect(request.headers.authorization).toBe(`Bearer ${adminToken}`);
    const items = request.url === "/v1/organizations" ? organizations.map((id) => ({ id })) : [];
    response.end(JSON.stringify({ items, nextCursor: null }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const env = {
    OUTBOUND_SERVER: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    OUTBOUND_ADMIN_TOKEN: adminToken,
  };
  const ran = await runCli(argv, { env });
  server.close();
  return { ...ran, asked };
};

describe("without --organization", () => {
  it("the only one there is, is asked about", async () => {
    const ran = await runWith(["acme"], ["connections", "list"]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.asked).toEqual(["/v1/organizations", "/v1/organizations/acme/connections"]);
  });

  it("of several one must be chosen, and they are listed", async () => {
    const ran = await runWith(["acme", "globex"], ["connections", "list"]);
    expect(ran).toMatchObject({
      code: 2,
      stdout: "",
      stderr: "organization_ambiguous: choose one by --organization; the server has acme, globex\n",
      asked: ["/v1/organizations"],
    });
  });

  it("the first configuration is asked for when there is none", async () => {
    const ran = await runWith([], ["users", "find", "ada"]);
    expect(ran).toMatchObject({
      code: 1,
      stderr:
        "organization_missing: the server has no organization yet; apply a configuration first: outbound apply FILE\n",
    });
  });
});

describe("with --organization", () => {
  it.each([
    ["before", ["--organization", "acme", "connections", "list"]],
    ["after", ["connections", "list", "--organization", "acme"]],
  ])("nothing is asked that was said, %s the command", async (_where, argv) => {
    expect((await runWith([], argv)).asked).toEqual(["/v1/organizations/acme/connections"]);
  });
});
