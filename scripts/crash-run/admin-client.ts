import { runNames } from "./configuration.js";

/** Accounts by state, over all connections. */
export type AccountCounts = Readonly<
  Record<"pending" | "settled" | "failing" | "held" | "parked" | "removed", number>
>;

/** An account as the admin interface lists it, as far as the run looks at it. */
export interface ListedAccount {
  readonly user: string;
  readonly connection: string;
  readonly state: string;
  readonly code: string | null;
  readonly existence: string;
  readonly uncertain: boolean;
}

/** What the run asks a running system. Every call rejects while the system is down. */
export interface AdminClient {
  counts(): Promise<AccountCounts>;
  /** Rows that wait in the outbox. */
  waiting(): Promise<number>;
  accounts(): Promise<readonly ListedAccount[]>;
}

const none: AccountCounts = { pending: 0, settled: 0, failing: 0, held: 0, parked: 0, removed: 0 };
const states = Object.keys(none) as (keyof AccountCounts)[];

/** Accounts on which the system still has work to do. */
export function openCount(counts: AccountCounts): number {
  return counts.pending + counts.failing;
}

/** A client of the admin interface. */
export function adminClient(url: string, token: string): AdminClient {
  const base = `/v1/organizations/${runNames.organization}`;
  const get = async <Answer>(path: string): Promise<Answer> => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(url + path, { headers, signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
    return (await response.json()) as Answer;
  };
  return {
    counts: async () => {
      const { items } = await get<{ items: readonly { accounts: AccountCounts }[] }>(`${base}/connections`);
      const sum = (state: keyof AccountCounts) =>
        items.reduce((total, one) => total + one.accounts[state], 0);
      return Object.fromEntries(states.map((state) => [state, sum(state)])) as unknown as AccountCounts;
    },
    waiting: async () => (await get<{ outbox: { waiting: number } }>("/readyz")).outbox.waiting,
    accounts: async () => {
      const all: ListedAccount[] = [];
      for (let cursor: string | null = ""; cursor !== null;) {
        const after: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
        const page: { items: readonly ListedAccount[]; nextCursor: string | null } = await get(
          `${base}/accounts?limit=500${after}`,
        );
        all.push(...page.items);
        cursor = page.nextCursor;
      }
      return all;
    },
  };
}
