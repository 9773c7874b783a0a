import { describe, expect, it } from "@jest/globals";
import { recordAttempt, writeClaim } from "../../src/store/attempts.js";
import { databaseKinds } from "../setup/databases.js";
import { deletion } from "../support/events.js";
import { failure, useStage } from "./stage.js";

describe.each(databaseKinds)("one writer per account on %s", (kind) => {
  const stage = useStage(kind);

  describe("one writer per account", () => {
    it("no call begins while another claim is live", async () => {
      const user = await stage.join();
      const attempts = await Promise.all([1, 2, 3].map(() => failure(stage.settling.settle(user))));
      expect(attempts.filter((result) => result === "no failure").length).toBeGreaterThanOrEqual(1);
      expect(attempts.filter((result) => result !== "no failure" && result !== "busy")).toEqual([]);
      expect(stage.writes()).toHaveLength(1);
    });

    it("a claim that expired unreleased is waited out, then the account is read before it is written", async () => {
      const user = await stage.join();
      await stage.settling.settle(user);
      await stage.settling.accept(stage.ada({ title: "Engineer" }, Date.now() - 50_000));
      await stage.settling.plan(user);
      const { id, remoteId } = await stage.settling.account(user);
      await writeClaim(stage.settling.db, id, "00000000-0000-4000-8000-000000000001", 30_000);
      expect(await failure(stage.settling.settle(user))).toBe("busy");
      await stage.settling.pass(31_000);
      expect(await failure(stage.settling.settle(user))).toBe("busy");
      expect(await stage.settling.account(user)).toMatchObject({ uncertain: true });
      await stage.settling.pass(20_000);
      stage.proxy.forget();
      expect(await stage.settling.settle(user)).toMatchObject({ outcome: "updated" });
      expect(stage.proxy.requests().map(({ method, path }) => [method, path])).toEqual([
        ["GET", `/Users/${String(remoteId)}`],
        ["PATCH", `/Users/${String(remoteId)}`],
      ]);
      expect(await stage.settling.account(user)).toMatchObject({ uncertain: false, claimToken: null });
    });

    it("a holder that finds its token gone writes no outcome, leaves the account uncertain and wakes the user", async () => {
      const user = await stage.join();
      await stage.settling.settle(user);
      const account = await stage.settling.account(user);
      await writeClaim(stage.settling.db, account.id, "00000000-0000-4000-8000-000000000002", 30_000);
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
        keyword: null,
        status: null,
        attempt: 1,
        sent: null,
        reasons: [],
        durationMs: 1,
      };
      const token = "00000000-0000-4000-8000-000000000001";
      const kept = await recordAttempt(stage.settling.db, {
        accountId: account.id,
        token,
        episode: account.episode,
        version: 1,
        patch: { state: "settled", wish: "late" },
        undoing: false,
        journal: entry,
      });
      expect(kept).toBe(false);
      expect(await stage.settling.account(user)).toMatchObject({ uncertain: true, wish: account.wish });
      expect((await stage.settling.plan(user)).lanes).toHaveLength(1);
    });
  });

  it("an attempt that looked at an older version cannot settle a newer plan", async () => {
    const user = await stage.join();
    await stage.settling.settle(user);
    await stage.settling.accept(stage.ada({ title: "Engineer" }, Date.now() - 50_000));
    await stage.settling.plan(user);
    const account = await stage.settling.account(user);
    const token = "00000000-0000-4000-8000-000000000003";
    await writeClaim(stage.settling.db, account.id, token, 30_000);
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
      keyword: null,
      status: null,
      attempt: 1,
      sent: null,
      reasons: [],
      durationMs: 1,
    };
    await recordAttempt(stage.settling.db, {
      accountId: account.id,
      token,
      episode: account.episode,
      version: 1,
      patch: { state: "settled" },
      undoing: false,
      journal,
    });
    expect(await stage.settling.account(user)).toMatchObject({ state: "pending" });
    const open = await stage.settling.db
      .selectFrom("episodes")
      .select("id")
      .where("closed_at", "is", null)
      .execute();
    expect(open).toHaveLength(1);
  });

  it("an abandoned claim on an account that was never made leaves nothing uncertain behind", async () => {
    const user = await stage.join();
    const { id } = await stage.settling.account(user);
    await writeClaim(stage.settling.db, id, "00000000-0000-4000-8000-000000000004", 30_000);
    await stage.settling.accept(deletion("u-1", { at: Date.now() - 1_000 }));
    await stage.settling.plan(user);
    await stage.settling.pass(51_000);
    expect(await stage.settling.settle(user)).toMatchObject({ outcome: "closed", state: "removed" });
    expect(await stage.settling.account(user)).toMatchObject({ uncertain: false, claimToken: null });
  });
});
