import { describe, expect, it } from "@jest/globals";
import { callContext } from "../support/call-context.js";
import { failureOf } from "../support/failure-of.js";
import { userNameOf, type Harness } from "./harness.js";

/** Creating and finding accounts, also when the reply to a create is lost. */
export function describeCreating(on: Harness): void {
  describe("creating and finding", () => {
    it("creates a complete account and says what the target made of it", async () => {
      const { account, remote } = await on.created();
      expect(remote.id).not.toBe("");
      expect(remote.externalId).toBe(account.externalId);
      expect(remote.userName).toBe(userNameOf(account));
      expect(remote.active).toBe(true);
      expect((await on.held(remote.id)).attributes).toMatchObject(account.attributes);
    });

    it("creates an account that is disabled from the start", async () => {
      const { id } = await on.connector.create({ ...on.sample(), active: false }, callContext());
      expect((await on.held(id)).active).toBe(false);
    });

    it("finds an account by its external id and by its user name in any case", async () => {
      const { account, id } = await on.created();
      expect((await on.byKey(account)).map((found) => found.id)).toEqual([id]);
      expect((await on.byName(userNameOf(account))).map((found) => found.id)).toEqual([id]);
    });

    it("finds nobody who is not there", async () => {
      expect(await on.byKey(on.sample())).toEqual([]);
      expect(await on.byName(userNameOf(on.sample()))).toEqual([]);
      expect(await on.connector.get("no-such-account", callContext())).toBeNull();
    });

    it("gives what adoption needs: id, key, activity, time of creation, and takes our key", async () => {
      const before = Date.now();
      const { account, id } = await on.created();
      const [found] = await on.byName(userNameOf(account));
      expect(found).toMatchObject({ id, externalId: account.externalId, active: true });
      expect(found?.createdAt).toBeGreaterThanOrEqual(before - 1000);
      expect(found?.createdAt).toBeLessThanOrEqual(Date.now() + 1000);
      const key = `${account.externalId}-adopted`;
      await on.connector.update(id, { set: {}, clear: [], externalId: key }, found ?? null, callContext());
      expect((await on.byKey({ ...account, externalId: key })).map((match) => match.id)).toEqual([id]);
      expect(await on.byKey(account)).toEqual([]);
    });

    it("reports a second account of the same user name as a conflict, not made", async () => {
      const { account } = await on.created();
      const count = await on.target.count();
      const twin = { ...account, externalId: `${account.externalId}-twin` };
      const error = await failureOf(on.connector.create(twin, callContext()));
      expect(error).toMatchObject({ code: "conflict", sent: "answered", status: 409 });
      expect(await on.target.count()).toBe(count);
    });
  });

  describe("when the reply to a create is lost", () => {
    it("says that the target may have acted, and finds the account afterwards", async () => {
      const account = on.sample();
      on.proxy.next("write", { kind: "drop-after" });
      const error = await failureOf(on.connector.create(account, callContext()));
      expect(error).toMatchObject({ code: "reply_lost", class: "transient", sent: "maybe" });
      expect(await on.byKey(account)).toHaveLength(1);
    });

    it("says the same when nothing was made, since it cannot know", async () => {
      const account = on.sample();
      on.proxy.next("write", { kind: "drop-before" });
      const error = await failureOf(on.connector.create(account, callContext()));
      expect(error).toMatchObject({ code: "reply_lost", sent: "maybe" });
      expect(await on.byKey(account)).toEqual([]);
    });

    it("sends the create once, and never again by itself", async () => {
      on.proxy.next("write", { kind: "drop-after" });
      await failureOf(on.connector.create(on.sample(), callContext()));
      expect(on.proxy.requests().filter(({ method }) => method !== "GET")).toHaveLength(1);
    });
  });
}
