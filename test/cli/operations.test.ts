import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { v7 as uuidv7 } from "uuid";
import type { CliServer } from "./support.js";
import { startCliServer, storeAccount, storeHold } from "./support.js";

describe("accounts", () => {
  let server: CliServer;
  let user: string;
  let ids: readonly string[];
  beforeAll(async () => {
    server = await startCliServer();
    await server.configure();
    user = await server.send("user.created", { user: { id: "u-1", userName: "ada" } });
    const other = await server.send("user.created", { user: { id: "u-2", userName: "grace" } });
    ids = [
      await storeAccount(server.db, user, "chat", { state: "parked", code: "mapping_incomplete" }),
      await storeAccount(server.db, user, "wiki", { state: "failing", code: "target_error", attempts: 7 }),
      await storeAccount(server.db, other, "chat", {
        state: "settled",
        existence: "known",
        remote_id: "r-9",
      }),
    ];
  });
  afterAll(() => server.close());

  it("are listed with what other commands take: user, id, code", async () => {
    const ran = await server.cli(["accounts", "list"]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const lines = ran.stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^USER +CONNECTION +STATE +CODE +ATTEMPTS +UPDATED +ID$/);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(
      new RegExp(`^${user} +chat +parked +mapping_incomplete +0 +.* UTC +${String(ids[0])}$`),
    );
  });

  it.each([
    [["--connection", "wiki"], [1]],
    [["--state", "settled"], [2]],
    [["--code", "mapping_incomplete"], [0]],
    [["--connection", "chat", "--state", "parked"], [0]],
    [["--state", "held"], []],
  ])("are filtered by %p", async (filter, expected) => {
    const reply = (await server.json(["accounts", "list", ...filter])) as { items: { id: string }[] };
    expect(reply.items.map((one) => one.id)).toEqual(expected.map((index) => ids[index]));
  });

  it("say when none matches", async () => {
    const ran = await server.cli(["accounts", "list", "--state", "held"]);
    expect(ran).toEqual({ code: 0, stdout: "No account matches.\n", stderr: "" });
  });

  it("are cut at --limit, which is said on stderr and shown by the cursor", async () => {
    const ran = await server.cli(["accounts", "list", "--limit", "2", "--output", "json"]);
    const page = JSON.parse(ran.stdout) as { items: { id: string }[]; nextCursor: string | null };
    expect(page.items.map((one) => one.id)).toEqual(ids.slice(0, 2));
    expect(page.nextCursor).not.toBeNull();
    expect(ran.stderr).toBe("There are more; these are the first 2. Raise --limit, or use --limit all.\n");
    const all = await server.cli(["accounts", "list", "--limit", "all", "--output", "json"]);
    expect(JSON.parse(all.stdout)).toMatchObject({ nextCursor: null, items: [{}, {}, {}] });
    expect(all.stderr).toBe("");
  });

  it("are resent by ids, joined by commas or apart", async () => {
    const argv = ["accounts", "resend", "--reason", "target mended", "--ids"];
    const joined = await server.cli([...argv, `${String(ids[0])},${String(ids[1])}`]);
    expect(joined).toEqual({
      code: 0,
      stdout: "2 accounts of 1 user will be looked at again.\n",
      stderr: "",
    });
    const apart = await server.json([...argv, String(ids[0]), String(ids[2])]);
    expect(apart).toEqual({ accounts: 2, users: 2 });
  });

  it.each([
    [["--connection", "chat"], 2],
    [["--state", "failing", "--code", "target_error"], 1],
    [["--all"], 3],
  ])("are resent by %p", async (selection, accounts) => {
    const reply = await server.json(["accounts", "resend", "--reason", "x", ...selection]);
    expect(reply).toMatchObject({ accounts });
  });

  it("are read over many pages", async () => {
    const rows = Array.from({ length: 520 }, (_, index) => ({
      id: uuidv7(),
      organization: "acme",
      user_key: user,
      connection: `c-${String(index)}`,
      state: "removed" as const,
    }));
    await server.db.insertInto("accounts").values(rows).execute();
    const ran = await server.cli([
      "accounts",
      "list",
      "--state",
      "removed",
      "--limit",
      "all",
      "--output",
      "json",
    ]);
    const page = JSON.parse(ran.stdout) as { items: { id: string }[] };
    expect(new Set(page.items.map((one) => one.id)).size).toBe(520);
    expect(ran.stderr).toBe("");
  });
});

