import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { AttemptFailed, ComeBackLater } from "../../src/activities/failure.js";
import { recordAttempt, writeClaim } from "../../src/store/attempts.js";
import { setConnectionState } from "../../src/store/connection-states.js";
import { databaseKinds } from "../setup/databases.js";
import { scimConfiguration } from "../support/configuration.js";
import { deletion, userEvent } from "../support/events.js";
import type { FaultProxy } from "../support/fault-proxy.js";
import { startFaultProxy } from "../support/fault-proxy.js";
import type { ScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import { startScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import type { Settling } from "../support/settling.js";
import { openSettling } from "../support/settling.js";

const emptyList = JSON.stringify({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
  totalResults: 0,
  startIndex: 1,
  itemsPerPage: 0,
  Resources: [],
});
const invisible = {
  kind: "answer",
  status: 200,
  headers: { "content-type": "application/scim+json" },
  body: emptyList,
} as const;
const writes = (proxy: FaultProxy) => proxy.requests().filter((request) => request.method !== "GET");
const failure = async (attempt: Promise<unknown>): Promise<string> => {
  try {
    await attempt;
    return "no failure";
  } catch (error) {
    if (error instanceof AttemptFailed) return `${error.judged.code}${error.judged.retry ? "" : " for good"}`;
    if (error instanceof ComeBackLater) return error.code;
    throw error;
  }
};

describe.each(databaseKinds)("settling one account on %s", (kind) => {
  let settling: Settling;
  let target: ScimmyTarget;
  let proxy: FaultProxy;
  const ada = (registers = {}, at = Date.now() - 60_000) =>
    userEvent("u-1", { at, registers: { userName: "ada", "name/givenName": "Ada", ...registers } });
  const configure = (extra = ""): Promise<void> =>
    settling.configure(scimConfiguration([{ id: "demo", url: proxy.url, extra }]));
  const join = async (): Promise<string> => {
    const user = await settling.accept(ada());
    await settling.plan(user);
    return user;
  };

  beforeAll(async () => {
    target = await startScimmyTarget({ token: "target-token" });
  });
  afterAll(async () => {
    await target.close();
  });
  beforeEach(async () => {
    proxy = await startFaultProxy(target.url);
    settling = await openSettling(kind);
    await configure();
  });
  afterEach(async () => {
    for (const user of await target.users())
      await fetch(`${target.url}/Users/${String(user["id"])}`, {
        method: "DELETE",
        headers: { authorization: "Bearer target-token" },
      });
    await settling.close();
    await proxy.close();
  });

  it("statement 22: creates a complete account, and settling it again makes no call", async () => {
    const user = await join();
    expect(await settling.settle(user)).toMatchObject({ outcome: "created", state: "settled" });
    expect(await target.users()).toEqual([
      expect.objectContaining({ userName: "ada", externalId: "u-1", active: true }),
    ]);
    proxy.forget();
    expect(await settling.settle(user)).toMatchObject({ outcome: "unchanged" });
    expect((await settling.plan(user)).lanes).toEqual([]);
    expect(proxy.requests()).toEqual([]);
  });

  it("statement 27: sends only the mapped attribute that changed, removes one that was cleared", async () => {
    const user = await join();
    await settling.settle(user);
    await settling.accept(ada({ title: "Engineer" }, Date.now() - 50_000));
    await settling.plan(user);
    proxy.forget();
    expect(await settling.settle(user)).toMatchObject({ outcome: "updated" });
    expect(writes(proxy)).toEqual([expect.objectContaining({ method: "PATCH" })]);
    expect(writes(proxy)[0]?.body).toMatchObject({
      Operations: [{ op: "replace", path: "title", value: "Engineer" }],
    });
    await settling.accept(ada({ title: null }, Date.now() - 40_000));
    await settling.plan(user);
    expect(await settling.settle(user)).toMatchObject({ outcome: "updated" });
    expect((await target.users())[0]).not.toHaveProperty("title");
  });

  it("statement 21: a create whose reply was lost is found again and not made twice", async () => {
    const user = await join();
    proxy.next("write", { kind: "drop-after" });
    expect(await failure(settling.settle(user))).toBe("reply_lost");
    expect(await settling.account(user)).toMatchObject({
      existence: "maybe",
      state: "failing",
      code: "reply_lost",
    });
    await proxy.settled();
    expect(await settling.settle(user)).toMatchObject({ state: "settled" });
    expect(await settling.account(user)).toMatchObject({
      existence: "known",
      linkOrigin: "created",
      state: "settled",
    });
    expect(await target.users()).toHaveLength(1);
  });

  it("nothing found counts only after the visibility delay: until then nothing is created again", async () => {
    const user = await join();
    proxy.next("write", { kind: "drop-before" });
    expect(await failure(settling.settle(user))).toBe("reply_lost");
    expect(await failure(settling.settle(user))).toBe("not_visible_yet");
    expect(writes(proxy)).toHaveLength(1);
    await settling.pass(31_000);
    expect(await settling.settle(user)).toMatchObject({ outcome: "created" });
    expect(await target.users()).toHaveLength(1);
  });

  it.each([
    ["the default policy", "", "disabled", false],
    ["preset wso2", "    deprovision: wso2", "deleted", null],
  ])(
    "a user deleted while the reply was lost loses the account under %s, also when it shows only 20 s later",
    async (_name, extra, outcome, active) => {
      await configure(extra);
      const user = await join();
      proxy.next("write", { kind: "drop-after" });
      await failure(settling.settle(user));
      await proxy.settled();
      await settling.accept(deletion("u-1", { at: Date.now() - 1_000 }));
      const plan = await settling.plan(user);
      expect(plan.lanes).toEqual([expect.objectContaining({ verb: "remove", urgent: true, priority: 1 })]);
      proxy.next("read", invisible);
      await settling.pass(20_000);
      expect(await failure(settling.settle(user))).toBe("not_visible_yet");
      expect(await settling.settle(user)).toMatchObject({ outcome });
      const [remote] = await target.users();
      if (active === null) expect(remote).toBeUndefined();
      else expect(remote).toMatchObject({ active });
      expect(await settling.account(user)).toMatchObject({
        remoteId: active === null ? null : remote?.["id"],
      });
    },
  );

  it("statement 23: a user who leaves before anything was created causes no call", async () => {
    const user = await join();
    await settling.accept(deletion("u-1", { at: Date.now() - 1_000 }));
    await settling.plan(user);
    expect(await settling.settle(user)).toMatchObject({ outcome: "closed" });
    expect(proxy.requests()).toEqual([]);
    expect(await settling.account(user)).toMatchObject({ state: "removed", existence: "none" });
  });

  it("statement 24: an account that is already gone counts as removed", async () => {
    await configure("    deprovision: wso2");
    const user = await join();
    await settling.settle(user);
    const remoteId = String((await target.users())[0]?.["id"]);
    await fetch(`${target.url}/Users/${remoteId}`, {
      method: "DELETE",
      headers: { authorization: "Bearer target-token" },
    });
    await settling.accept(deletion("u-1", { at: Date.now() - 1_000 }));
    await settling.plan(user);
    expect(await settling.settle(user)).toMatchObject({ outcome: "absent", state: "removed" });
  });

  it("an account deleted behind our back is created again by the next update", async () => {
    const user = await join();
    await settling.settle(user);
    const remoteId = String((await target.users())[0]?.["id"]);
    await fetch(`${target.url}/Users/${remoteId}`, {
      method: "DELETE",
      headers: { authorization: "Bearer target-token" },
    });
    await settling.accept(ada({ title: "Engineer" }, Date.now() - 50_000));
    await settling.plan(user);
    expect(await settling.settle(user)).toMatchObject({ outcome: "created" });
    expect(await target.users()).toEqual([expect.objectContaining({ userName: "ada", title: "Engineer" })]);
  });

  describe("an account that exists already", () => {
    const seed = async (body: Record<string, unknown>): Promise<void> => {
      const answer = await fetch(`${target.url}/Users`, {
        method: "POST",
        headers: { authorization: "Bearer target-token", "content-type": "application/scim+json" },
        body: JSON.stringify({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], ...body }),
      });
      expect(answer.status).toBe(201);
    };

    it("statement 24: is adopted when nobody manages it, and gets our external id", async () => {
      await seed({ userName: "ada", title: "Kept" });
      const user = await join();
      expect(await settling.settle(user)).toMatchObject({ outcome: "adopted" });
      expect(await target.users()).toEqual([
        expect.objectContaining({
          externalId: "u-1",
          name: expect.objectContaining({ givenName: "Ada" }),
          title: "Kept",
        }),
      ]);
    });

    it("is parked as a conflict when another system manages it, and is left untouched", async () => {
      await seed({ userName: "ada", externalId: "other-system" });
      const user = await join();
      expect(await failure(settling.settle(user))).toBe("conflict for good");
      expect(await settling.account(user)).toMatchObject({
        state: "parked",
        code: "conflict",
        existence: "none",
      });
      expect(await target.users()).toEqual([expect.objectContaining({ externalId: "other-system" })]);
      expect((await settling.plan(user)).lanes).toEqual([]);
    });

    it("is never adopted for a second user, linked or left behind by a former one", async () => {
      const first = await join();
      await settling.settle(first);
      const second = await settling.accept(userEvent("u-2", { registers: { userName: "ada" } }));
      await configure("    adopt: always");
      await settling.plan(second);
      expect(await failure(settling.settle(second))).toBe("linked_to_other_user for good");
      await settling.accept(deletion("u-1"));
      await settling.plan(first);
      await settling.settle(first);
      await settling.accept(userEvent("u-2", { registers: { userName: "ada", title: "New" } }));
      await settling.plan(second);
      expect(await failure(settling.settle(second))).toBe("linked_to_former_user for good");
    });

    it("is adopted for a user who signed up only by external id", async () => {
      await seed({ userName: "ada" });
      const user = await settling.accept(
        userEvent("u-1", { registers: { userName: "ada" }, enrolment: { selfService: true } }),
      );
      await settling.plan(user);
      expect(await failure(settling.settle(user))).toBe("conflict for good");
    });
  });

  it("a required attribute without a value parks the account before any call", async () => {
    await configure("    mapping: { userName: { path: title } }");
    const user = await join();
    expect(await settling.settle(user)).toMatchObject({ state: "parked", code: "mapping_incomplete" });
    expect(proxy.requests()).toEqual([]);
  });

  it("a refused request is parked and never repeated by itself; a new wish takes it up again", async () => {
    const user = await join();
    proxy.next("write", {
      kind: "answer",
      status: 400,
      headers: { "content-type": "application/scim+json" },
      body: "{}",
    });
    expect(await failure(settling.settle(user))).toBe("rejected for good");
    expect((await settling.plan(user)).lanes).toEqual([]);
    await settling.accept(ada({ title: "Engineer" }, Date.now() - 40_000));
    expect((await settling.plan(user)).lanes).toHaveLength(1);
    expect(await settling.settle(user)).toMatchObject({ outcome: "created" });
  });

  it("Retry-After becomes the delay of the next try", async () => {
    const user = await join();
    proxy.next("write", { kind: "answer", status: 429, headers: { "retry-after": "7" } });
    await expect(settling.settle(user)).rejects.toMatchObject({
      judged: { code: "throttled", retry: true, delayMs: 7_000 },
    });
    expect(await settling.account(user)).toMatchObject({ existence: "none", attempts: 1 });
  });

  it("gives up after the configured time since the first real failure, and parks", async () => {
    await configure("    retry: { giveUpAfter: PT1H }");
    const user = await join();
    const busy = { kind: "answer", status: 503, headers: {} } as const;
    proxy.next("read", busy, busy);
    expect(await failure(settling.settle(user))).toBe("target_error");
    await settling.pass(3_700_000);
    expect(await failure(settling.settle(user))).toBe("gave_up for good");
    expect(await settling.account(user)).toMatchObject({ state: "parked", code: "gave_up" });
  });

  it("refused credentials quarantine the connection, and no further call is made", async () => {
    await settling.configure(
      scimConfiguration([{ id: "demo", url: proxy.url }]).replace("env:TARGET_TOKEN", "env:WRONG_TOKEN"),
    );
    const user = await join();
    expect(await failure(settling.settle(user))).toBe("credentials_refused");
    proxy.forget();
    expect(await failure(settling.settle(user))).toBe("connection_inactive");
    expect(proxy.requests()).toEqual([]);
    expect(await settling.account(user)).toMatchObject({ state: "failing", code: "credentials_refused" });
  });

  it("a paused connection burns no attempt", async () => {
    const user = await join();
    await setConnectionState(settling.db, "acme", "demo", {
      state: "paused",
      reason: "maintenance",
      author: "test",
    });
    expect(await failure(settling.settle(user))).toBe("connection_inactive");
    expect(await settling.account(user)).toMatchObject({ attempts: 0, state: "pending" });
  });

  describe("one writer per account", () => {
    it("no call begins while another claim is live", async () => {
      const user = await join();
      const attempts = await Promise.all([1, 2, 3].map(() => failure(settling.settle(user))));
      expect(attempts.filter((result) => result === "no failure").length).toBeGreaterThanOrEqual(1);
      expect(attempts.filter((result) => result !== "no failure" && result !== "busy")).toEqual([]);
      expect(writes(proxy)).toHaveLength(1);
    });

    it("a claim that expired unreleased is waited out, then the account is read before it is written", async () => {
      const user = await join();
      await settling.settle(user);
      await settling.accept(ada({ title: "Engineer" }, Date.now() - 50_000));
      await settling.plan(user);
      const { id, remoteId } = await settling.account(user);
      await writeClaim(settling.db, id, "00000000-0000-4000-8000-000000000001", 30_000);
      expect(await failure(settling.settle(user))).toBe("busy");
      await settling.pass(31_000);
      expect(await failure(settling.settle(user))).toBe("busy");
      expect(await settling.account(user)).toMatchObject({ uncertain: true });
      await settling.pass(20_000);
      proxy.forget();
      expect(await settling.settle(user)).toMatchObject({ outcome: "updated" });
      expect(proxy.requests().map(({ method, path }) => [method, path])).toEqual([
        ["GET", `/Users/${String(remoteId)}`],
        ["PATCH", `/Users/${String(remoteId)}`],
      ]);
      expect(await settling.account(user)).toMatchObject({ uncertain: false, claimToken: null });
    });

    it("a holder that finds its token gone writes no outcome, leaves the account uncertain and wakes the user", async () => {
      const user = await join();
      await settling.settle(user);
      const account = await settling.account(user);
      await writeClaim(settling.db, account.id, "00000000-0000-4000-8000-000000000002", 30_000);
      const entry = {
        account: account.id,
        organization: "acme",
        userKey: user,
        connection: "demo",
        version: 1,
        revision: 1,
        verb: "ensure",
        outcome: "updated",
        code: null,
        class: null,
        status: null,
        attempt: 1,
        sent: null,
        reasons: [],
        durationMs: 1,
      };
      const token = "00000000-0000-4000-8000-000000000001";
      const kept = await recordAttempt(settling.db, {
        accountId: account.id,
        token,
        episode: account.episode,
        version: 1,
        patch: { state: "settled", wish: "late" },
        journal: entry,
      });
      expect(kept).toBe(false);
      expect(await settling.account(user)).toMatchObject({ uncertain: true, wish: account.wish });
      expect((await settling.plan(user)).lanes).toHaveLength(1);
    });
  });

  it("an attempt that looked at an older version cannot settle a newer plan", async () => {
    const user = await join();
    await settling.settle(user);
    await settling.accept(ada({ title: "Engineer" }, Date.now() - 50_000));
    await settling.plan(user);
    const account = await settling.account(user);
    const token = "00000000-0000-4000-8000-000000000003";
    await writeClaim(settling.db, account.id, token, 30_000);
    const journal = {
      account: account.id,
      organization: "acme",
      userKey: user,
      connection: "demo",
      version: 1,
      revision: 1,
      verb: "ensure",
      outcome: "unchanged",
      code: null,
      class: null,
      status: null,
      attempt: 1,
      sent: null,
      reasons: [],
      durationMs: 1,
    };
    await recordAttempt(settling.db, {
      accountId: account.id,
      token,
      episode: account.episode,
      version: 1,
      patch: { state: "settled" },
      journal,
    });
    expect(await settling.account(user)).toMatchObject({ state: "pending" });
    const open = await settling.db
      .selectFrom("episodes")
      .select("id")
      .where("closed_at", "is", null)
      .execute();
    expect(open).toHaveLength(1);
  });
});
