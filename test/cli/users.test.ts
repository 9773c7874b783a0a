import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { CliServer } from "./support.js";
import { startCliServer, storeAccount } from "./support.js";

const department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

describe("users", () => {
  let server: CliServer;
  let ada: string;
  beforeAll(async () => {
    server = await startCliServer();
    await server.configure();
    ada = await server.send("user.created", {
      application: "hr-portal",
      user: {
        id: "u-1",
        userName: "ada",
        name: { givenName: "Ada", familyName: "Lovelace" },
        emails: [{ value: "ada@acme.example", primary: true }],
        [department]: { department: "Research" },
        groups: ["g-engineering"],
      },
    });
    await storeAccount(server.db, ada, "chat", {
      existence: "known",
      state: "parked",
      code: "rejected",
      remote_id: "remote-1",
      attempts: 3,
    });
  });
  afterAll(() => server.close());

  it("are found by user name, with the key that other commands take", async () => {
    const ran = await server.cli(["users", "find", "ada"]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const [head, row] = ran.stdout.split("\n");
    expect(head).toMatch(/^USER +SOURCE +EXTERNAL ID +USER NAME +STATE +VERSION$/);
    expect(row).toMatch(new RegExp(`^${ada} +hr +u-1 +ada +enabled +1$`));
    expect(await server.json(["users", "find", "ada"])).toMatchObject({
      items: [{ user: ada }],
      nextCursor: null,
    });
    const none = await server.cli(["users", "find", "nobody"]);
    expect(none).toEqual({ code: 0, stdout: "No user has this user name.\n", stderr: "" });
  });

  it.each(["hr:u-1", "the key"])("are shown by %s: values masked, every account", async (reference) => {
    const ran = await server.cli(["users", "show", reference === "the key" ? ada : reference]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/^User ada \(hr:u-1\)$/m);
    expect(ran.stdout).toMatch(new RegExp(`^ {2}key +${ada}$`, "m"));
    expect(ran.stdout).toMatch(/^ {2}state +enabled, version 1$/m);
    expect(ran.stdout).toMatch(/^ {2}came in +through application hr-portal, by feed hr$/m);
    expect(ran.stdout).toMatch(/^ {2}groups +hr:g-engineering$/m);
    expect(ran.stdout).toMatch(/^ +name\.givenName +A•••$/m);
    expect(ran.stdout).toMatch(/ emails +value a•••, primary true$/m);
    expect(ran.stdout).toContain(`${department}:department`);
    expect(ran.stdout).toMatch(/^ {2}chat +remote-1 +parked +rejected +3 +\d{4}-/m);
    expect(ran.stdout).not.toMatch(/Lovelace|acme\.example|Research/);
  });

  it("without an account say so, and the gone are gone", async () => {
    await server.send("user.created", { user: { id: "u-2", userName: "grace" } });
    await server.send("user.deleted", { user: { id: "u-2" } });
    const ran = await server.cli(["users", "show", "hr:u-2"]);
    expect(ran.stdout).toMatch(/^ {2}state +gone, version 2$/m);
    expect(ran.stdout).toMatch(/Accounts\n {2}none\n$/);
  });

  it("that are disabled and locked say both", async () => {
    await server.send("user.created", { user: { id: "u-3", userName: "joan", active: false } });
    await server.send("user.locked", { user: { id: "u-3" } });
    const ran = await server.cli(["users", "find", "joan"]);
    expect(ran.stdout).toMatch(/ joan +disabled, locked +2\n$/);
  });

  it("cannot steer a terminal by their names", async () => {
    await server.send("user.created", { user: { id: "u-4", userName: "eve", displayName: "\u001b[2J" } });
    const ran = await server.cli(["users", "show", "hr:u-4"]);
    expect(ran.stdout).not.toContain("\u001b");
    expect(ran.stdout).toContain("\\u001b");
  });

  it("are provisioned on demand", async () => {
    const ran = await server.cli(["users", "provision", "hr:u-1"]);
    expect(ran).toEqual({
      code: 0,
      stdout: `User ${ada} will be looked at again, with 1 existing account; follow it: outbound users explain ${ada}\n`,
      stderr: "",
    });
    const shown = await server.cli(["users", "show", "hr:u-1"]);
    expect(shown.stdout).toContain("parked, marked");
    expect(await server.json(["users", "provision", ada])).toMatchObject({ user: ada, accounts: 1 });
  });
});
