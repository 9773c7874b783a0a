import { createHash } from "node:crypto";
import type { Account } from "../../src/domain/account.js";
import { newAccount } from "../../src/domain/account.js";
import type {
  Application,
  Configuration,
  Connection,
  Deprovision,
  ProvisionerEntry,
  ProvisionerList,
} from "../../src/domain/configuration.js";
import { connectorFacts } from "../../src/domain/connector-facts.js";
import type { Decision, UserFacts, Want } from "../../src/domain/decide.js";
import { decide, wishText } from "../../src/domain/decide.js";
import type { UserView } from "../../src/domain/user.js";
import { connectionWith } from "../support/connections.js";
import { enrolmentOf } from "./changes.js";

/** The `now` of tests. */
export const now = Date.UTC(2026, 10, 24, 8);
export const dayMs = 86_400_000;

/** WSO2's own meaning of leaving, as the preset `wso2` gives it. */
export const wso2Deprovision: Deprovision = {
  deleted: { kind: "delete" },
  outOfScope: { kind: "delete" },
  disabled: "ignore",
  deselected: "keep",
};

/** The defaults of a configuration: disable first, delete deleted users after 30 days. */
export const defaultDeprovision: Deprovision = {
  deleted: { kind: "staged", graceMs: 30 * dayMs },
  outOfScope: { kind: "disable" },
  disabled: "disable",
  deselected: "keep",
};

/** A SCIM connection with the default mapping and the defaults of leaving. */
export function connectionOf(id: string, changes: Partial<Connection> = {}): Connection {
  const mapping = connectorFacts.scim2.defaultMapping;
  return { ...connectionWith("scim2", {}), id, mapping, deprovision: defaultDeprovision, ...changes };
}

/** An entry of a provisioner list. */
export function entryOf(connection: string, flags: Partial<ProvisionerEntry> = {}): ProvisionerEntry {
  return { connection, jit: false, blocking: false, optional: false, ...flags };
}

/** A provisioner list of connections, by id or with flags. */
export function listOf(...entries: readonly (string | ProvisionerEntry)[]): ProvisionerList {
  return {
    onPartialFailure: "continue",
    compensation: { accounts: "delete", withinMs: 3_600_000, revertUpdates: false },
    connections: entries.map((entry) => (typeof entry === "string" ? entryOf(entry) : entry)),
  };
}

/** An application without a list of its own that requested everything. */
export function applicationOf(id: string, changes: Partial<Application> = {}): Application {
  return { id, name: null, requestedAttributes: "all", provisioners: null, ...changes };
}

/** A configuration whose organization list names every connection, unless said otherwise. */
export function configurationOf(
  connections: readonly Connection[],
  changes: Partial<Configuration> = {},
): Configuration {
  return {
    organization: "acme",
    provisioners: listOf(...connections.map((connection) => connection.id)),
    applications: [],
    feeds: [],
    connections,
    network: { allowPrivate: [] },
    ...changes,
  };
}

/** Ada, enrolled at organization level and enabled. */
export function viewOf(changes: Partial<UserView> = {}): UserView {
  return {
    exists: true,
    userName: "ada",
    enabled: true,
    disabled: false,
    locked: false,
    attributes: { userName: "ada", name: { givenName: "Ada", familyName: "Lovelace" }, title: "Countess" },
    enrolments: [enrolmentOf()],
    ...changes,
  };
}

/** Ada's facts, with the groups she is in and those that were ever seen beside them. */
export function factsOf(
  view: Partial<UserView> = {},
  groups: readonly string[] = [],
  seen: readonly string[] = [],
): UserFacts {
  return { view: viewOf(view), groups: new Set(groups), seenGroups: new Set([...groups, ...seen]) };
}

/** An account that exists and rests. */
export function accountOf(connection: string, changes: Partial<Account> = {}): Account {
  return {
    ...newAccount(connection),
    existence: "known",
    state: "settled",
    remoteId: `remote-${connection}`,
    linkOrigin: "created",
    active: true,
    allowed: "all",
    ...changes,
  };
}

/** Accounts by connection, as decisions take them. */
export function accountsOf(...accounts: readonly Account[]): ReadonlyMap<string, Account> {
  return new Map(accounts.map((account) => [account.connection, account]));
}

/** The one decision of a configuration with one connection. */
export function decideOne(
  connection: Connection,
  facts: UserFacts,
  account: Account | null = null,
  at = now,
  changes: Partial<Configuration> = {},
): Decision {
  const accounts = account === null ? accountsOf() : accountsOf(account);
  const [decision, ...others] = decide(configurationOf([connection], changes), facts, accounts, at);
  if (decision === undefined || others.length > 0) throw new Error("one connection has one decision");
  return decision;
}

/** The codes of a decision's reasons. */
export function codesOf(decision: Decision): readonly string[] {
  return decision.reasons.map((reason) => reason.code);
}

/** The wish of a want, as the store keeps it. */
export function wishOf(want: Want): string {
  return createHash("sha256").update(wishText(want)).digest("base64url");
}

/** The account as an attempt that brought it to `want` leaves it. */
export function settledAt(account: Account, want: Want, at = now): Account {
  const rest: Account = { ...account, wish: wishOf(want), state: "settled", code: null, marked: false };
  const gone: Account = { ...newAccount(account.connection), wish: rest.wish, state: "removed" };
  if (want.verb === "undo") throw new Error("an undo is not settled by these builders");
  if (want.verb === "none") return account.existence === "none" ? gone : rest;
  if (want.verb === "ensure" && want.missing.length > 0)
    return { ...rest, state: "parked", code: "mapping_incomplete" };
  if (want.verb === "remove" && want.step === "delete") return gone;
  const known: Account = {
    ...rest,
    existence: "known",
    uncertain: false,
    createIntentAt: null,
    remoteId: account.remoteId ?? `remote-${account.connection}`,
    linkOrigin: account.linkOrigin ?? "created",
  };
  if (want.verb === "remove")
    return {
      ...known,
      active: false,
      dueAt: want.graceMs === null ? null : (account.dueAt ?? at + want.graceMs),
    };
  const { attributes: applied, active, allowed } = want;
  return { ...known, applied, active, allowed, dueAt: null };
}
