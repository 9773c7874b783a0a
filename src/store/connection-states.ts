import { sql } from "kysely";
import type { ErrorCode } from "../domain/errors.js";
import type { ConnectionStateName, Db } from "./schema.js";

/** State of one connection. */
export interface ConnectionStateRecord {
  readonly connection: string;
  readonly state: ConnectionStateName;
  readonly code: string | null;
  readonly reason: string | null;
  readonly author: string | null;
  readonly changedAt: Date;
  readonly guardLatchedAt: Date | null;
}

const columns = [
  "connection",
  "state",
  "code",
  "reason",
  "author",
  "changed_at as changedAt",
  "guard_latched_at as guardLatchedAt",
] as const;

/** All connection states of an organization. */
export async function listConnectionStates(
  db: Db,
  organization: string,
): Promise<readonly ConnectionStateRecord[]> {
  return db
    .selectFrom("connection_states")
    .select(columns)
    .where("organization", "=", organization)
    .orderBy("connection")
    .execute();
}

/** Whether a connection works, and since when it has stood so. */
export interface ConnectionStanding {
  readonly state: ConnectionStateName;
  /** Epoch milliseconds of the last change of state; 0 when there was none. */
  readonly activeSince: number;
}

/** Standing of one connection; `active` when nothing is stored. */
export async function readConnectionStanding(
  db: Db,
  organization: string,
  connection: string,
): Promise<ConnectionStanding> {
  const row = await db
    .selectFrom("connection_states")
    .select(["state", "changed_at"])
    .where("organization", "=", organization)
    .where("connection", "=", connection)
    .executeTakeFirst();
  return { state: row?.state ?? "active", activeSince: row?.changed_at.getTime() ?? 0 };
}

/** What a person or the credential probe says of a connection. */
export interface ConnectionStateChange {
  readonly state: ConnectionStateName;
  readonly code?: ErrorCode;
  readonly reason: string;
  readonly author: string;
}

/** Sets the state of a connection; true when it was another before. A quarantine never replaces a pause. */
export async function setConnectionState(
  db: Db,
  organization: string,
  connection: string,
  change: ConnectionStateChange,
): Promise<boolean> {
  const row = await db
    .updateTable("connection_states")
    .set({
      state: change.state,
      code: change.code ?? null,
      reason: change.reason,
      author: change.author,
      changed_at: sql<Date>`outbound_now()`,
    })
    .where("organization", "=", organization)
    .where("connection", "=", connection)
    .where("state", "!=", change.state)
    .$if(change.state === "quarantined", (update) => update.where("state", "=", "active"))
    .returning("connection")
    .executeTakeFirst();
  return row !== undefined;
}
