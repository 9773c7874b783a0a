import { setTimeout as sleep } from "node:timers/promises";
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

/** What the run asks a running system. Every call rejects when the system is down. */
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

/** How long a busy system is asked again, in milliseconds. */
const patienceMs = 60_000;

/** The answer, or null when the system is too busy to give one now. */
const tryGet = async (url: string, headers: Readonly<Record<string, string>>): Promise<unknown> => {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
    if (response.status === 503) return null;
    if (!response.ok) throw new Error(`GET ${new URL(url).pathname} answered ${response.status}`);
    return await response.json();
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") return null;
    throw error;
  }
};

/** A client of the admin interface. A busy system (503, or no answer) is asked again for a minute. */
export function adminClient(url: string, token: string): AdminClient {
  const base = `/v1/organizations/${runNames.organization}`;
  const get = async <Answer>(path: string): Promise<Answer> => {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const answer = await tryGet(url + path, { authorization: `Bearer ${token}` });
      if (answer !== null) return answer as Answer;
      if (Date.now() > deadline) throw new Error(`GET ${path} had no answer for ${patienceMs / 1_000} s`);
      await sleep(250);
    }
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
