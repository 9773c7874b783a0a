import { expect } from "@jest/globals";
import type { Expectation } from "../../scripts/crash-run/oracle.js";
import type { Account } from "../../src/domain/account.js";
import { newAccount } from "../../src/domain/account.js";
import type { Configuration } from "../../src/domain/configuration.js";
import type { Decision, UserFacts } from "../../src/domain/decide.js";
import { decide } from "../../src/domain/decide.js";

const accountAt = (connection: string): Account => ({
  ...newAccount(connection),
  existence: "known",
  state: "settled",
  remoteId: "remote-1",
  active: true,
  allowed: "all",
});

/** The decisions about a user who has no account yet, and about one who has one everywhere. */
export function bothDecisions(configuration: Configuration, facts: UserFacts) {
  const accounts = new Map(configuration.connections.map(({ id }) => [id, accountAt(id)]));
  const byConnection = (decisions: readonly Decision[]) =>
    new Map(decisions.map((one) => [one.connection, one]));
  return {
    without: byConnection(decide(configuration, facts, new Map(), 0)),
    holding: byConnection(decide(configuration, facts, accounts, 0)),
  };
}

/** Fails when what `decide` wants is not what the oracle expects of the same events. */
export function expectAgreement(
  expected: ReadonlyMap<string, Expectation>,
  decisions: ReturnType<typeof bothDecisions>,
): void {
  for (const [connection, expectation] of expected) {
    const without = decisions.without.get(connection)?.want;
    const holding = decisions.holding.get(connection);
    switch (expectation.kind) {
      case "none":
        expect(without).toEqual({ verb: "none" });
        break;
      case "left": {
        const cause = expectation.why === "gone" ? "deleted" : "out_of_scope";
        expect(without).toEqual({ verb: "none" });
        expect(holding?.want).toMatchObject({ verb: "remove", cause });
        break;
      }
      case "kept":
        expect(without).toEqual({ verb: "none" });
        expect(holding?.reasons.map((reason) => reason.code)).toContain("deselected_kept");
        break;
      default: {
        const { attributes, defaults } = expectation;
        const active = expectation.kind === "active";
        const ensured = { verb: "ensure", active, attributes, defaults, missing: [] };
        if (active) expect(without).toMatchObject(ensured);
        else expect(without).toEqual({ verb: "none" });
        expect(holding?.want).toMatchObject(ensured);
        // toMatchObject would let further attributes through.
        if (holding?.want.verb === "ensure") expect(holding.want.attributes).toEqual(attributes);
      }
    }
  }
}
