import { beforeEach, describe, expect, it } from "@jest/globals";
import { databaseKinds } from "../setup/databases.js";
import { scimConfiguration } from "../support/configuration.js";
import type { Fault } from "../support/fault-proxy.js";
import { usePartialFailure } from "./partial-failure-stage.js";

const refused: Fault = { kind: "answer", status: 400, headers: {} };

describe.each(databaseKinds)("partial failure on %s", (kind) => {
  const { on, configure, titled, run, states, open, holds, word, halfJoined } = usePartialFailure(kind);

  it("continue: what worked stays, the failed account is parked and can be sent again", async () => {
    await configure("continue");
    const user = await halfJoined();
    expect(await on.settling.plan(user)).toMatchObject({ lanes: [], standing: null });
    expect([(await on.first.users()).length, await open()]).toEqual([1, 0]);
    expect(await states(user)).toEqual(["settled", null, "parked", "rejected"]);
  });

  it("an optional entry triggers nothing", async () => {
    const text = scimConfiguration([
      { id: "first", url: on.proxies.first.url },
      { id: "second", url: on.proxies.second.url },
    ])
      .replace("onPartialFailure: continue", "onPartialFailure: compensate")
      .replace("{ connection: second,", "{ connection: second, optional: true,");
    await on.settling.configure(text);
    const user = await halfJoined();
    expect(await on.settling.plan(user)).toMatchObject({ lanes: [], standing: null });
    expect([(await on.first.users()).length, await open()]).toEqual([1, 0]);
  });

  describe("hold", () => {
    beforeEach(() => configure("hold"));

    it("asks a person once; retry completes", async () => {
      const user = await halfJoined();
      expect(await on.settling.plan(user)).toMatchObject({ lanes: [], standing: "held" });
      await on.settling.plan(user);
      expect([(await holds()).length, await open()]).toEqual([1, 0]);
      expect(await word("released")).toMatchObject({ holds: 0 });
      expect(await word("retried")).toMatchObject({ holds: 1 });
      expect(await run(user)).toEqual(["no failure"]);
      expect(await states(user)).toEqual(["settled", null, "settled", null]);
    });

    it("asks again when the retry fails too", async () => {
      const user = await halfJoined();
      await on.settling.plan(user);
      await word("retried");
      on.proxies.second.next("write", refused);
      await run(user);
      expect(await holds()).toHaveLength(1);
    });

    it("skip closes it and leaves everything as it is", async () => {
      const user = await halfJoined();
      await on.settling.plan(user);
      expect(await word("skipped")).toMatchObject({ holds: 1 });
      expect(await run(user)).toEqual([]);
      expect([await holds(), await states(user)]).toEqual([[], ["settled", null, "parked", "rejected"]]);
    });

    it("a newer wish voids it", async () => {
      const user = await halfJoined();
      await on.settling.plan(user);
      await on.settling.accept(titled("Countess"));
      await on.settling.plan(user);
      expect(await holds()).toEqual([]);
    });
  });
});
