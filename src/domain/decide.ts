import type { Account } from "./account.js";
import { hasAccount } from "./account.js";
import { assertNever } from "./assert-never.js";
import type { Configuration, Connection, GroupReference, RemovalPolicy } from "./configuration.js";
import { connectorFacts } from "./connector-facts.js";
import type { MappedAttributes } from "./mapping.js";
import { mapAttributes } from "./mapping.js";
import type { Reason, RemovalCause } from "./reasons.js";
import type { OnFailure, Selection } from "./selection.js";
import { selectConnection } from "./selection.js";
import type { UserView } from "./user.js";
import type { Ensure, Nothing, Remove, Want } from "./want.js";

export type { Ensure, Remove, TakeBack, Want } from "./want.js";
export { wishText } from "./want.js";

/** Everything about one user that a decision looks at. */
export interface UserFacts {
  readonly view: UserView;
  /** Groups the user is a member of, directly or through nested groups. */
  readonly groups: ReadonlySet<GroupReference>;
  /** Groups that have ever been seen, deleted ones included; at least those that filters name. */
  readonly seenGroups: ReadonlySet<GroupReference>;
}

/** A decision, with its reasons (never empty) and the flags of the entries behind it. */
export interface Decision {
  readonly connection: string;
  readonly want: Want;
  readonly reasons: readonly Reason[];
  readonly blocking: boolean;
  readonly optional: boolean;
  /** What a failure for good triggers; null: nothing. */
  readonly onFailure: OnFailure | null;
}

const removalOf = (
  policy: RemovalPolicy,
  cause: RemovalCause,
  account: Account | null,
  now: number,
): Remove | Nothing => {
  switch (policy.kind) {
    case "keep":
      return { verb: "none" };
    case "disable":
      return { verb: "remove", cause, step: "disable", graceMs: null };
    case "delete":
      return { verb: "remove", cause, step: "delete", graceMs: null };
    case "staged": {
      const due = account?.dueAt !== null && account?.dueAt !== undefined && account.dueAt <= now;
      return { verb: "remove", cause, step: due ? "delete" : "disable", graceMs: policy.graceMs };
    }
    default:
      return assertNever(policy);
  }
};

const removalReason = (want: Want, cause: RemovalCause, account: Account | null): Reason => {
  if (want.verb !== "remove") return { code: "removal_kept", cause };
  if (want.step === "delete") return { code: "removal_delete", cause };
  const deleteAt = want.graceMs === null ? null : (account?.dueAt ?? null);
  return { code: "removal_disable", cause, deleteAt, graceMs: want.graceMs };
};

const selectionReasons = (selection: Selection): readonly Reason[] =>
  selection.enrolments.map((one): Reason => {
    const { feed, application, kind } = one.enrolment;
    const enrolment = { feed, application, kind };
    switch (one.kind) {
      case "selected":
        return { code: "selected", list: one.list, enrolment };
      case "not_on_list":
        return { code: "not_on_list", list: one.list, enrolment };
      case "jit_entry_off":
        return { code: "jit_entry_off", list: one.list, enrolment };
      default:
        return assertNever(one);
    }
  });

/** Where a user stands to a connection's group filter. */
interface Scope {
  readonly kind: "in" | "out" | "unknown";
  readonly reason: Reason;
}

const scopeOf = (connection: Connection, facts: UserFacts): Scope => {
  const filter = connection.groupFilter;
  if (filter === null) return { kind: "in", reason: { code: "no_filter" } };
  const groups = [...filter];
  if (!groups.some((group) => facts.seenGroups.has(group)))
    return { kind: "unknown", reason: { code: "filter_group_unknown", groups } };
  const through = groups.filter((group) => facts.groups.has(group));
  return through.length > 0
    ? { kind: "in", reason: { code: "in_filter_group", groups: through } }
    : { kind: "out", reason: { code: "not_in_filter_group", groups } };
};

const attributeReasons = (mapped: MappedAttributes, missing: readonly string[]): readonly Reason[] => [
  ...(mapped.withheld.length > 0
    ? [{ code: "attributes_withheld" as const, attributes: mapped.withheld }]
    : []),
  ...(missing.length > 0 ? [{ code: "mapping_missing" as const, attributes: missing }] : []),
];

interface Desired {
  readonly want: Ensure;
  readonly reasons: readonly Reason[];
}

const desiredAccount = (
  connection: Connection,
  view: UserView,
  terms: Pick<Ensure, "allowed" | "active" | "adoptByExternalIdOnly" | "onlyExisting">,
): Desired => {
  const input = { userName: view.userName ?? "", attributes: view.attributes, allowed: terms.allowed };
  const mapped = mapAttributes(connection, input);
  const missing = connectorFacts[connection.connector].required.filter(
    (name) => mapped.attributes[name] === undefined && mapped.defaults[name] === undefined,
  );
  const { attributes, defaults, sources } = mapped;
  return {
    want: { verb: "ensure", ...terms, attributes, defaults, missing, sources },
    reasons: attributeReasons(mapped, missing),
  };
};

interface Activity {
  readonly active: boolean;
  readonly reasons: readonly Reason[];
}

