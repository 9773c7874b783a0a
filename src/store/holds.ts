import type { Reason } from "../domain/reasons.js";
import type { Db, HoldCause, HoldKind, HoldState } from "./schema.js";

/** A hold as listings show it. */
export interface HoldRecord {
  readonly id: string;
  readonly kind: HoldKind;
  readonly connection: string;
  readonly userKey: string;
  readonly account: string;
  readonly cause: HoldCause;
  readonly reasons: readonly Reason[];
  readonly createdAt: Date;
}

/** Which holds a person speaks of. */
export type HoldSelection =
  { readonly ids: readonly string[] } | { readonly connection: string } | { readonly all: true };

/** Which open holds to list. */
export interface HoldFilter {
  readonly connection?: string | undefined;
  readonly kind?: HoldKind | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Open holds, oldest first. */
export async function listHolds(
  db: Db,
  organization: string,
  filter: HoldFilter,
): Promise<readonly HoldRecord[]> {
  const { connection, kind, after } = filter;
  return db
    .selectFrom("holds")
    .select([
      "id",
      "kind",
      "connection",
      "user_key as userKey",
      "account",
      "cause",
      "reasons",
      "created_at as createdAt",
    ])
    .where("organization", "=", organization)
    .where("state", "=", "open")
    .$if(connection !== undefined, (query) => query.where("connection", "=", connection ?? ""))
    .$if(kind !== undefined, (query) => query.where("kind", "=", kind ?? "guard"))
    .$if(after !== undefined, (query) => query.where("id", ">", after ?? ""))
    .orderBy("id")
    .limit(filter.limit)
    .execute();
}

/** Why a hold that a person named cannot be answered so. */
export interface UnanswerableHold {
  readonly id: string;
  readonly why: "unknown" | "answered" | "other_kind";
  /** Where it stands; null for an unknown one. */
  readonly state: HoldState | null;
}

/** The first of the named holds that cannot take an answer of this kind, or null when all can. */
export async function findUnanswerable(
  db: Db,
  organization: string,
  ids: readonly string[],
  kind: HoldKind,
): Promise<UnanswerableHold | null> {
  const rows = await db
    .selectFrom("holds")
    .select(["id", "kind", "state"])
    .where("organization", "=", organization)
    .where("id", "in", [...ids])
    .execute();
  const held = new Map(rows.map((row) => [row.id, row]));
  for (const id of ids) {
    const hold = held.get(id.toLowerCase());
    if (hold === undefined) return { id, why: "unknown", state: null };
    if (hold.kind !== kind) return { id, why: "other_kind", state: hold.state };
    if (hold.state !== "open") return { id, why: "answered", state: hold.state };
  }
  return null;
}
