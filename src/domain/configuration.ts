import type { Json, JsonObject } from "./json.js";

/** A reference to a secret: `env:NAME` or `file:/path`. Never the secret itself. */
export type SecretReference = string;

/** A group of a source, as `source:externalId`, the spelling of group filters. */
export type GroupReference = string;

/** What happens to the other accounts of an episode when one lane fails for good. */
export type PartialFailurePolicy = "compensate" | "continue" | "hold";

/** One connection on a provisioner list, with its flags. */
export interface ProvisionerEntry {
  readonly connection: string;
  /** Whether users created just in time at a login are provisioned onward through this entry. */
  readonly jit: boolean;
  /** Whether a caller that asks to wait waits for this connection. */
  readonly blocking: boolean;
  /** An optional entry never triggers the partial-failure policy. */
  readonly optional: boolean;
}

/** How far a compensation goes. */
export interface Compensation {
  readonly accounts: "delete" | "disable";
  readonly withinMs: number;
  readonly revertUpdates: boolean;
}

/** The connections that apply: the organization's, or an application's own, which replaces it. */
export interface ProvisionerList {
  readonly onPartialFailure: PartialFailurePolicy;
  readonly compensation: Compensation;
  readonly connections: readonly ProvisionerEntry[];
}

/** A client of the identity provider. */
export interface Application {
  readonly id: string;
  readonly name: string | null;
  /** Source attributes that this application requested (`userName`, `name.givenName`), or all of them. */
  readonly requestedAttributes: "all" | readonly string[];
  /** Its own list, which replaces the organization's; null: falls back to it. An empty list selects nothing. */
  readonly provisioners: ProvisionerList | null;
}

/** How an event came to be. */
export type Trigger = "api" | "console" | "self-sign-up" | "jit";

/** An authenticated way in. */
export interface Feed {
  readonly id: string;
  readonly kind: "events" | "scim" | "wso2-webhook";
  readonly source: string;
  /** The application this feed speaks for; null: each event may name one. */
  readonly application: string | null;
  /** Whether a deletion by this feed ends the user everywhere, or only what this feed enrolled. */
  readonly authoritative: boolean;
  readonly enrols: "all" | "none";
  /** The triggers this feed may send. */
  readonly triggers: readonly Trigger[];
  /** Tokens that open the feed; several during a rotation. */
  readonly tokens: readonly SecretReference[];
  /** Signing secrets of a webhook. */
  readonly secrets: readonly SecretReference[];
  readonly put: "replace" | "partial";
  readonly passwords: "drop" | "forward";
}

/** The connectors there are. */
export type ConnectorKind = "scim2" | "google-workspace" | "salesforce";

/**
 * Where the value of one target attribute comes from: a source path, the administrator's own value, or a WSO2
 * naming pattern (statement 34). `default` fills an absent value at create and never comes back later.
 */
export interface MappingRule {
  readonly path?: string;
  readonly value?: Json;
  readonly pattern?: NamingPattern;
  readonly default?: Json;
}

/** WSO2's provisioning pattern: a list of `UD`, `UN`, `TD`, `IDP` in braces. */
export interface NamingPattern {
  readonly elements: readonly ("UD" | "UN" | "TD" | "IDP")[];
  readonly separator: string;
  readonly domain: string | null;
  readonly tenantDomain: string;
}

/** Target attribute → rule. */
export type Mapping = Readonly<Record<string, MappingRule>>;

/** What a removal does: nothing, disable, delete at once, or disable now and delete after a grace. */
export type RemovalPolicy =
  | { readonly kind: "keep" }
  | { readonly kind: "disable" }
  | { readonly kind: "delete" }
  | { readonly kind: "staged"; readonly graceMs: number };

/** What leaving means at a connection, per cause. */
export interface Deprovision {
  readonly deleted: RemovalPolicy;
  readonly outOfScope: RemovalPolicy;
  readonly disabled: "disable" | "ignore";
  readonly deselected: "keep" | "disable" | "delete";
}

/** How many removals a connection takes in a window before a person must be asked. */
export interface GuardLimits {
  readonly free: number;
  readonly percent: number;
  readonly ceiling: number;
  readonly windowMs: number;
}

/** One configured target. */
export interface Connection {
  readonly id: string;
  readonly connector: ConnectorKind;
  readonly enabled: boolean;
  /** The connector's own settings, checked by its schema when the configuration is checked. */
  readonly settings: JsonObject;
  /** Groups whose members are in scope; null: every user. Never empty. */
  readonly groupFilter: readonly GroupReference[] | null;
  readonly pushGroups: "all" | "filter" | "none";
  readonly mapping: Mapping;
  readonly deprovision: Deprovision;
  readonly adopt: "never" | "unmanaged" | "always";
  readonly guard: GuardLimits;
  readonly limits: { readonly requestsPerSecond: number | null; readonly concurrency: number };
  readonly retry: { readonly giveUpAfterMs: number };
}

/** One organization's configuration, checked and with every default filled in. */
export interface Configuration {
  readonly organization: string;
  readonly provisioners: ProvisionerList;
  readonly applications: readonly Application[];
  readonly feeds: readonly Feed[];
  readonly connections: readonly Connection[];
  /** Networks that egress may reach although they are private, as CIDR blocks. */
  readonly network: { readonly allowPrivate: readonly string[] };
}

/** The reserved application id of the identity provider's own console: exempt from attribute filtering. */
export const consoleApplication = "console";
