import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ExplainServer } from "./explain-server.js";
import { startExplainServer } from "./explain-server.js";
import { storeAccount, storeAttempt, storeHold } from "./support.js";

describe("users explain", () => {
  let server: ExplainServer;
  beforeAll(async () => {
    server = await startExplainServer();
  });
  afterAll(() => server.close());

  it("tells why there will be an account, what would be sent, from where, and who allows it", async () => {
    const key = await server.joiner({ name: { givenName: "Ada" } }, { application: "hr-portal" });
    const chat = await server.story(key, "chat");
    expect(chat).toMatchObject({
      decision: "this user must have an enabled account",
      account: "none: nothing was ever done for this user here",
      next: "the work is open and is taken up within minutes",
    });
    expect(chat["because"]).toMatch(/^- selected by the organization's provisioner list: .* - in scope: /);
    expect(chat["would send"]).toContain("name.givenName  from name.givenName");
    expect(chat["would send"]).toContain("userType        the mapping's own value");
    expect(chat["would send"]).toContain(
      "title           the mapping's default, sent only when the account is created",
    );
    expect(chat["would send"]).toContain(
      "Allowed by the user having come in through application hr-portal, by feed hr.",
    );
    expect(chat).not.toHaveProperty("last attempt");
  });

  it("tells why there is none", async () => {
    const key = await server.joiner();
    expect(await server.story(key, "wiki")).toMatchObject({
      decision:
        "nothing: no account is made here optional: its failure never triggers the partial-failure policy",
      because: expect.stringContaining(
        "- no decision: none of the filter's groups has ever been seen (hr:g-wiki)",
      ),
      next: "nothing until something changes",
    });
  });

  it("says that a change waits when the dispatcher has not come by yet", async () => {
    const key = await server.joiner();
    await server.send("user.updated", { user: { id: server.externalId(), title: "Engineer" } });
    expect((await server.story(key, "wiki"))["next"]).toBe(
      "a change was accepted and is about to be looked at",
    );
  });

  it("tells a settled account: remote id, origin, what was sent masked, and the last attempt", async () => {
    const key = await server.joiner({ name: { givenName: "Ada" } });
    const account = await storeAccount(server.db, key, "chat", {
      existence: "known",
      state: "settled",
      remote_id: "remote-1",
      link_origin: "adopted",
      active: true,
    });
    const sent = { userName: "n•••", "name.givenName": "A•••", nickName: "N•••" };
    await storeAttempt(server.db, {
      account,
      user: key,
      connection: "chat",
      outcome: "adopted",
      status: 200,
      sent,
    });
    const chat = await server.story(key, "chat");
    expect(chat["account"]).toBe(
      "remote-1 at the target, enabled, adopted: it existed already settled: as it was last decided",
    );
    expect(chat["sent"]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(.+\), values masked /);
    expect(chat["sent"]).toMatch(/ userName +n•••, from userName /);
    expect(chat["sent"]).toContain("name.givenName  A•••, from name.givenName");
    expect(chat["sent"]).toContain("userType        the mapping's own value, not sent yet");
    expect(chat["sent"]).toContain("nickName        N•••, not part of what is decided now");
    expect(chat["last attempt"]).toMatch(
      /^attempt 1 \(ensure\), .* UTC \(.+\) the account has been adopted$/,
    );
    expect(chat["next"]).toBe("nothing until something changes");
  });

  it("tells a failing one: since when, what came back, and when the next attempt is", async () => {
    const key = await server.joiner();
    const account = await storeAccount(server.db, key, "chat", {
      existence: "maybe",
      state: "failing",
      code: "target_error",
      attempts: 3,
      uncertain: true,
      failing_since: new Date(Date.now() - 3_700_000),
    });
    await storeAttempt(server.db, {
      account,
      user: key,
      connection: "chat",
      code: "target_error",
      status: 503,
      attempt: 3,
    });
    const nextTryAt = new Date(Date.now() + 150_000).toISOString();
    server.lanes = () =>
      Promise.resolve([
        { connection: "chat", attempt: 4, nextTryAt, code: "target_error", waiting: "retry" },
      ]);
    const chat = await server.story(key, "chat");
    expect(chat["account"]).toMatch(
      /^perhaps at the target: .* failing since .* UTC \(1 hour ago\), 3 attempts so far target_error: the target answered .* uncertain: /,
    );
    expect(chat["last attempt"]).toMatch(/^attempt 3 \(ensure\), .* target_error \(HTTP 503\)$/);
    expect(chat["next"]).toMatch(/^attempt 4 at .* UTC \(in [12] minutes\)$/);
  });

  it.each([
    ["queue", "attempt 2 waits in the connection's queue for a worker"],
    ["running", "attempt 2 is under way"],
  ] as const)("tells an attempt that is in state %s", async (waiting, text) => {
    const key = await server.joiner();
    await storeAccount(server.db, key, "chat");
    server.lanes = () =>
      Promise.resolve([{ connection: "chat", attempt: 2, nextTryAt: null, code: null, waiting }]);
    expect((await server.story(key, "chat"))["next"]).toBe(text);
  });

  it("says that nothing is lost while Temporal does not answer", async () => {
    const key = await server.joiner();
    await storeAccount(server.db, key, "chat");
    server.lanes = () => Promise.reject(new Error("down"));
    const { stdout } = await server.explain(key);
    expect(stdout).toMatch(/^ {2}temporal +does not answer: work waits and nothing is lost$/m);
    expect((await server.story(key, "chat"))["next"]).toBe(
      "unknown while Temporal does not answer; nothing is lost",
    );
  });

  it("tells a removal with its grace, and who must speak when it is held", async () => {
    const key = await server.joiner();
    const account = await storeAccount(server.db, key, "chat", {
      existence: "known",
      state: "held",
      remote_id: "remote-2",
    });
    await server.send("user.deleted", { user: { id: server.externalId() } });
    await server.lookedAt();
    const hold = await storeHold(server.db, key, "chat", account);
    const chat = await server.story(key, "chat");
    expect(chat["decision"]).toMatch(/^the account must be (deleted|disabled)/);
    expect(chat["account"]).toContain("held: waits for a person's word");
    expect(chat["next"]).toMatch(
      /^waits for a person's word since .*; release or cancel it: \$ outbound holds release --ids /,
    );
    expect(chat["next"]).toContain(hold);
    expect(chat).not.toHaveProperty("would send");
  });

  it("tells a paused connection: by whom and why, and how to resume it", async () => {
    const key = await server.joiner();
    await storeAccount(server.db, key, "chat");
    await server.cli(["connections", "pause", "chat", "--reason", "maintenance", "--author", "Grace"]);
    const chat = await server.story(key, "chat");
    await server.cli(["connections", "resume", "chat", "--reason", "done"]);
    expect(chat["connection"]).toMatch(/^paused since .* UTC \(.*\), by Grace reason given: maintenance$/);
    expect(chat["next"]).toBe(
      "nothing is tried while the connection is paused; resume it: $ outbound connections resume chat --reason TEXT",
    );
    expect(await server.story(key, "chat")).not.toHaveProperty("connection");
  });

  it("tells an account whose connection is not configured any more", async () => {
    const key = await server.joiner();
    await storeAccount(server.db, key, "legacy", { existence: "known", state: "settled", remote_id: "r-3" });
    const { stdout } = await server.explain(key);
    expect(stdout).toContain(
      "Connection legacy\n  decision      none: the connection is not in the configuration\n",
    );
    expect(stdout).toContain("put the connection back into the configuration to work on it again");
  });
});
