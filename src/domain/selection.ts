import type {
  Application,
  Compensation,
  Configuration,
  PartialFailurePolicy,
  ProvisionerEntry,
  ProvisionerList,
} from "./configuration.js";
import { consoleApplication } from "./configuration.js";
import type { AllowedAttributes } from "./mapping.js";
import type { Enrolment } from "./user.js";

/** The list that governs an enrolment: `organization`, or the id of the application whose own list it is. */
export interface GoverningList {
  readonly name: string;
  readonly list: ProvisionerList;
  readonly application: Application | null;
}

/** Name of the organization's own list. */
export const organizationList = "organization";

/** What is done when the lane of a selected connection fails for good. */
export interface OnFailure {
  readonly policy: PartialFailurePolicy;
  readonly compensation: Compensation;
}

/** How one enrolment stands to one connection. */
export type EnrolmentSelection =
  | {
      readonly kind: "selected";
      readonly list: string;
      readonly enrolment: Enrolment;
      readonly entry: ProvisionerEntry;
      readonly onFailure: OnFailure;
      readonly allowed: AllowedAttributes;
    }
  | { readonly kind: "not_on_list"; readonly list: string; readonly enrolment: Enrolment }
  | { readonly kind: "jit_entry_off"; readonly list: string; readonly enrolment: Enrolment };

/** How a connection is selected for a user, over all live enrolments. */
export interface Selection {
  readonly selected: boolean;
  readonly enrolments: readonly EnrolmentSelection[];
  /** Union over the selecting enrolments. */
  readonly allowed: AllowedAttributes;
  /** Blocking if any selecting entry says so. */
  readonly blocking: boolean;
  /** Optional only if all selecting entries say so. */
  readonly optional: boolean;
  /** Over the lists whose entries are not optional; null when there is none: nothing is triggered. */
  readonly onFailure: OnFailure | null;
  /** Every selecting enrolment is a self sign-up or a login: adopt by external id only. */
  readonly selfService: boolean;
}

/**
 * The list that governs an enrolment (statements 1 to 3): an application's own list replaces the organization's;
 * an application without one falls back to it; organization-level enrolments use the organization's.
 */
export function governingList(configuration: Configuration, enrolment: Enrolment): GoverningList {
  const organization = { name: organizationList, list: configuration.provisioners };
  if (enrolment.kind === "organization" || enrolment.application === null)
    return { ...organization, application: null };
  const application = configuration.applications.find((one) => one.id === enrolment.application) ?? null;
  if (application?.provisioners) return { name: application.id, list: application.provisioners, application };
  return { ...organization, application };
}

/**
 * What an enrolment allows to be sent: a token request of an application other than the console only what that
 * application requested (statement 31); every other enrolment all mapped attributes.
 */
export function allowedBy(enrolment: Enrolment, application: Application | null): AllowedAttributes {
  if (enrolment.kind !== "token" || enrolment.application === consoleApplication) return "all";
  return application === null ? "all" : application.requestedAttributes;
}

const selectOne = (
  configuration: Configuration,
  enrolment: Enrolment,
  connection: string,
): EnrolmentSelection => {
  const governing = governingList(configuration, enrolment);
  const entry = governing.list.connections.find((one) => one.connection === connection);
  if (entry === undefined) return { kind: "not_on_list", list: governing.name, enrolment };
  if (enrolment.kind === "jit" && !entry.jit)
    return { kind: "jit_entry_off", list: governing.name, enrolment };
  const allowed = allowedBy(enrolment, governing.application);
  const { onPartialFailure: policy, compensation } = governing.list;
  const onFailure = { policy, compensation };
  return { kind: "selected", list: governing.name, enrolment, entry, onFailure, allowed };
};

const policies: readonly PartialFailurePolicy[] = ["hold", "continue", "compensate"];

/**
 * One rule out of several lists: hold before continue before compensate; disable before delete, the shortest
 * `within`, updates reverted only if all say so. Null without any list.
 */
export function combineOnFailure(all: readonly OnFailure[]): OnFailure | null {
  const policy = policies.find((one) => all.some((rule) => rule.policy === one));
  if (policy === undefined) return null;
  const terms = all.map((rule) => rule.compensation);
  return {
    policy,
    compensation: {
      accounts: terms.some((one) => one.accounts === "disable") ? "disable" : "delete",
      withinMs: Math.min(...terms.map((one) => one.withinMs)),
      revertUpdates: terms.every((one) => one.revertUpdates),
    },
  };
}

/** The union of what several enrolments allow. */
export function unionAllowed(all: readonly AllowedAttributes[]): AllowedAttributes {
  const union = new Set<string>();
  for (const allowed of all) {
    if (allowed === "all") return "all";
    for (const path of allowed) union.add(path);
  }
  return [...union].sort();
}

/** Selects one connection for a user: the union over live enrolments of the entries of their governing lists. */
export function selectConnection(
  configuration: Configuration,
  enrolments: readonly Enrolment[],
  connection: string,
): Selection {
  const results = enrolments.map((enrolment) => selectOne(configuration, enrolment, connection));
  const selecting = results.flatMap((result) => (result.kind === "selected" ? [result] : []));
  return {
    selected: selecting.length > 0,
    enrolments: results,
    allowed: unionAllowed(selecting.map((one) => one.allowed)),
    blocking: selecting.some((one) => one.entry.blocking),
    optional: selecting.length > 0 && selecting.every((one) => one.entry.optional),
    onFailure: combineOnFailure(selecting.filter((one) => !one.entry.optional).map((one) => one.onFailure)),
    selfService: selecting.length > 0 && selecting.every((one) => one.enrolment.selfService),
  };
}