const activityOf = (connection: Connection, view: UserView): Activity => {
  const ignored = !view.enabled && connection.deprovision.disabled === "ignore";
  const reasons: readonly Reason[] = [
    ...(view.disabled ? [{ code: "user_disabled" as const }] : []),
    ...(view.locked ? [{ code: "user_locked" as const }] : []),
    ...(ignored ? [{ code: "disabled_ignored" as const }] : []),
  ];
  return { active: view.enabled || ignored, reasons };
};

interface Verdict {
  readonly want: Ensure | Remove | Nothing;
  readonly reasons: readonly Reason[];
}

const ensureSelected = (
  connection: Connection,
  view: UserView,
  account: Account | null,
  selection: Selection,
): Verdict => {
  const { active, reasons } = activityOf(connection, view);
  if (!view.enabled && !hasAccount(account)) {
    const why = reasons.filter((reason) => reason.code !== "disabled_ignored");
    return { want: { verb: "none" }, reasons: [...why, { code: "disabled_not_created" }] };
  }
  const { allowed, selfService: adoptByExternalIdOnly } = selection;
  const desired = desiredAccount(connection, view, {
    allowed,
    active,
    adoptByExternalIdOnly,
    onlyExisting: false,
  });
  return { want: desired.want, reasons: [...reasons, ...desired.reasons] };
};

const deselect = (connection: Connection, view: UserView, account: Account | null, now: number): Verdict => {
  const policy = connection.deprovision.deselected;
  if (policy === "keep") {
    const { active, reasons } = activityOf(connection, view);
    const allowed = account?.allowed ?? [];
    const terms = { allowed, active, adoptByExternalIdOnly: true, onlyExisting: true };
    const desired = desiredAccount(connection, view, terms);
    return { want: desired.want, reasons: [{ code: "deselected_kept" }, ...reasons, ...desired.reasons] };
  }
  const want = removalOf({ kind: policy }, "deselected", account, now);
  return { want, reasons: [removalReason(want, "deselected", account)] };
};

const leave = (policy: RemovalPolicy, cause: RemovalCause, account: Account | null, now: number): Verdict => {
  const want = removalOf(policy, cause, account, now);
  return { want, reasons: [removalReason(want, cause, account)] };
};

const judge = (
  connection: Connection,
  facts: UserFacts,
  selection: Selection,
  account: Account | null,
  now: number,
): Verdict => {
  const nothing: Nothing = { verb: "none" };
  if (!connection.enabled) return { want: nothing, reasons: [{ code: "connection_disabled" }] };
  if (!facts.view.exists) {
    const gone: Reason = { code: "user_gone" };
    if (!hasAccount(account)) return { want: nothing, reasons: [gone] };
    const left = leave(connection.deprovision.deleted, "deleted", account, now);
    return { want: left.want, reasons: [gone, ...left.reasons] };
  }
  const scope = scopeOf(connection, facts);
  const selecting = selectionReasons(selection);
  const why = [...selecting, scope.reason];
  if (scope.kind === "unknown") return { want: nothing, reasons: why };
  if (hasAccount(account) && scope.kind === "out") {
    const left = leave(connection.deprovision.outOfScope, "out_of_scope", account, now);
    return { want: left.want, reasons: [...why, ...left.reasons] };
  }
  const verdict =
    selection.selected && scope.kind === "in"
      ? ensureSelected(connection, facts.view, account, selection)
      : hasAccount(account)
        ? deselect(connection, facts.view, account, now)
        : { want: nothing, reasons: [] };
  return { want: verdict.want, reasons: [...why, ...verdict.reasons] };
};

interface Standing {
  readonly want: Want;
  readonly reasons: readonly Reason[];
}

/** An undo that stands goes before everything but a removal; a compensated account says what it waits for. */
const afterUndo = (connection: Connection, verdict: Verdict, account: Account | null): Standing => {
  if (account === null || !connection.enabled || verdict.want.verb === "remove") return verdict;
  const connections = account.waitsFor;
  if (account.undo !== null)
    return {
      want: { verb: "undo", undo: account.undo, instead: verdict.want },
      reasons: [...verdict.reasons, { code: "compensating", connections }],
    };
  if (account.code !== "compensated") return verdict;
  return { want: verdict.want, reasons: [...verdict.reasons, { code: "compensated", connections }] };
};

/** Decides one connection; the first row of the design's table (section 4) that fits holds. */
export function decideConnection(
  configuration: Configuration,
  connection: Connection,
  facts: UserFacts,
  account: Account | null,
  now: number,
): Decision {
  const selection = selectConnection(configuration, facts.view.enrolments, connection.id);
  const verdict = judge(connection, facts, selection, account, now);
  const { want, reasons } = afterUndo(connection, verdict, account);
  const { blocking, optional, onFailure } = selection;
  return { connection: connection.id, want, reasons, blocking, optional, onFailure };
}

/**
 * Decides, for every configured connection, whether a user must have an account there and with which attributes.
 * Pure: no I/O, no clock (`now` is epoch milliseconds). Every connection gets exactly one decision, with reasons.
 */
export function decide(
  configuration: Configuration,
  facts: UserFacts,
  accounts: ReadonlyMap<string, Account>,
  now: number,
): readonly Decision[] {
  return configuration.connections.map((connection) =>
    decideConnection(configuration, connection, facts, accounts.get(connection.id) ?? null, now),
  );
}
