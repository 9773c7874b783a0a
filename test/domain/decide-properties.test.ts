import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Account } from "../../src/domain/account.js";
import { hasAccount, newAccount } from "../../src/domain/account.js";
import type { Configuration, Connection } from "../../src/domain/configuration.js";
import type { Decision, UserFacts } from "../../src/domain/decide.js";
import { decide } from "../../src/domain/decide.js";
import { reasonText } from "../../src/domain/reasons.js";
import { hasWork } from "../../src/domain/work.js";
import { accounts, configurations, userFacts } from "./arbitrary-decisions.js";
import { now, settledAt, wishOf } from "./builders.js";
import { frozen } from "./timed.js";

const situations = fc.record({ configuration: configurations, facts: userFacts, accounts });

/** Selection read aloud, without the code under test. */
const isSelected = (configuration: Configuration, facts: UserFacts, connection: string): boolean =>
  facts.view.enrolments.some(({ kind, application }) => {
    const own = configuration.applications.find((one) => one.id === application)?.provisioners;
    const list = kind !== "organization" && own ? own : configuration.provisioners;
    return list.connections.some((entry) => entry.connection === connection && (kind !== "jit" || entry.jit));
  });

/** The table of the design's section 4 read aloud: the first row that fits holds. */
const verbByTable = (
  configuration: Configuration,
  connection: Connection,
  facts: UserFacts,
  account: Account | null,
): Decision["want"]["verb"] => {
  const { deprovision, groupFilter } = connection;
  const filter = groupFilter ?? [];
  const inScope = groupFilter === null || filter.some((group) => facts.groups.has(group));
  const selected = isSelected(configuration, facts, connection.id);
  const removal = (kind: string) => (kind === "keep" ? ("none" as const) : ("remove" as const));
  if (!connection.enabled) return "none";
  if (!facts.view.exists) return hasAccount(account) ? removal(deprovision.deleted.kind) : "none";
  if (groupFilter !== null && !filter.some((group) => facts.seenGroups.has(group))) return "none";
  if (hasAccount(account) && !inScope) return removal(deprovision.outOfScope.kind);
  if (selected && inScope) return facts.view.enabled || hasAccount(account) ? "ensure" : "none";
  if (hasAccount(account)) return deprovision.deselected === "keep" ? "ensure" : "remove";
  return "none";
};

const settleAll = (
  decisions: readonly Decision[],
  held: ReadonlyMap<string, Account>,
): Map<string, Account> =>
  new Map(
    decisions.map(({ connection, want }) => [
      connection,
      settledAt(held.get(connection) ?? newAccount(connection), want),
    ]),
  );

describe("decide", () => {
  it("statement 6: gives every configured connection exactly one decision, with at least one reason in words", () => {
    fc.assert(
      fc.property(situations, ({ configuration, facts, accounts: held }) => {
        const decisions = decide(configuration, facts, held, now);
        expect(decisions.map((one) => one.connection)).toEqual(
          configuration.connections.map((one) => one.id),
        );
        for (const { reasons } of decisions) {
          expect(reasons.length).toBeGreaterThan(0);
          for (const reason of reasons) expect(reasonText(reason)).not.toBe("");
        }
      }),
      { numRuns: 200 },
    );
  });

  it("follows the table of the design for any user, configuration and account", () => {
    fc.assert(
      fc.property(situations, ({ configuration, facts, accounts: held }) => {
        for (const [at, decision] of decide(configuration, facts, held, now).entries()) {
          const connection = configuration.connections[at]!;
          const account = held.get(connection.id) ?? null;
          expect(decision.want.verb).toBe(verbByTable(configuration, connection, facts, account));
        }
      }),
      { numRuns: 400 },
    );
  });

  it("is deterministic, and writes to nothing it is given", () => {
    fc.assert(
      fc.property(situations, ({ configuration, facts, accounts: held }) => {
        const given = [frozen(configuration), { ...facts, view: frozen(facts.view) }, held, now] as const;
        for (const account of held.values()) frozen(account);
        const first = decide(...given);
        expect(decide(...given)).toEqual(first);
        const copied = structuredClone({ configuration, facts, held });
        expect(decide(copied.configuration, copied.facts, copied.held, now)).toEqual(first);
      }),
      { numRuns: 100 },
    );
  });

  it("statement 7: decides each connection as if the others did not exist", () => {
    fc.assert(
      fc.property(situations, ({ configuration, facts, accounts: held }) => {
        for (const [at, decision] of decide(configuration, facts, held, now).entries()) {
          const connection = configuration.connections[at]!;
          const own = new Map([...held].filter(([id]) => id === connection.id));
          expect(decide({ ...configuration, connections: [connection] }, facts, own, now)).toEqual([
            decision,
          ]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("creates no account for a user who is gone, disabled, out of scope or not selected", () => {
    fc.assert(
      fc.property(situations, ({ configuration, facts }) => {
        for (const [at, { want }] of decide(configuration, facts, new Map(), now).entries()) {
          const { id, groupFilter } = configuration.connections[at]!;
          if (want.verb === "none") continue;
          expect(want).toMatchObject({ verb: "ensure", active: true });
          expect(facts.view.exists && facts.view.enabled && isSelected(configuration, facts, id)).toBe(true);
          expect(groupFilter === null || groupFilter.some((group) => facts.groups.has(group))).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("never removes what does not exist", () => {
    fc.assert(
      fc.property(situations, ({ configuration, facts, accounts: held }) => {
        for (const { connection, want } of decide(configuration, facts, held, now))
          if (want.verb === "remove") expect(hasAccount(held.get(connection) ?? null)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe("settling what was decided", () => {
  it("leaves no work behind: settling a settled account makes no call", () => {
    fc.assert(
      fc.property(situations, ({ configuration, facts, accounts: held }) => {
        const settled = settleAll(decide(configuration, facts, held, now), held);
        for (const [at, { connection, want }] of decide(configuration, facts, settled, now).entries()) {
          const account = settled.get(connection) ?? null;
          const { enabled } = configuration.connections[at]!;
          expect({
            connection,
            works: hasWork(want, wishOf(want), account, { connectionEnabled: enabled, released: false }),
          }).toEqual({
            connection,
            works: false,
          });
        }
      }),
      { numRuns: 400 },
    );
  });

  it("statement 9: a deletion reaches every account there is, whatever selected the connection", () => {
    fc.assert(
      fc.property(situations, ({ configuration, facts, accounts: held }) => {
        const settled = settleAll(decide(configuration, facts, held, now), held);
        const gone: UserFacts = { ...facts, view: { ...facts.view, exists: false, enrolments: [] } };
        for (const [at, { connection, want }] of decide(configuration, gone, settled, now).entries()) {
          const { enabled, deprovision } = configuration.connections[at]!;
          const reached =
            enabled && deprovision.deleted.kind !== "keep" && hasAccount(settled.get(connection)!);
          expect(want.verb).toBe(reached ? "remove" : "none");
        }
      }),
      { numRuns: 100 },
    );
  });
});
