import { setTimeout as sleep } from "node:timers/promises";
import { CompiledQuery } from "kysely";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import type { CallContext } from "../connectors/connector.js";
import { TargetError } from "../domain/errors.js";
import type { Db } from "../store/schema.js";

interface PgQuery {
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** The limiter speaks to a `pg` client; Kysely runs the same statements on both of our databases. */
const clientOf = (db: Db) => ({
  query: async (query: string | PgQuery) => {
    const { text, values } =
      typeof query === "string" ? { text: query, values: [] } : { values: [], ...query };
    const result = await db.executeQuery(CompiledQuery.raw(text, [...values]));
    return { rows: result.rows, rowCount: result.rows.length };
  },
});

/** Waits for a place among a connection's requests per second, which all workers share through the store. */
export type Limiter = (context: CallContext) => Promise<void>;

/**
 * Makes the limiter of one connection. A rate below one is one request in so many seconds. Waiting ends with
 * `throttled` (nothing sent) when the attempt's deadline would pass first.
 */
export function createLimiter(db: Db, key: string, requestsPerSecond: number): Limiter {
  const whole = requestsPerSecond >= 1;
  const limiter = new RateLimiterPostgres({
    storeClient: clientOf(db),
    storeType: "client",
    tableName: "request_rates",
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: "rate",
    points: whole ? Math.floor(requestsPerSecond) : 1,
    duration: whole ? 1 : 1 / requestsPerSecond,
  });
  return async (context) => {
    for (;;) {
      try {
        await limiter.consume(key);
        return;
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        const wait = Math.max(10, refusal.msBeforeNext);
        if (wait >= context.remainingMs())
          throw new TargetError("throttled", { sent: "no", retryAfterMs: wait });
        await sleep(wait);
      }
    }
  };
}
