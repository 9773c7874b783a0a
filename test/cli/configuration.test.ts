import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { CliServer } from "./support.js";
import { configurationText, runCli, startCliServer, storeAccount, withFile } from "./support.js";

const broken = configurationText
  .replace("connection: chat", "connection: chta")
  .replace("version: 1", "version: 2");

describe("config check", () => {
  it("says that a file is right, without a server or a token", () =>
    withFile("outbound.yaml", configurationText, async (file) => {
      const ran = await runCli(["config", "check", file]);
      expect(ran).toMatchObject({ code: 0, stderr: "" });
      expect(ran.stdout).toContain(`${file} is right`);
    }));

  it("shows warnings with their place, and still ends with 0", () =>
    withFile("outbound.yaml", configurationText, async (file) => {
      const ran = await runCli(["config", "check", file]);
      expect(ran.stdout).toMatch(
        new RegExp(`^${file}:\\d+:\\d+ {2}connection_unlisted {2}connections\\[1\\]`, "m"),
      );
      expect(ran.code).toBe(0);
    }));

  it("shows every problem with file, line and column, and ends with 1", () =>
    withFile("outbound.yaml", broken, async (file) => {
      const ran = await runCli(["config", "check", file]);
      expect(ran.code).toBe(1);
      const lines = ran.stdout.trimEnd().split("\n");
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatch(new RegExp(`^${file}:1:10 {2}invalid_value {2}version: `));
      expect(lines[1]).toMatch(new RegExp(`^${file}:6:21 {2}unknown_connection .*did you mean chat\\?$`));
      expect(ran.stderr).toBe(
        `invalid_configuration: ${file} has 2 problems; correct them and check again\n`,
      );
    }));

  it("checks the settings of connectors too", () =>
    withFile("outbound.yaml", configurationText.replaceAll("baseUrl", "baseUrk"), async (file) => {
      const ran = await runCli(["config", "check", file]);
      expect(ran.stdout).toContain("did you mean baseUrl?");
      expect(ran.code).toBe(1);
    }));

  it("writes JSON when asked to", () =>
    withFile("outbound.yaml", broken, async (file) => {
      const ran = await runCli(["config", "check", file, "--output", "json"]);
      expect(JSON.parse(ran.stdout)).toMatchObject({
        file,
        ok: false,
        problems: [
          { code: "invalid_value", line: 1 },
          { code: "unknown_connection", line: 6 },
        ],
        warnings: [],
      });
      expect(ran.code).toBe(1);
    }));

  it("ends with 2 when the file cannot be read", async () => {
    const ran = await runCli(["config", "check", "/nonexistent/outbound.yaml"]);
    expect(ran).toEqual({
      code: 2,
      stdout: "",
      stderr: "file_unreadable: cannot read /nonexistent/outbound.yaml (ENOENT); check the path\n",
    });
  });
});

