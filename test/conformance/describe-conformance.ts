import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { failureOf } from "../support/failure-of.js";
import { describeChanging } from "./changing.js";
import { describeCreating } from "./creating.js";
import { describeFailing } from "./failing.js";
import { Harness } from "./harness.js";
import type { ConformanceProfile } from "./profile.js";

/**
 * What every connector promises, whatever stands behind it: run against a real server through a proxy that breaks
 * connections and answers at chosen moments.
 */
export function describeConformance(name: string, profile: ConformanceProfile): void {
  describe(`${name} keeps the promises of a connector`, () => {
    const on = new Harness(profile);
    beforeAll(() => on.start());
    beforeEach(() => {
      on.proxy.forget();
    });
    afterAll(() => on.stop());

    describeCreating(on);
    describeChanging(on);
    describeFailing(on);

    for (const { title, because, call, expected } of profile.limits) {
      it(`${title}, because ${because}`, async () => {
        const result = call(on.connector, { create: () => on.created() });
        if (expected === "succeeds") await result;
        else expect(await failureOf(result)).toMatchObject(expected);
      });
    }
  });
}
