import { describe, expect, it } from "@jest/globals";
import { callContext } from "../support/call-context.js";
import { failureOf } from "../support/failure-of.js";
import { userNameOf, type Harness } from "./harness.js";

/** Updating, disabling and deleting accounts. */
export function describeChanging(on: Harness): void {
  describe("updating", () => {
    it("sends the changed attribute only and leaves the others as they are", async () => {
      const { account, remote, id } = await on.created();
      const { attribute, value } = on.profile.changed;
      const change = { set: { [attribute]: value }, clear: [] };
      await on.connector.update(id, change, on.observed(remote), callContext());
      const writes = on.proxy.requests().filter(({ method }) => method !== "GET");
      expect(writes.flatMap((request) => on.profile.writtenBy(request))).toEqual([attribute]);
      expect((await on.held(id)).attributes).toMatchObject({ ...account.attributes, [attribute]: value });
    });

    it("makes no call when nothing differs", async () => {
      const { remote, id } = await on.created();
      await on.connector.update(id, { set: {}, clear: [] }, on.observed(remote), callContext());
      expect(on.proxy.requests()).toEqual([]);
    });

    it("removes a cleared attribute instead of blanking it, and may clear it again", async () => {
      const { account, remote, id } = await on.created();
      const change = { set: {}, clear: [on.profile.cleared] };
      await on.connector.update(id, change, on.observed(remote), callContext());
      const after = await on.held(id);
      expect(after.attributes).not.toHaveProperty([on.profile.cleared]);
      expect(after.userName).toBe(userNameOf(account));
      await on.connector.update(id, change, on.observed(after), callContext());
      expect((await on.held(id)).attributes).not.toHaveProperty([on.profile.cleared]);
    });

    it("disables and enables without touching anything else", async () => {
      const { account, remote, id } = await on.created();
      await on.connector.update(
        id,
        { set: {}, clear: [], active: false },
        on.observed(remote),
        callContext(),
      );
      const disabled = await on.held(id);
      expect(disabled.active).toBe(false);
      expect(disabled.attributes).toMatchObject(account.attributes);
      await on.connector.update(
        id,
        { set: {}, clear: [], active: true },
        on.observed(disabled),
        callContext(),
      );
      expect((await on.held(id)).active).toBe(true);
    });

    it("reports an account that is gone as absent", async () => {
      const { remote, id } = await on.created();
      await on.connector.remove(id, callContext());
      const change = { set: {}, clear: [], active: false };
      const error = await failureOf(on.connector.update(id, change, on.observed(remote), callContext()));
      expect(error).toMatchObject({ code: "absent", class: "absent" });
    });
  });

  describe("deleting", () => {
    it("deletes, and calls it absent the second time", async () => {
      const { account, id } = await on.created();
      expect(await on.connector.remove(id, callContext())).toBe("deleted");
      expect(await on.connector.get(id, callContext())).toBeNull();
      expect(await on.byKey(account)).toEqual([]);
      expect(await on.connector.remove(id, callContext())).toBe("absent");
    });

    it("finds out after a lost reply that the account is gone", async () => {
      const { id } = await on.created();
      on.proxy.next("write", { kind: "drop-after" });
      const error = await failureOf(on.connector.remove(id, callContext()));
      expect(error).toMatchObject({ code: "reply_lost", sent: "maybe" });
      expect(await on.connector.remove(id, callContext())).toBe("absent");
    });
  });
}