describe("config schema", () => {
  it("prints a JSON Schema", async () => {
    const ran = await runCli(["config", "schema"]);
    expect(JSON.parse(ran.stdout)).toMatchObject({ title: "outbound.yaml", type: "object" });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("apply and configuration list", () => {
  let server: CliServer;
  beforeAll(async () => {
    server = await startCliServer();
  });
  afterAll(() => server.close());
  const apply = (text: string, ...argv: readonly string[]) =>
    withFile("outbound.yaml", text, async (file) => {
      // No --organization: the file names it, and the first configuration has nobody else to ask.
      const ran = await runCli(["apply", file, ...argv], { env: server.env });
      return { ...ran, file };
    });

  it("stores the first revision of the organization that the file names, with its warnings on stderr", async () => {
    const none = await server.cli(["configuration", "list"]);
    expect(none).toEqual({
      code: 0,
      stdout: "No configuration is stored yet: outbound apply FILE\n",
      stderr: "",
    });
    const ran = await apply(configurationText, "--author", "Ada Lovelace");
    expect(ran.stdout).toBe(`${ran.file} is revision 1 of acme; 0 users will be looked at again\n`);
    expect(ran.stderr).toMatch(/connection_unlisted/);
    expect(ran.code).toBe(0);
  });

  it("stores nothing when nothing changed", async () => {
    const ran = await apply(configurationText);
    expect(ran.stdout).toBe(`${ran.file} is what acme has already (revision 1); nothing was stored\n`);
  });

  it("lists revisions with author and origin, the one that holds marked", async () => {
    await apply(`${configurationText}network: { allowPrivate: [127.0.0.0/8] }\n`);
    const ran = await server.cli(["configuration", "list"]);
    const [head, second, first, ...rest] = ran.stdout.trimEnd().split("\n");
    expect(head).toMatch(/^REVISION +FROM +AUTHOR +CREATED +HASH$/);
    expect(second).toMatch(/^2 +current +api +admin +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC +[0-9a-f]{12}$/);
    expect(first).toMatch(/^1 +api +Ada Lovelace +/);
    expect(rest).toEqual([]);
    expect(await server.json(["configuration", "list"])).toMatchObject({
      items: [
        { revision: 2, current: true },
        { revision: 1, current: false },
      ],
      nextCursor: null,
    });
  });

  it("refuses a file with problems: each with its line on stderr, nothing stored", async () => {
    const ran = await apply(broken);
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    const lines = ran.stderr.trimEnd().split("\n");
    expect(lines[0]).toBe(
      `invalid_configuration: ${ran.file} was not applied; correct these problems and apply again`,
    );
    expect(lines[1]).toContain(`${ran.file}:1:10  invalid_value  version: `);
    expect(lines[2]).toContain(`${ran.file}:6:21  unknown_connection`);
    expect(await server.json(["configuration", "list"])).toMatchObject({ items: [{ revision: 2 }, {}] });
  });

  it("refuses text that is no YAML, and a file without organization, before it asks the server", async () => {
    const text = await apply("version: [1\n");
    expect(text.code).toBe(1);
    expect(text.stderr).toMatch(/^invalid_configuration: .*\n.*outbound\.yaml:\d+:\d+ {2}yaml_syntax/);
    const nameless = await apply("version: 1\n");
    expect(nameless.code).toBe(1);
    expect(nameless.stderr).toBe(
      `invalid_configuration: ${nameless.file} names no organization; add \`organization: NAME\`\n`,
    );
  });

  it("refuses another organization than the file's", async () => {
    const ran = await apply(configurationText, "--organization", "other");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(
      /^organization_mismatch: .*leave --organization out: the file names its own\n$/,
    );
  });

  it("refuses to drop a connection that has accounts, and does so with --orphans keep", async () => {
    const user = await server.send("user.created", { user: { id: "u-1", userName: "ada" } });
    await storeAccount(server.db, user, "wiki", { existence: "known", state: "settled", remote_id: "r-1" });
    const without = configurationText.slice(0, configurationText.indexOf("  - id: wiki"));
    const refused = await apply(without);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(
      /^orphans: connections vanish that have accounts \(wiki\); .*--orphans keep\n$/,
    );
    const kept = await apply(without, "--orphans", "keep");
    expect(kept.stdout).toBe(`${kept.file} is revision 3 of acme; 1 user will be looked at again\n`);
    const odd = await apply(without, "--orphans", "remove");
    expect(odd.code).toBe(2);
  });

  it("writes the whole reply as JSON, warnings in it and not on stderr", () =>
    withFile("outbound.yaml", configurationText, async (file) => {
      const ran = await server.cli(["apply", file, "--output", "json"]);
      expect(JSON.parse(ran.stdout)).toMatchObject({
        revision: 4,
        changed: true,
        warnings: [{ code: "connection_unlisted" }],
      });
      expect(ran.stderr).toBe("");
    }));
});
