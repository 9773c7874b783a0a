import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { CliServer } from "./support.js";
import { feedToken, startCliServer, withFile } from "./support.js";

const created = (id: string, user: Readonly<Record<string, unknown>> = {}) => ({
  specversion: "1.0",
  id: `evt-${id}`,
  source: "hr",
  type: "user.created",
  time: "2026-11-24T08:00:00Z",
  data: { user: { id, userName: id, ...user } },
});
const nameless = (id: string) => ({ ...created(id), data: { user: { id } } });
const send = ["events", "send", "-", "--feed", "hr"];

describe("events", () => {
  let server: CliServer;
  beforeAll(async () => {
    server = await startCliServer();
    await server.configure();
  });
  afterAll(() => server.close());

  it("sends one event from a file", () =>
    withFile("joiner.json", JSON.stringify(created("u-1"), null, 2), async (file) => {
      const ran = await server.cli(["events", "send", file, "--feed", "hr"]);
      expect(ran).toMatchObject({ code: 0, stderr: "" });
      const [head, row] = ran.stdout.split("\n");
      expect(head).toMatch(/^EVENT +STATUS +USER OR GROUP +VERSION$/);
      expect(row).toMatch(/^evt-u-1 +accepted +[0-9a-f-]{36} +1$/);
    }));

  it("sends it again as a duplicate, with the token given on the command line", async () => {
    const argv = [...send, "--feed-token", feedToken, "--output", "json"];
    const ran = await server.cli(argv, {
      stdin: JSON.stringify(created("u-1")),
      env: { OUTBOUND_FEED_TOKEN: "" },
    });
    expect(JSON.parse(ran.stdout)).toMatchObject({
      results: [{ id: "evt-u-1", status: "duplicate", version: 1 }],
    });
  });

  it("sends a JSON array, and JSON lines with blank ones between", async () => {
    const array = await server.json(send, { stdin: JSON.stringify([created("u-2"), created("u-3")]) });
    expect(array).toMatchObject({ results: [{ id: "evt-u-2", status: "accepted" }, { id: "evt-u-3" }] });
    const stdin = `${JSON.stringify(created("u-4"))}\r\n\n  ${JSON.stringify(created("u-5"))}\n`;
    const lines = await server.json(send, { stdin });
    expect(lines).toMatchObject({ results: [{ id: "evt-u-4", status: "accepted" }, { id: "evt-u-5" }] });
  });

  it("sends more than one request takes, in order, and numbers what is rejected through", async () => {
    const many = Array.from({ length: 1_203 }, (_, index) => created(`many-${String(index)}`));
    many[1_200] = nameless("many-x") as never;
    const ran = await server.cli([...send, "--output", "json"], {
      stdin: many.map((one) => JSON.stringify(one)).join("\n"),
    });
    const { results } = JSON.parse(ran.stdout) as { results: { id: string; status: string }[] };
    expect(results.map((one) => one.id)).toEqual(many.map((one) => one.id));
    expect(results.filter((one) => one.status === "rejected")).toMatchObject([{ index: 1_200 }]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("  event 1201 (evt-many-x): user_name_required");
  });

  it("ends with 1 when one of several is rejected, and says which and why; the others are in", async () => {
    const ran = await server.cli(send, { stdin: JSON.stringify([nameless("u-6"), created("u-7")]) });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^evt-u-6 +rejected +user_name_required$/m);
    expect(ran.stdout).toMatch(/^evt-u-7 +accepted /m);
    const [sentence, first, pointer] = ran.stderr.split("\n");
    expect(sentence).toBe(
      "events_rejected: 1 of 2 events were rejected; correct and send these again, the others are in",
    );
    expect(first).toMatch(/^ {2}event 1 \(evt-u-6\): user_name_required: /);
    expect(pointer).toMatch(/^ {4}\/data\/user\/?\w*: user_name_required: /);
  });

  it("ends with 1 and the event's own code when a single event is rejected", async () => {
    const ran = await server.cli(send, { stdin: JSON.stringify(nameless("u-8")) });
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toMatch(/^user_name_required: the event was rejected; /);
  });

  it("waits for a single event when asked to, and says what is not settled", async () => {
    const ran = await server.cli([...send, "--wait", "50ms"], { stdin: JSON.stringify(created("u-9")) });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("Not every connection is settled yet.");
    const several = await server.cli([...send, "--wait", "50ms"], {
      stdin: JSON.stringify([created("u-9")]),
    });
    expect(several).toMatchObject({ code: 2, stdout: "" });
    expect(several.stderr).toMatch(/^usage_error: --wait takes a single event/);
  });

  it.each([
    ["nothing", " \n", "the input is empty"],
    ["a text", '"hello"', "the input is JSON, but no event"],
    ["an empty list", "[]", "the input is an empty list"],
    ["lines one of which is broken", '{"id":"a"}\n{"password":"hidden"\n', "line 2 is no JSON object"],
    ["lines of which one is a list", '{"id":"a"}\n["hidden"]\n', "line 2 is no JSON object"],
  ])("refuses %s with 2, without quoting it", async (_what, stdin, message) => {
    const ran = await server.cli(send, { stdin });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^input_invalid: /);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toContain("hidden");
  });

  it("names the token's origin and what else may be wrong when a feed refuses", async () => {
    const ran = await server.cli(["events", "send", "-", "--feed", "rh"], {
      stdin: JSON.stringify(created("u-1")),
    });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(
      /^unauthorized: .*OUTBOUND_FEED_TOKEN was used.*check --feed and --organization\n$/,
    );
  });

  it("shows where an event stands", async () => {
    const ran = await server.cli(["events", "show", "evt-u-1"]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const lines = ran.stdout.split("\n");
    expect(lines[0]).toBe("Event evt-u-1");
    expect(ran.stdout).toMatch(/^ {2}status +accepted: /m);
    expect(ran.stdout).toMatch(/^ {2}type +user\.created, by feed hr of source hr$/m);
    expect(ran.stdout).toMatch(/^ {2}happened +2026-11-24 08:00:00 UTC \(/m);
    expect(await server.json(["events", "show", "evt-u-1", "--source", "hr"])).toMatchObject({
      id: "evt-u-1",
    });
    const none = await server.cli(["events", "show", "evt-u-6"]);
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/^unknown_event: there is no such event; /);
  });

  it("asks which source is meant when several have the id", async () => {
    const two = `version: 1
organization: acme
feeds:
  - { id: hr, kind: events, source: hr, tokens: [env:HR_TOKEN] }
  - { id: partner, kind: events, source: partner, tokens: [env:PARTNER_TOKEN] }
`;
    await server.configure(two);
    const stdin = JSON.stringify({ ...created("u-1"), source: "partner" });
    const argv = ["events", "send", "-", "--feed", "partner", "--feed-token", "partner-feed-token"];
    expect((await server.cli(argv, { stdin })).code).toBe(0);
    const ran = await server.cli(["events", "show", "evt-u-1"]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(
      /^event_ambiguous: .*\((hr, partner|partner, hr)\); choose one by --source\n$/,
    );
  });
});
