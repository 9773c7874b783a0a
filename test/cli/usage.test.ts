import { describe, expect, it } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "./support.js";

const nowhere = { OUTBOUND_SERVER: "http://127.0.0.1:9", OUTBOUND_ADMIN_TOKEN: "some-admin-token" };

describe("usage errors", () => {
  it.each([
    ["an unknown command", ["usrs"], "usage_error: unknown command 'usrs'\n(Did you mean users?)"],
    ["an unknown command of a group", ["users", "expalin", "x"], "(Did you mean explain?)"],
    ["an unknown option", ["users", "find", "ada", "--sever", "x"], "(Did you mean --server?)"],
    ["a missing argument", ["users", "show"], "missing required argument 'user'"],
    ["an argument too many", ["config", "check", "a", "b"], "too many arguments"],
    ["another output", ["users", "find", "ada", "--output", "xml"], "Allowed choices are table, json"],
    ["a missing reason", ["connections", "pause", "chat"], "required option '--reason <text>' not specified"],
    ["a missing feed", ["events", "send", "-"], "required option '--feed <id>' not specified"],
    ["an unknown state", ["accounts", "list", "--state", "broken"], "Allowed choices are pending, settled"],
    ["a limit of nothing", ["accounts", "list", "--limit", "0"], "It must be a number from 1"],
    ["a shard beyond the last", ["worker", "--shard", "3/3"], "It must be i/n with i from 0 to n-1"],
    ["an author that no header can carry", ["apply", "x", "--author", "Zoë"], "printable ASCII"],
    ["a wait without unit", ["events", "send", "-", "--feed", "hr", "--wait", "5"], "such as 500ms or 5s"],
  ])("ends with 2 and says what is wrong: %s", async (_what, argv, message) => {
    const ran = await runCli(argv, { env: nowhere });
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).toMatch(/^usage_error: /);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
  });

  it.each([
    ["no selection", [], "choose by one of --ids, --all, or --connection, --state, --code"],
    ["everything and something", ["--all", "--connection", "chat"], "choose by one of"],
    ["ids and criteria", ["--ids", "a", "--state", "parked"], "choose by one of"],
  ])("never takes a forgotten selection for everything: %s", async (_what, selection, message) => {
    const ran = await runCli(["accounts", "resend", "--reason", "x", ...selection], { env: nowhere });
    expect(ran.stderr).toContain(`usage_error: ${message}`);
    expect(ran.code).toBe(2);
  });

  it("takes holds by one kind of selection only", async () => {
    const ran = await runCli(["holds", "release", "--reason", "x", "--ids", "a", "--all"], { env: nowhere });
    expect(ran).toMatchObject({
      code: 2,
      stderr: "usage_error: choose by one of --ids, --all, or --connection\n",
    });
  });

  it.each([
    "ftp://acme.example",
    "acme.example:8080",
    "http://user:pass@acme.example",
    "http://a.example?x=1",
  ])("refuses %s as the server, without repeating it", async (server) => {
    const ran = await runCli(["connections", "list", "--server", server], { env: nowhere });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toBe("usage_error: --server must be a URL such as https://outbound.acme.example\n");
  });

  it.each(["..", ".", ""])("refuses '%s' as an id: a URL would resolve it away", async (id) => {
    const ran = await runCli(["users", "show", id, "--organization", "acme"], { env: nowhere });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^usage_error: /);
  });

  it("names an environment variable that is wrong, and ignores those that the command does not need", async () => {
    const ran = await runCli(["connections", "list"], { env: { OUTBOUND_PORT: "eighty" } });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("invalid_variable  OUTBOUND_PORT: must be a port number");
    const other = { ...nowhere, OUTBOUND_METRICS_PORT: "x", OUTBOUND_PORT: "x" };
    const fine = await runCli(["connections", "list"], { env: other });
    expect(fine.stderr).toMatch(/^server_unreachable: /);
  });

  it("shows help on stdout with 0, and on stderr with 2 when a command is missing", async () => {
    const asked = await runCli(["users", "explain", "--help"]);
    expect(asked).toMatchObject({ code: 0, stderr: "" });
    expect(asked.stdout).toContain("Usage: outbound users explain [options] <user>");
    expect(asked.stdout).toContain("--organization <id>");
    const missing = await runCli(["users"]);
    expect(missing).toMatchObject({ code: 2, stdout: "" });
    expect(missing.stderr).toContain("provision");
  });

  it("prints its version", async () => {
    const ran = await runCli(["--version"]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("tokens", () => {
  it("are missed with every place where one may be", async () => {
    const env = { OUTBOUND_SERVER: "http://127.0.0.1:9", OUTBOUND_DATA_DIR: "/nonexistent" };
    const admin = await runCli(["connections", "list"], { env });
    expect(admin.code).toBe(2);
    expect(admin.stderr).toMatch(/^token_missing: there is no admin token: .*--token .*OUTBOUND_ADMIN_TOKEN/);
    expect(admin.stderr).toContain("/nonexistent/admin-token");
    const argv = ["events", "send", "-", "--feed", "hr", "--organization", "acme"];
    const feed = await runCli(argv, { env, stdin: "{}" });
    expect(feed.code).toBe(2);
    expect(feed.stderr).toMatch(
      /^token_missing: there is no feed token: .*--feed-token .*OUTBOUND_FEED_TOKEN/,
    );
  });

  it("with a line break are refused before any library can quote them", async () => {
    const env = { ...nowhere, OUTBOUND_ADMIN_TOKEN: "hidden\nvalue" };
    const ran = await runCli(["connections", "list"], { env });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/^token_invalid: OUTBOUND_ADMIN_TOKEN /);
    expect(ran.stderr).not.toContain("hidden");
  });

  it("in an empty file are refused with the file's name", async () => {
    const directory = await mkdtemp(join(tmpdir(), "outbound-cli-"));
    try {
      await writeFile(join(directory, "admin-token"), "\n");
      const env = { OUTBOUND_SERVER: "http://127.0.0.1:9", OUTBOUND_DATA_DIR: directory };
      const ran = await runCli(["connections", "list"], { env });
      expect(ran.stderr).toMatch(/^token_invalid: the file .*admin-token is empty/);
      expect(ran.code).toBe(2);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe("process commands", () => {
  it.each(["server", "worker --shard 1/2", "migrate"])(
    "end with 1 and what to set when there is no database: %s",
    async (line) => {
      const ran = await runCli(line.split(" "));
      expect(ran).toMatchObject({ code: 1, stdout: "" });
      expect(ran.stderr).toMatch(/^database_url_required: set OUTBOUND_DATABASE_URL/);
    },
  );

  it("up ends with 1 when it has no configuration, and when the file is not there", async () => {
    const none = await runCli(["up"]);
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/^configuration_missing: /);
    const missing = await runCli(["up", "--config", "/nonexistent/outbound.yaml"]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("/nonexistent/outbound.yaml");
  });

  it("end with 2 and all variables that are wrong, and warn of unknown ones but not of the command line's own", async () => {
    const env = {
      OUTBOUND_PORT: "x",
      OUTBOUND_DATABASE_URL: "mysql://db",
      OUTBOUND_SERVER: "http://a.example",
    };
    const wrong = await runCli(["server"], { env });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr.split("\n").slice(0, 3)).toEqual([
      "invalid_variable: the environment has problems; correct these variables",
      expect.stringMatching(/OUTBOUND_DATABASE_URL: must be a URL/),
      expect.stringMatching(/OUTBOUND_PORT: must be a port/),
    ]);
    const odd = { OUTBOUND_PROT: "1", OUTBOUND_SERVER: "http://a.example", OUTBOUND_FEED_TOKEN: "x" };
    const warned = await runCli(["migrate"], { env: odd });
    expect(warned.stderr).toContain(
      "unknown_variable  OUTBOUND_PROT: is not read by outbound; did you mean OUTBOUND_PORT?",
    );
    expect(warned.stderr).not.toContain("OUTBOUND_SERVER");
  });
});
