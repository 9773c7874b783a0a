import type { AccountChange, RemoteAccount } from "../connectors/connector.js";
import type { Account } from "../domain/account.js";
import type { AttributeMap } from "../domain/attributes.js";
import { attributeDifference, heldOf, isEmptyDifference } from "../domain/attributes.js";
import type { Ensure, Want } from "../domain/decide.js";
import type { Json } from "../domain/json.js";
import { ownValue } from "../domain/own-value.js";
import type { Before } from "../domain/undo.js";
import type { AccountPatch } from "../store/attempts.js";

/** What is, or would be, ensured: a compensation tells what it stands in for. Null when nothing is. */
export function ensureOf(want: Want): Ensure | null {
  if (want.verb === "ensure") return want;
  return want.verb === "undo" && want.instead.verb === "ensure" ? want.instead : null;
}

/** A linked account as it was found: the attributes that we manage, null where it had none. */
export function beforeAdoption(remote: RemoteAccount, want: Want): Before {
  const names = Object.keys(ensureOf(want)?.attributes ?? {});
  const applied: Record<string, Json> = {};
  for (const name of names) applied[name] = ownValue(remote.attributes, name) ?? null;
  return { applied, active: remote.active, externalId: remote.externalId };
}

/** The effect of a change to an account that was ours already. */
export function updateEffect({ applied, active }: Account): NonNullable<AccountPatch["effect"]> {
  return { effect: "updated", before: { applied, active, externalId: null } };
}

const present = (attributes: AttributeMap): AttributeMap =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));

/** What a change back is computed from. */
export interface ChangeBack {
  readonly before: Before;
  readonly observed: RemoteAccount;
  readonly account: Account;
  readonly want: Want;
  /** Our own key at the target where it is to be withdrawn, else null. */
  readonly withdrawn: string | null;
}

const keyChange = ({
  before,
  observed,
  withdrawn,
}: ChangeBack): Pick<AccountChange, "externalId" | "clear"> => {
  if (withdrawn === null || observed.externalId !== withdrawn || before.externalId === withdrawn)
    return { clear: [] };
  return before.externalId === null
    ? { clear: ["externalId"] }
    : { clear: [], externalId: before.externalId };
};

/**
 * The change that brings an account back to what it was: only attributes that we manage, only where they differ.
 * Null when nothing does, so that it may be repeated.
 */
export function changeBack(back: ChangeBack): AccountChange | null {
  const { before, observed, account, want } = back;
  const desired = present(before.applied);
  const ours = { ...account.applied, ...ensureOf(want)?.attributes, ...before.applied };
  const difference = attributeDifference(desired, heldOf(observed.attributes, desired, ours));
  const active = before.active !== null && before.active !== observed.active ? before.active : undefined;
  const key = keyChange(back);
  if (isEmptyDifference(difference) && active === undefined && key.clear.length === 0 && !key.externalId)
    return null;
  return {
    set: difference.set,
    clear: [...difference.clear, ...key.clear],
    ...(active !== undefined && { active }),
    ...(key.externalId !== undefined && { externalId: key.externalId }),
  };
}
