import { describe, expect, it } from "@jest/globals";
import { setConnectionState } from "../../src/store/connection-states.js";
import { databaseKinds } from "../setup/databases.js";
import { scimConfiguration } from "../support/configuration.js";
import { failure, useStage } from "./stage.js";

describe.each(databaseKinds)("failures of one attempt on %s", (kind) => {
  const stage = useStage(kind);

  it("a required attribute without a value parks the account before any call", async () => {
    await stage.configure("    mapping: { userName: { path: title } }");
    const user = await stage.join();
    expect(await stage.settling.settle(user)).toMatchObject({ state: "parked", code: "mapping_incomplete" });
    expect(stage.proxy.requests()).toEqual([]);
  });

  it("a refused request is parked and never repeated by itself; a new wish takes it up again", async () => {
    const user = await stage.join();
    stage.proxy.next("write", {
      kind: "answer",
      status: 400,
      headers: { "content-type": "application/scim+json" },
      body: "{}",
    });
    expect(await failure(stage.settling.settle(user))).toBe("rejected for good");
    expect((await stage.settling.plan(user)).lanes).toEqual([]);
    await stage.settling.accept(stage.ada({ title: "Engineer" }, Date.now() - 40_000));
    expect((await stage.settling.plan(user)).lanes).toHaveLength(1);
    expect(await stage.settling.settle(user)).toMatchObject({ outcome: "created" });
  });

  it("Retry-After becomes the delay of the next try", async () => {
    const user = await stage.join();
    stage.proxy.next("write", { kind: "answer", status: 429, headers: { "retry-after": "7" } });
    await expect(stage.settling.settle(user)).rejects.toMatchObject({
      judged: { code: "throttled", retry: true, delayMs: 7_000 },
    });
    expect(await stage.settling.account(user)).toMatchObject({ existence: "none", attempts: 1 });
  });

  it("gives up after the configured time since the first real failure, and parks", async () => {
    await stage.configure("    retry: { giveUpAfter: PT1H }");
    const user = await stage.join();
    const busy = { kind: "answer", status: 503, headers: {} } as const;
    stage.proxy.next("read", busy, busy);
    expect(await failure(stage.settling.settle(user))).toBe("target_error");
    await stage.settling.pass(3_700_000);
    expect(await failure(stage.settling.settle(user))).toBe("gave_up for good");
    expect(await stage.settling.account(user)).toMatchObject({ state: "parked", code: "gave_up" });
  });

  it("refused credentials quarantine the connection, and no further call is made", async () => {
    await stage.settling.configure(
      scimConfiguration([{ id: "demo", url: stage.proxy.url }]).replace(
        "env:TARGET_TOKEN",
        "env:WRONG_TOKEN",
      ),
    );
    const user = await stage.join();
    expect(await failure(stage.settling.settle(user))).toBe("credentials_refused");
    stage.proxy.forget();
    expect(await failure(stage.settling.settle(user))).toBe("connection_inactive");
    expect(stage.proxy.requests()).toEqual([]);
    expect(await stage.settling.account(user)).toMatchObject({
      state: "failing",
      code: "credentials_refused",
    });
  });

  it("a paused connection burns no attempt", async () => {
    const user = await stage.join();
    await setConnectionState(stage.settling.db, "acme", "demo", {
      state: "paused",
      reason: "maintenance",
      author: "test",
    });
    expect(await failure(stage.settling.settle(user))).toBe("connection_inactive");
    expect(await stage.settling.account(user)).toMatchObject({ attempts: 0, state: "pending" });
  });
});
