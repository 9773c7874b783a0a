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

/** A bell that wakes a resting loop, or is remembered until it rests. */
class Bell {
  private readonly target = new EventTarget();
  private rung = false;

  ring(): void {
    this.rung = true;
    this.target.dispatchEvent(new Event("ring"));
  }

  hush(): void {
    this.rung = false;
  }

  /** Resolves at the next ring, after `maxMs`, or when `stopped` fires. */
  async rest(maxMs: number, stopped: AbortSignal): Promise<void> {
    if (this.rung || stopped.aborted) return;
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(maxMs)]);
    await once(this.target, "ring", { signal }).catch(() => undefined);
  }
}

/** Wakes a group's members, or signals a user's workflow; gives the row back when that fails. */
const deliver = async (deps: DispatcherDependencies, row: OutboxRow): Promise<boolean | null> => {
  try {
    if (row.kind === "group") {
      while (!(await wakeGroupMembers(deps.db, row, pageSize)).done);
      return null;
    }
    await deps.signalUser(row);
    return true;
  } catch (error) {
    deps.onError(error, { kind: row.kind });
    await returnOutbox(deps.db, row, retryMs);
    return row.kind === "user" ? false : null;
  }
};

/**
 * Runs a dispatcher: takes rows and commits, then signals (no transaction is open across a network call), and
 * leaves the acknowledging to `planUser`. A failed signal gives its row back; a row nobody acknowledges comes up
 * again by itself. Groups wake their members page by page (design, section 3).
 */
export function startDispatcher(deps: DispatcherDependencies): Dispatcher {
  const bell = new Bell();
  const stopped = new AbortController();
  let delivering: boolean | null = null;

  const round = async (): Promise<number> => {
    const rows = await takeOutbox(deps.db, batchSize);
    await inParallel(rows, inFlight, async (row) => {
      delivering = (await deliver(deps, row)) ?? delivering;
    });
    return rows.length;
  };
  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      bell.hush();
      const found = await round().catch((error: unknown) => {
        deps.onError(error, { kind: "store" });
        return 0;
      });
      if (found === 0) await bell.rest(deps.pollMs ?? 500, stopped.signal);
    }
  };

  const running = loop();
  return {
    wake: () => {
      bell.ring();
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
