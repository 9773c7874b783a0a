import { z } from "zod";
import { errorClass } from "../domain/errors.js";
import type { AccountRecord } from "../store/accounts.js";
import { accountState } from "./requests.js";

/** A time as answers give it. */
export const time = z.iso.datetime();

/** An account as answers show it. */
export const accountSchema = z.object({
  id: z.uuid(),
  user: z.uuid(),
  connection: z.string(),
  existence: z.enum(["none", "maybe", "known"]),
  state: accountState,
  code: z.string().nullable(),
  class: z.string().nullable(),
  remoteId: z.string().nullable(),
  linkOrigin: z.enum(["created", "adopted", "linked"]).nullable(),
  active: z.boolean().nullable(),
  uncertain: z.boolean(),
  marked: z.boolean(),
  dueAt: time.nullable(),
  attempts: z.int(),
  failingSince: time.nullable(),
  plannedVersion: z.int(),
  settledVersion: z.int(),
  updatedAt: time,
});

/** An account as answers show it. */
export type AccountView = z.output<typeof accountSchema>;

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** Shows an account: where it stands and why, no attribute of it. */
export function accountView(account: AccountRecord): AccountView {
  return {
    id: account.id,
    user: account.userKey,
    connection: account.connection,
    existence: account.existence,
    state: account.state,
    code: account.code,
    class: account.code === null ? null : errorClass(account.code),
    remoteId: account.remoteId,
    linkOrigin: account.linkOrigin,
    active: account.active,
    uncertain: account.uncertain,
    marked: account.marked,
    dueAt: iso(account.dueAt),
    attempts: account.attempts,
    failingSince: iso(account.failingSince),
    plannedVersion: account.plannedVersion,
    settledVersion: account.settledVersion,
    updatedAt: new Date(account.updatedAt).toISOString(),
  };
}
