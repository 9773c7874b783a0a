import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ExplainServer } from "./explain-server.js";
import { startExplainServer } from "./explain-server.js";
import { storeAccount } from "./support.js";

describe("the page of users explain", () => {
  let server: ExplainServer;
  beforeAll(async () => {
    server = await startExplainServer();
  });
  afterAll(() => server.close());

  it("tells who the user is, how they came in, and which revision decides", async () => {
    const key = await server.joiner({ name: { givenName: "Ada" } }, { application: "hr-portal" });
    const { stdout } = await server.explain(key);
    const [title, ...lines] = stdout.split("\n");
    expect(title).toMatch(/^User name-u-\d+ \(hr:u-\d+\)$/);
    expect(lines[0]).toBe(`  key           ${key}`);
    expect(stdout).toMatch(/^ {2}state +enabled, version 1$/m);
    expect(stdout).toMatch(/^ {2}came in +through application hr-portal, by feed hr$/m);
    expect(stdout).toMatch(/^ {2}decided by +revision 1 of the configuration/m);
  });

  it("gives the command for a parked account on one line that can be copied, however narrow the page", async () => {
    const key = await server.joiner();
    const id = await storeAccount(server.db, key, "chat", { state: "parked", code: "conflict" });
    const { stdout } = await server.explain(key, { columns: 60 });
    expect(stdout.split("\n")).toContain(
      `                $ outbound accounts resend --ids ${id} --reason TEXT`,
    );
    expect(await server.story(key, "chat")).toMatchObject({
      account: expect.stringContaining(
        "parked: at rest without effect, and not tried again by itself conflict: ",
      ),
      next: expect.stringMatching(
        /^nothing by itself; once the cause is mended: \$ outbound accounts resend /,
      ),
    });
  });

  it.each([80, 100, 120])(
    "keeps every line within %d columns, but for what must be copied whole",
    async (columns) => {
      const key = await server.joiner({
        name: { givenName: "Ada" },
        emails: [{ value: "ada@acme.example", type: "work", primary: true }],
      });
      const id = await storeAccount(server.db, key, "chat", {
        state: "parked",
        code: "linked_to_former_user",
      });
      const { stdout } = await server.explain(key, { columns });
      const long = stdout.split("\n").filter((line) => line.length > columns && !line.includes(id));
      expect(long).toEqual([]);
    },
  );

  it("is styled on a terminal, and plain in pipes and where colours are refused", async () => {
    const key = await server.joiner();
    const escape = "\u001b[";
    expect((await server.explain(key, { isTTY: true })).stdout).toContain(escape);
    expect((await server.explain(key)).stdout).not.toContain(escape);
    const refused = await server.cli(["users", "explain", key], { isTTY: true, env: { NO_COLOR: "1" } });
    expect(refused.stdout).not.toContain(escape);
  });

  it("writes the server's reply whole as JSON", async () => {
    const key = await server.joiner();
    const reply = await server.json(["users", "explain", key]);
    const direct = await server.app.inject({
      url: `/v1/organizations/acme/users/${key}/explanation`,
      headers: { authorization: `Bearer ${server.env["OUTBOUND_ADMIN_TOKEN"] ?? ""}` },
    });
    expect(reply).toEqual(direct.json());
  });
});
