import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { databaseKinds } from "../setup/databases.js";
import type { Page, Stage } from "./stage.js";
import { openStage } from "./stage.js";
import { adminToken } from "./support.js";

describe.each(databaseKinds)("users on %s", (kind) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage(kind);
  });
  afterAll(() => stage.close());

  it("are found by user name whatever its case, in this organization only", async () => {
    const user = await stage.joiner("Finder");
    const { items, nextCursor } = await stage.ask<Page<{ user: string }>>("GET", "/users?userName=fINDER");
    expect([items.map((one) => one.user), nextCursor]).toEqual([[user], null]);
    const elsewhere = await stage.app.inject({
      url: "/v1/organizations/other/users?userName=Finder",
      headers: { authorization: `Bearer ${adminToken}` },
    });
    expect(elsewhere.json()).toEqual({ items: [], nextCursor: null });
  });

  it("are shown by our key and by source and external id, values masked, with groups and accounts", async () => {
    const user = await stage.joiner("shown", { title: "Countess", groups: ["g-shown"] });
    const detail = await stage.ask<Record<string, unknown>>("GET", `/users/${user}`);
    expect(detail).toEqual({
      user,
      source: "hr",
      externalId: "shown",
      userName: "shown",
      version: 1,
      exists: true,
      enabled: true,
      disabled: false,
      locked: false,
      enrolments: [{ feed: "hr", application: null, kind: "organization", selfService: false }],
      attributes: { userName: "s•••", title: "C•••" },
      groups: ["hr:g-shown"],
      accounts: [expect.objectContaining({ connection: "wiki", state: "pending", user })],
    });
    expect(await stage.ask("GET", "/users/hr:shown")).toEqual(detail);
  });

  it("of another organization are not there", async () => {
    const user = await stage.joiner("foreign");
    for (const name of [user, "hr:foreign"]) {
      const response = await stage.app.inject({
        url: `/v1/organizations/other/users/${name}`,
        headers: { authorization: `Bearer ${adminToken}` },
      });
      expect([response.statusCode, response.json()]).toMatchObject([404, { code: "unknown_user" }]);
    }
  });

  it("are provisioned on demand: accounts marked, ahead of other changes, dispatcher woken", async () => {
    const user = await stage.joiner("on-demand");
    stage.onCommitted.mockClear();
    expect(await stage.ask("POST", `/users/hr:on-demand/provision`)).toEqual({
      user,
      version: 2,
      accounts: 1,
    });
    expect((await stage.accountAt(user)).marked).toBe(true);
    expect(await stage.waiting(user)).toEqual({ priority: 2, version: 2 });
    expect(stage.onCommitted).toHaveBeenCalledTimes(1);
  });
});
