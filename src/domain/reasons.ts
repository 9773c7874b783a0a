import { assertNever } from "./assert-never.js";
import type { EnrolmentKind } from "./user.js";

/** Why a removal is decided. `disabled` is the switch at the source, the others end the account's purpose. */
export type RemovalCause = "deleted" | "out_of_scope" | "deselected";

/** The enrolment a reason speaks of. */
export interface ReasonEnrolment {
  readonly feed: string;
  readonly application: string | null;
  readonly kind: EnrolmentKind;
}

/** Every reason a decision can have. Codes are stable; sentences are made in one place, {@link reasonText}. */
export type Reason =
  | { readonly code: "connection_disabled" }
  | { readonly code: "user_gone" }
  | { readonly code: "selected"; readonly list: string; readonly enrolment: ReasonEnrolment }
  | { readonly code: "not_on_list"; readonly list: string; readonly enrolment: ReasonEnrolment }
  | { readonly code: "jit_entry_off"; readonly list: string; readonly enrolment: ReasonEnrolment }
  | { readonly code: "no_filter" }
  | { readonly code: "in_filter_group"; readonly groups: readonly string[] }
  | { readonly code: "not_in_filter_group"; readonly groups: readonly string[] }
  | { readonly code: "filter_group_unknown"; readonly groups: readonly string[] }
  | { readonly code: "user_disabled" }
  | { readonly code: "user_locked" }
  | { readonly code: "disabled_not_created" }
  | { readonly code: "disabled_ignored" }
  | { readonly code: "deselected_kept" }
  | { readonly code: "attributes_withheld"; readonly attributes: readonly string[] }
  | { readonly code: "mapping_missing"; readonly attributes: readonly string[] }
  | { readonly code: "removal_kept"; readonly cause: RemovalCause }
  | { readonly code: "removal_delete"; readonly cause: RemovalCause }
  | {
      readonly code: "removal_disable";
      readonly cause: RemovalCause;
      readonly deleteAt: number | null;
      readonly graceMs: number | null;
    }
  | { readonly code: "compensating"; readonly connections: readonly string[] }
  | { readonly code: "compensated"; readonly connections: readonly string[] };

const listName = (list: string): string =>
  list === "organization"
    ? "the organization's provisioner list"
    : `the provisioner list of application ${list}`;

const enrolmentText = (enrolment: ReasonEnrolment): string => {
  const through = enrolment.application === null ? "" : ` through application ${enrolment.application}`;
  switch (enrolment.kind) {
    case "token":
      return `the user came in${through} by feed ${enrolment.feed}`;
    case "jit":
      return `the user was created just in time at a login${through}, by feed ${enrolment.feed}`;
    case "organization":
      return `the user came in at organization level by feed ${enrolment.feed}`;
    default:
      return assertNever(enrolment.kind);
  }
};

const causeText = (cause: RemovalCause): string => {
  switch (cause) {
    case "deleted":
      return "the user was deleted at the source";
    case "out_of_scope":
      return "the user left the group filter";
    case "deselected":
      return "no provisioner list selects the connection any more";
    default:
      return assertNever(cause);
  }
};

const units: readonly (readonly [string, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** A span in the largest unit that tells it exactly, else in seconds, rounded up. */
const spanText = (ms: number): string => {
  const [unit, size] = units.find(([, one]) => ms % one === 0) ?? ["second", 1_000];
  const count = Math.ceil(ms / size);
  return `${String(count)} ${unit}${count === 1 ? "" : "s"}`;
};

const disableText = (reason: Extract<Reason, { code: "removal_disable" }>): string => {
  const base = `the account is disabled, since ${causeText(reason.cause)}`;
  if (reason.deleteAt !== null) return `${base}; it is deleted on ${new Date(reason.deleteAt).toISOString()}`;
  if (reason.graceMs !== null) return `${base}; it is deleted ${spanText(reason.graceMs)} later`;
  return base;
};

const failureText = (connections: readonly string[]): string =>
  connections.length === 0
    ? "since the change failed for good here"
    : `since the change failed for good at ${connections.join(", ")}`;

/** One reason as a sentence for people. The only place where reasons become words. */
export function reasonText(reason: Reason): string {
  switch (reason.code) {
    case "connection_disabled":
      return "the connection is disabled in the configuration";
    case "user_gone":
      return "the user does not exist at the source (deleted, withdrawn by every feed, or never created)";
    case "selected":
      return `selected by ${listName(reason.list)}: ${enrolmentText(reason.enrolment)}`;
    case "not_on_list":
      return `not on ${listName(reason.list)}: ${enrolmentText(reason.enrolment)}`;
    case "jit_entry_off":
      return `on ${listName(reason.list)}, but its entry does not take users created at a login: ${enrolmentText(reason.enrolment)}`;
    case "no_filter":
      return "in scope: the connection has no group filter";
    case "in_filter_group":
      return `in scope: member of ${reason.groups.join(", ")}`;
    case "not_in_filter_group":
      return `out of scope: member of none of ${reason.groups.join(", ")}`;
    case "filter_group_unknown":
      return `no decision: none of the filter's groups has ever been seen (${reason.groups.join(", ")})`;
    case "user_disabled":
      return "the user is disabled at the source";
    case "user_locked":
      return "the user is locked at the source";
    case "disabled_not_created":
      return "no account is created for a disabled user";
    case "disabled_ignored":
      return "the connection ignores that the user is disabled";
    case "deselected_kept":
      return "no provisioner list selects the connection any more; the account is kept and updated with the attributes it last had";
    case "attributes_withheld":
      return `not requested by the application, so not sent: ${reason.attributes.join(", ")}`;
    case "mapping_missing":
      return `required at the target but without a value: ${reason.attributes.join(", ")}`;
    case "removal_kept":
      return `the account is left as it is, although ${causeText(reason.cause)}`;
    case "removal_delete":
      return `the account is deleted, since ${causeText(reason.cause)}`;
    case "removal_disable":
      return disableText(reason);
    case "compensating":
      return `what was done here is being taken back, ${failureText(reason.connections)}`;
    case "compensated":
      return `what was done here was taken back, or not begun, ${failureText(reason.connections)}; it comes back once that is mended`;
    default:
      return assertNever(reason);
  }
}