describe("connections", () => {
  let server: CliServer;
  const answers = new Map([
    ["chat", { ok: true, code: null }],
    ["wiki", { ok: false, code: "credentials_refused" }],
  ]);
  beforeAll(async () => {
    server = await startCliServer({
      testConnection: (_organization, connection) =>
        Promise.resolve(answers.get(connection) ?? { ok: false, code: "invariant" }),
    });
    await server.configure();
  });
  afterAll(() => server.close());

  it("are listed with state, accounts by state, and open holds", async () => {
    const user = await server.send("user.created", { user: { id: "u-1", userName: "ada" } });
    const account = await storeAccount(server.db, user, "chat", { state: "held" });
    await storeHold(server.db, user, "chat", account);
    const ran = await server.cli(["connections", "list"]);
    const [head, chat, wiki] = ran.stdout.split("\n");
    expect(head).toMatch(
      /^CONNECTION +CONNECTOR +STATE +PENDING +SETTLED +FAILING +HELD +PARKED +REMOVED +GUARD$/,
    );
    expect(chat).toMatch(/^chat +scim2 +active +0 +0 +0 +1 +0 +0 +1 held$/);
    expect(wiki).toMatch(/^wiki +scim2 +active +0 +0 +0 +0 +0 +0$/);
  });

  it("are paused and resumed, by whom and why", async () => {
    const pause = ["connections", "pause", "chat", "--reason", "maintenance", "--author", "Ada Lovelace"];
    expect(await server.cli(pause)).toEqual({ code: 0, stdout: "chat is paused.\n", stderr: "" });
    expect((await server.cli(pause)).stdout).toBe("chat is paused already.\n");
    const listed = await server.cli(["connections", "list"]);
    expect(listed.stdout).toMatch(/^chat +scim2 +paused /m);
    expect(listed.stdout).toMatch(/^chat is paused since .* UTC by Ada Lovelace: maintenance$/m);
    const resumed = await server.json(["connections", "resume", "chat", "--reason", "done"]);
    expect(resumed).toEqual({ connection: "chat", state: "active", changed: true });
  });

  it("are tested: 0 when the target takes the credentials, 1 and what helps when not", async () => {
    expect(await server.cli(["connections", "test", "chat"])).toEqual({
      code: 0,
      stdout: "chat: the target answered and took the credentials.\n",
      stderr: "",
    });
    expect(await server.cli(["connections", "test", "wiki"])).toEqual({
      code: 1,
      stdout: "wiki: credentials_refused\n",
      stderr:
        "connection_test_failed: wiki answered credentials_refused: the target refuses the credentials; replace them, then resume the connection\n",
    });
  });
});

describe("holds", () => {
  let server: CliServer;
  let ids: readonly string[];
  beforeAll(async () => {
    server = await startCliServer();
    await server.configure();
    const stored: string[] = [];
    for (const [user, connection] of [
      ["u-1", "chat"],
      ["u-2", "chat"],
      ["u-3", "wiki"],
    ] as const) {
      const key = await server.send("user.created", { user: { id: user, userName: user } });
      const account = await storeAccount(server.db, key, connection, { state: "held" });
      stored.push(await storeHold(server.db, key, connection, account));
    }
    ids = stored;
  });
  afterAll(() => server.close());

  it("are listed, all or of one connection", async () => {
    const ran = await server.cli(["holds", "list"]);
    const lines = ran.stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^ID +KIND +CONNECTION +USER +CAUSE +SINCE$/);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(new RegExp(`^${String(ids[0])} +guard +chat +[0-9a-f-]{36} +deleted +\\d{4}-`));
    const reply = await server.json(["holds", "list", "--connection", "wiki"]);
    expect(reply).toMatchObject({ items: [{ id: ids[2], connection: "wiki" }], nextCursor: null });
  });

  it("are released by id, cancelled by connection, and then nothing is held", async () => {
    const released = await server.cli(["holds", "release", "--ids", String(ids[0]), "--reason", "they left"]);
    expect(released).toEqual({
      code: 0,
      stdout: "1 hold of 1 user released: the removals go on.\n",
      stderr: "",
    });
    const cancelled = await server.cli(["holds", "cancel", "--connection", "chat", "--reason", "a mistake"]);
    expect(cancelled.stdout).toBe("1 hold of 1 user cancelled: the accounts stay.\n");
    expect(await server.json(["holds", "release", "--all", "--reason", "x"])).toEqual({ holds: 1, users: 1 });
    expect((await server.cli(["holds", "list"])).stdout).toBe("Nothing is held.\n");
  });
});
