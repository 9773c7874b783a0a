import { describe, expect, it } from "@jest/globals";
import { databaseKinds } from "../setup/databases.js";
import { deletion, userEvent } from "../support/events.js";
import { failure, useStage } from "./stage.js";

describe.each(databaseKinds)("an account that was there before us on %s", (kind) => {
  const stage = useStage(kind);

  describe("an account that exists already", () => {
    const seed = async (body: Record<string, unknown>): Promise<void> => {
      const answer = await fetch(`${stage.target.url}/Users`, {
        method: "POST",
        headers: { authorization: "Bearer target-token", "content-type": "application/scim+json" },
        body: JSON.stringify({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], ...body }),
      });
      expect(answer.status).toBe(201);
    };

    it("statement 24: is adopted when nobody manages it, and gets our external id", async () => {
      await seed({ userName: "ada", title: "Kept" });
      const user = await stage.join();
      expect(await stage.settling.settle(user)).toMatchObject({ outcome: "adopted" });
      expect(await stage.target.users()).toEqual([
        expect.objectContaining({
          externalId: "u-1",
          name: expect.objectContaining({ givenName: "Ada" }),
          title: "Kept",
        }),
      ]);
    });

    it("is parked as a conflict when another system manages it, and is left untouched", async () => {
      await seed({ userName: "ada", externalId: "other-system" });
      const user = await stage.join();
      expect(await failure(stage.settling.settle(user))).toBe("conflict for good");
      expect(await stage.settling.account(user)).toMatchObject({
        state: "parked",
        code: "conflict",
        existence: "none",
      });
      expect(await stage.target.users()).toEqual([expect.objectContaining({ externalId: "other-system" })]);
      expect((await stage.settling.plan(user)).lanes).toEqual([]);
    });

    it("is never adopted for a second user, linked or left behind by a former one", async () => {
      const first = await stage.join();
      await stage.settling.settle(first);
      const second = await stage.settling.accept(userEvent("u-2", { registers: { userName: "ada" } }));
      await stage.configure("    adopt: always");
      await stage.settling.plan(second);
      expect(await failure(stage.settling.settle(second))).toBe("linked_to_other_user for good");
      await stage.settling.accept(deletion("u-1"));
      await stage.settling.plan(first);
      await stage.settling.settle(first);
      await stage.settling.accept(userEvent("u-2", { registers: { userName: "ada", title: "New" } }));
      await stage.settling.plan(second);
      expect(await failure(stage.settling.settle(second))).toBe("linked_to_former_user for good");
    });

    it("is adopted for a user who signed up only by external id", async () => {
      await seed({ userName: "ada" });
      const user = await stage.settling.accept(
        userEvent("u-1", { registers: { userName: "ada" }, enrolment: { selfService: true } }),
      );
      await stage.settling.plan(user);
      expect(await failure(stage.settling.settle(user))).toBe("conflict for good");
    });
  });
});
