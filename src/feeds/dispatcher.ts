import { once } from "node:events";
import type { OutboxRow } from "../store/outbox.js";
import { returnOutbox, takeOutbox, wakeGroupMembers } from "../store/outbox.js";
import type { Db } from "../store/schema.js";

/** Starts or signals the workflow of a user; rejects when Temporal does not take it. */
export type SignalUser = (row: OutboxRow) => Promise<void>;

/** What a dispatcher is given. */
export interface DispatcherDependencies {
  readonly db: Db;
  readonly signalUser: SignalUser;
  /** Ids and codes only. */
  readonly onError: (error: unknown, context: { readonly kind: string }) => void;
  /** How often to look when nobody wakes us, in milliseconds: commits of other processes are seen by this. */
  readonly pollMs?: number;
}

/** Moves the outbox to Temporal. Any number may run on one store. */
export interface Dispatcher {
  /** Looks now: called after a commit in the same process. */
  wake(): void;
  /** Whether the last signal was taken; null before the first. */
  readonly delivering: boolean | null;
  /** Ends after the batch under way. */
  stop(): Promise<void>;
}

const batchSize = 100;
const inFlight = 16;
const pageSize = 200;
const retryMs = 2_000;

const inParallel = async <T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> => {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
};

/**
 * Runs a dispatcher: takes rows and commits, then signals (no transaction is open across a network call), and
 * leaves the acknowledging to `planUser`. A failed signal gives its row back; a row nobody acknowledges comes up
 * again by itself. Groups wake their members page by page (design, section 3).
 */
export function startDispatcher(deps: DispatcherDependencies): Dispatcher {
  const bell = new EventTarget();
  const stopped = new AbortController();
  let rung = false;
  let delivering: boolean | null = null;

  const deliver = async (row: OutboxRow): Promise<void> => {
    try {
      if (row.kind === "group") {
        for (;;) if ((await wakeGroupMembers(deps.db, row, pageSize)).done) return;
      }
      await deps.signalUser(row);
      delivering = true;
    } catch (error) {
      if (row.kind === "user") delivering = false;
      deps.onError(error, { kind: row.kind });
      await returnOutbox(deps.db, row, retryMs);
    }
  };

  const rest = async (): Promise<void> => {
    if (rung || stopped.signal.aborted) return;
    const timer = AbortSignal.any([stopped.signal, AbortSignal.timeout(deps.pollMs ?? 500)]);
    await once(bell, "ring", { signal: timer }).catch(() => undefined);
  };

  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      rung = false;
      try {
        const rows = await takeOutbox(deps.db, batchSize);
        await inParallel(rows, inFlight, deliver);
        if (rows.length === 0) await rest();
      } catch (error) {
        deps.onError(error, { kind: "store" });
        await rest();
      }
    }
  };

  const running = loop();
  return {
    wake: () => {
      rung = true;
      bell.dispatchEvent(new Event("ring"));
    },
    get delivering() {
      return delivering;
    },
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}
