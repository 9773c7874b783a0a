import type { Account } from "./api/replies.js";
import type { Cell } from "./table.js";
import { clock } from "./times.js";

/** State, code, attempts so far, last change and id of an account, as listings show them in this order. */
export function accountRow(account: Account): readonly Cell[] {
  const { state, code, attempts, updatedAt, id } = account;
  return [account.marked ? `${state}, marked` : state, code, attempts, clock(updatedAt), id];
}
