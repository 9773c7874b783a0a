import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { AccountView } from "../../src/http/account-view.js";
import { databaseKinds } from "../setup/databases.js";
import type { Page, Stage } from "./stage.js";
import { openStage } from "./stage.js";
import { hold, restAccounts } from "./account-support.js";
import { adminToken } from "./support.js";

describe.each(databaseKinds)("accounts on %s", (kind) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage(kind);
  });
  afterAll(() => stage.close());

  const holdState = async (id: string) =>
    (
      await stage.database.db
        .selectFrom("holds")
        .select("state")
        .where("id", "=", id)
        .executeTakeFirstOrThrow()
    ).state;
  const users: string[] = [];
  beforeAll(async () => {
    for (let at = 0; at < 7; at += 1) users.push(await stage.joiner(`paged-${at}`));
    for (const [at, user] of users.entries())
      await restAccounts(stage.database.db, user, {
        wiki: at < 5 ? { state: "parked", code: "mapping_incomplete" } : { state: "settled" },
      });
  });

  it("are listed by state and code, page by page, each once", async () => {
    const found: AccountView[] = [];
    let cursor = "";
    const sizes: number[] = [];
    for (;;) {
      const path = `/accounts?connection=wiki&state=parked&code=mapping_incomplete&limit=2${cursor}`;
      const page = await stage.ask<Page<AccountView>>("GET", path);
      found.push(...page.items);
      sizes.push(page.items.length);
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(sizes).toEqual([2, 2, 1]);
    expect(found.map((account) => account.user).sort()).toEqual([...users.slice(0, 5)].sort());
    expect(found[0]).toMatchObject({ code: "mapping_incomplete", class: "rejected", state: "parked" });
  });

  it("a full last page has no cursor", async () => {
    const page = await stage.ask<Page<AccountView>>(
      "GET",
      "/accounts?state=parked&code=mapping_incomplete&limit=5",
    );
    expect([page.items.length, page.nextCursor]).toEqual([5, null]);
  });

  it("are resent by filter: marked, users woken at operator priority, others untouched", async () => {
    stage.onCommitted.mockClear();
    const body = { reason: "the mapping was mended", state: "parked", code: "mapping_incomplete" };
    expect(await stage.ask("POST", "/accounts/resend", body)).toEqual({ accounts: 5, users: 5 });
    for (const user of users.slice(0, 5)) {
      expect((await stage.accountAt(user)).marked).toBe(true);
      expect((await stage.waiting(user))?.priority).toBe(2);
    }
    expect((await stage.accountAt(users[5] ?? "")).marked).toBe(false);
    expect(await stage.waiting(users[5] ?? "")).toBeUndefined();
    expect(stage.onCommitted).toHaveBeenCalled();
  });

  it("are resent by id, those of other organizations being left alone", async () => {
    const account = await stage.accountAt(users[6] ?? "");
    const path = "/v1/organizations/other/accounts/resend";
    const headers = { authorization: `Bearer ${adminToken}` };
    const elsewhere = await stage.app.inject({
      method: "POST",
      url: path,
      headers,
      payload: { reason: "x", ids: [account.id] },
    });
    expect(elsewhere.json()).toEqual({ accounts: 0, users: 0 });
    expect(await stage.ask("POST", "/accounts/resend", { reason: "x", ids: [account.id] })).toEqual({
      accounts: 1,
      users: 1,
    });
  });

  it("resending takes up a cancelled removal, and leaves an open hold to a person (promise 9)", async () => {
    const [cancelled, open] = [await stage.joiner("cancelled"), await stage.joiner("open")];
    const [first, second] = [
      await hold(stage.database.db, cancelled, "wiki"),
      await hold(stage.database.db, open, "wiki"),
    ];
    await stage.ask("POST", "/holds/cancel", { reason: "a mistake", ids: [first] });
    await stage.ask("POST", "/accounts/resend", { reason: "it was none", all: true });
    expect([await holdState(first), await holdState(second)]).toEqual(["void", "open"]);
    await stage.ask("POST", "/holds/cancel", { reason: "done", ids: [second] });
  });
});
