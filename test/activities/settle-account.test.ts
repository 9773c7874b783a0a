import { describe, expect, it } from "@jest/globals";
import { databaseKinds } from "../setup/databases.js";
import { deletion } from "../support/events.js";
import { failure, useStage } from "./stage.js";

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
describe.each(databaseKinds)("settling one account on %s", (kind) => {
  const stage = useStage(kind);

  it("statement 22: creates a complete account, and settling it again makes no call", async () => {
    const user = await stage.join();
    expect(await stage.settling.settle(user)).toMatchObject({ outcome: "created", state: "settled" });
    expect(await stage.target.users()).toEqual([
      expect.objectContaining({ userName: "ada", externalId: "u-1", active: true }),
    ]);
    stage.proxy.forget();
    expect(await stage.settling.settle(user)).toMatchObject({ outcome: "unchanged" });
    expect((await stage.settling.plan(user)).lanes).toEqual([]);
    expect(stage.proxy.requests()).toEqual([]);
  });

  it("statement 27: sends only the mapped attribute that changed, removes one that was cleared", async () => {
    const user = await stage.join();
    await stage.settling.settle(user);
    await stage.settling.accept(stage.ada({ title: "Engineer" }, Date.now() - 50_000));
    await stage.settling.plan(user);
    stage.proxy.forget();
    expect(await stage.settling.settle(user)).toMatchObject({ outcome: "updated" });
    expect(stage.writes()).toEqual([expect.objectContaining({ method: "PATCH" })]);
    expect(stage.writes()[0]?.body).toMatchObject({
      Operations: [{ op: "replace", path: "title", value: "Engineer" }],
    });
    await stage.settling.accept(stage.ada({ title: null }, Date.now() - 40_000));
    await stage.settling.plan(user);
    expect(await stage.settling.settle(user)).toMatchObject({ outcome: "updated" });
    expect((await stage.target.users())[0]).not.toHaveProperty("title");
  });

  it("statement 21: a create whose reply was lost is found again and not made twice", async () => {
    const user = await stage.join();
    stage.proxy.next("write", { kind: "drop-after" });
    expect(await failure(stage.settling.settle(user))).toBe("reply_lost");
    expect(await stage.settling.account(user)).toMatchObject({
      existence: "maybe",
      state: "failing",
      code: "reply_lost",
    });
    await stage.proxy.settled();
    expect(await stage.settling.settle(user)).toMatchObject({ state: "settled" });
    expect(await stage.settling.account(user)).toMatchObject({
      existence: "known",
      linkOrigin: "created",
      state: "settled",
    });
    expect(await stage.target.users()).toHaveLength(1);
  });

  it.each([
    ["create", {}],
    ["update", { title: "Engineer" }],
  ])(
    "statement 27: a value that went out with a lost %s and was cleared meanwhile is removed",
    async (verb, first) => {
      const user = await stage.settling.accept(stage.ada(verb === "create" ? { title: "Secret" } : {}));
      await stage.settling.plan(user);
      if (verb === "update") {
        await stage.settling.settle(user);
        await stage.settling.accept(stage.ada(first, Date.now() - 50_000));
        await stage.settling.plan(user);
      }
      stage.proxy.next("write", { kind: "drop-after" });
      expect(await failure(stage.settling.settle(user))).toBe("reply_lost");
      await stage.proxy.settled();
      await stage.settling.accept(stage.ada({ title: null }, Date.now() - 40_000));
      await stage.settling.plan(user);
      expect(await stage.settling.settle(user)).toMatchObject({ outcome: "updated" });
      expect((await stage.target.users())[0]).not.toHaveProperty("title");
    },
  );

  it("nothing found counts only after the visibility delay: until then nothing is created again", async () => {
    const user = await stage.join();
    stage.proxy.next("write", { kind: "drop-before" });
    expect(await failure(stage.settling.settle(user))).toBe("reply_lost");
    expect(await failure(stage.settling.settle(user))).toBe("not_visible_yet");
    expect(stage.writes()).toHaveLength(1);
    await stage.settling.pass(31_000);
    expect(await stage.settling.settle(user)).toMatchObject({ outcome: "created" });
    expect(await stage.target.users()).toHaveLength(1);
  });

  it.each([
    ["the default policy", "", "disabled", false],
    ["preset wso2", "    deprovision: wso2", "deleted", null],
  ])(
    "a user deleted while the reply was lost loses the account under %s, also when it shows only 20 s later",
    async (_name, extra, outcome, active) => {
      await stage.configure(extra);
      const user = await stage.join();
      stage.proxy.next("write", { kind: "drop-after" });
      await failure(stage.settling.settle(user));
      await stage.proxy.settled();
      await stage.settling.accept(deletion("u-1", { at: Date.now() - 1_000 }));
      const plan = await stage.settling.plan(user);
      expect(plan.lanes).toEqual([expect.objectContaining({ verb: "remove", urgent: true, priority: 1 })]);
      stage.proxy.next("read", invisible);
      await stage.settling.pass(20_000);
      expect(await failure(stage.settling.settle(user))).toBe("not_visible_yet");
      expect(await stage.settling.settle(user)).toMatchObject({ outcome });
      const [remote] = await stage.target.users();
      if (active === null) expect(remote).toBeUndefined();
      else expect(remote).toMatchObject({ active });
      expect(await stage.settling.account(user)).toMatchObject({
        remoteId: active === null ? null : remote?.["id"],
      });
    },
  );

  it("statement 23: a user who leaves before anything was created causes no call", async () => {
    const user = await stage.join();
    await stage.settling.accept(deletion("u-1", { at: Date.now() - 1_000 }));
    await stage.settling.plan(user);
    expect(await stage.settling.settle(user)).toMatchObject({ outcome: "closed" });
    expect(stage.proxy.requests()).toEqual([]);
    expect(await stage.settling.account(user)).toMatchObject({ state: "removed", existence: "none" });
  });

  it("statement 24: an account that is already gone counts as removed", async () => {
    await stage.configure("    deprovision: wso2");
    const user = await stage.join();
    await stage.settling.settle(user);
    const remoteId = String((await stage.target.users())[0]?.["id"]);
    await stage.deleteRemote(remoteId);
    await stage.settling.accept(deletion("u-1", { at: Date.now() - 1_000 }));
    await stage.settling.plan(user);
    expect(await stage.settling.settle(user)).toMatchObject({ outcome: "absent", state: "removed" });
  });

  it("an account deleted behind our back is created again by the next update", async () => {
    const user = await stage.join();
    await stage.settling.settle(user);
    const remoteId = String((await stage.target.users())[0]?.["id"]);
    await stage.deleteRemote(remoteId);
    await stage.settling.accept(stage.ada({ title: "Engineer" }, Date.now() - 50_000));
    await stage.settling.plan(user);
    expect(await stage.settling.settle(user)).toMatchObject({ outcome: "created" });
    expect(await stage.target.users()).toEqual([
      expect.objectContaining({ userName: "ada", title: "Engineer" }),
    ]);
  });
});
