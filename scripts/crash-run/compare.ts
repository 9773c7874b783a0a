import type { ExpectedAttributes, Expectation, Expectations } from "./oracle.js";
import { flatAttributes } from "./oracle.js";
import type { JsonRecord, JsonValue } from "./posted-event.js";
import type { TargetAccount } from "./target-call.js";

/** How the accounts of one connection stand to what is expected. */
export interface Comparison {
  readonly connection: string;
  readonly users: number;
  /** Accounts that must be there. */
  readonly expected: number;
  /** Accounts that are there. */
  readonly found: number;
  readonly active: number;
  readonly missing: readonly string[];
  /** Users with more than one account. */
  readonly twice: readonly string[];
  /** Accounts that differ from what is expected, with what differs. */
  readonly differing: readonly string[];
  /** Accounts that must not be there: of nobody, or of a user who could never have one. */
  readonly surplus: readonly string[];
}

const own = new Set(["id", "externalId", "active", "meta", "schemas", "groups"]);

const canonical = (value: JsonValue | undefined): string =>
  JSON.stringify(value, (_key, held: JsonValue) =>
    typeof held === "object" && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([left], [right]) => (left < right ? -1 : 1)))
      : held,
  );

const attributesOf = (account: TargetAccount): JsonRecord =>
  flatAttributes(
    Object.fromEntries(Object.entries(account).filter(([name]) => !own.has(name))) as JsonRecord,
  );

/** Names of the attributes in which an account is not as expected. */
function attributesApart(account: TargetAccount, expected: ExpectedAttributes): readonly string[] {
  const held = attributesOf(account);
  const names = new Set([...Object.keys(held), ...Object.keys(expected.attributes)]);
  return [...names].filter((name) => {
    if (canonical(held[name]) === canonical(expected.attributes[name])) return false;
    const fallback = expected.defaults[name];
    return fallback === undefined || canonical(held[name]) !== canonical(fallback);
  });
}

function differences(account: TargetAccount, expectation: Expectation): readonly string[] {
  if (expectation.kind === "none" || expectation.kind === "kept") return [];
  const active = expectation.kind === "active";
  const switched = (account["active"] !== false) === active ? [] : ["active"];
  return "attributes" in expectation ? [...switched, ...attributesApart(account, expectation)] : switched;
}

/** Holds the accounts of one target against what the oracle expects there. Messages name ids and attributes only. */
export function compareAccounts(
  connection: string,
  expectations: Expectations,
  accounts: readonly TargetAccount[],
): Comparison {
  const byUser = Map.groupBy(accounts, (account) => String(account["externalId"]));
  const expected = new Map(
    [...expectations].map(([id, all]): [string, Expectation] => [
      id,
      all.get(connection) ?? { kind: "none" },
    ]),
  );
  const due = [...expected].filter(([, { kind }]) => kind === "active").map(([id]) => id);
  const kindOf = (id: string) => expected.get(id)?.kind ?? "none";
  const differing = [...byUser].flatMap(([id, held]) => {
    const expectation = expected.get(id);
    const apart = expectation === undefined ? [] : held.flatMap((one) => differences(one, expectation));
    return apart.length === 0 ? [] : [`${id} (${kindOf(id)}): ${[...new Set(apart)].join(", ")}`];
  });
  return {
    connection,
    users: expected.size,
    expected: due.length,
    found: accounts.length,
    active: accounts.filter((account) => account["active"] !== false).length,
    missing: due.filter((id) => !byUser.has(id)),
    twice: [...byUser].filter(([, held]) => held.length > 1).map(([id]) => id),
    differing,
    surplus: [...byUser.keys()].filter((id) => kindOf(id) === "none"),
  };
}

/** Whether a target is exactly as expected. */
export function isExact({ missing, twice, differing, surplus }: Comparison): boolean {
  return [missing, twice, differing, surplus].every((list) => list.length === 0);
}
