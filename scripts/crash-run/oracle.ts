import type { PlainEnrolment, PlainFeed, PlainUser } from "./plain-directory.js";
import { enrolmentOf, plainDirectory } from "./plain-directory.js";
import type { AcceptedEvent, JsonRecord, JsonValue } from "./posted-event.js";

/** Where the value of one target attribute comes from. */
export interface OracleRule {
  readonly path?: string;
  readonly value?: JsonValue;
  /** Filled in at create when the source has no value; whether it was depends on when the account was made. */
  readonly default?: JsonValue;
}

/** One connection, with what decides its accounts. Removal policies are the defaults: everything disables. */
export interface OracleConnection {
  readonly id: string;
  /** External ids of the filter's groups; null: every user. */
  readonly groups: readonly string[] | null;
  readonly mapping: Readonly<Record<string, OracleRule>>;
}

/** A list of connections, with whether each takes users who were made at a login. */
export type OracleList = readonly { readonly connection: string; readonly jit: boolean }[];

/** An application: what it requested, and its own list where it has one. */
export interface OracleApplication {
  readonly requested: "all" | readonly string[];
  readonly list: OracleList | null;
}

/** The facts of the configuration that the oracle needs, given plainly. */
export interface OracleFacts {
  readonly connections: readonly OracleConnection[];
  readonly organization: OracleList;
  readonly applications: Readonly<Record<string, OracleApplication>>;
  readonly feeds: Readonly<Record<string, PlainFeed>>;
}

/** Target attributes by flat name (`name.givenName`), and defaults that may stand where there is no value. */
export interface ExpectedAttributes {
  readonly attributes: JsonRecord;
  readonly defaults: JsonRecord;
}

/**
 * What must be found at one connection for one user, at rest:
 * `none`: no account, since at no moment one could be due; `left`: no account, or one that is disabled;
 * `kept`: any one account, or none, since no list selects the connection any more; `disabled`: no account, or one
 * that is disabled and has the attributes; `active`: exactly one, enabled, with the attributes and no others.
 */
export type Expectation =
  | { readonly kind: "none" }
  | { readonly kind: "left"; readonly why: "gone" | "out_of_scope" }
  | { readonly kind: "kept" }
  | ({ readonly kind: "disabled" | "active" } & ExpectedAttributes);

/** Expectations by user (external id), then by connection. */
export type Expectations = ReadonlyMap<string, ReadonlyMap<string, Expectation>>;

type Allowed = "all" | ReadonlySet<string>;

const isRecord = (value: JsonValue | undefined): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isBlank = (value: JsonValue): boolean =>
  value === null || value === "" || (Array.isArray(value) && value.length === 0);

/** Attributes by flat name: a part of a complex attribute after a dot, an attribute of an extension after a colon. */
export function flatAttributes(resource: JsonRecord): JsonRecord {
  const flat: Record<string, JsonValue> = {};
  const add = (name: string, value: JsonValue, separator: string): void => {
    if (!isRecord(value)) {
      if (!isBlank(value)) flat[name] = value;
      return;
    }
    for (const [part, inner] of Object.entries(value)) add(`${name}${separator}${part}`, inner, ".");
  };
  for (const [name, value] of Object.entries(resource)) add(name, value, name.startsWith("urn:") ? ":" : ".");
  return flat;
}

const within = (name: string, path: string): boolean =>
  name === path || name.startsWith(`${path}.`) || name.startsWith(`${path}:`);

const listOf = (facts: OracleFacts, enrolment: PlainEnrolment): OracleList => {
  const application = enrolment.application === null ? undefined : facts.applications[enrolment.application];
  return enrolment.kind === "organization" ? facts.organization : (application?.list ?? facts.organization);
};

const selects = (facts: OracleFacts, enrolment: PlainEnrolment, connection: string): boolean =>
  listOf(facts, enrolment).some(
    (entry) => entry.connection === connection && (enrolment.kind !== "jit" || entry.jit),
  );

const requestedBy = (facts: OracleFacts, enrolment: PlainEnrolment): "all" | readonly string[] =>
  enrolment.kind === "token" ? (facts.applications[enrolment.application ?? ""]?.requested ?? "all") : "all";

/** What the enrolments that select a connection allow together; null when none selects it. */
function allowedAt(facts: OracleFacts, user: PlainUser, connection: string): Allowed | null {
  const selecting = [...user.enrolments.values()].filter((one) => selects(facts, one, connection));
  if (selecting.length === 0) return null;
  const union = new Set(["userName"]);
  for (const one of selecting) {
    const requested = requestedBy(facts, one);
    if (requested === "all") return "all";
    for (const name of requested) union.add(name);
  }
  return union;
}

const mayBeSent = (allowed: Allowed, name: string): boolean =>
  allowed === "all" || [...allowed].some((path) => within(name, path));

function mapped(connection: OracleConnection, user: PlainUser, allowed: Allowed): ExpectedAttributes {
  const source = Object.entries(flatAttributes(user.attributes)).filter(([name]) => mayBeSent(allowed, name));
  const attributes: Record<string, JsonValue> = {};
  const defaults: Record<string, JsonValue> = {};
  for (const [target, rule] of Object.entries(connection.mapping)) {
    const { path, value } = rule;
    const found = path === undefined ? [] : source.filter(([name]) => within(name, path));
    if (value !== undefined) attributes[target] = value;
    for (const [name, sent] of found) attributes[target + name.slice(path?.length)] = sent;
    if (rule.default !== undefined && found.length === 0 && value === undefined)
      defaults[target] = rule.default;
  }
  return { attributes, defaults };
}

const inScope = (connection: OracleConnection, groups: ReadonlySet<string>): boolean =>
  connection.groups === null || connection.groups.some((group) => groups.has(group));

function expect(facts: OracleFacts, connection: OracleConnection, user: PlainUser): Expectation {
  const { userName, active } = user.attributes;
  if (user.enrolments.size === 0 || typeof userName !== "string") return { kind: "left", why: "gone" };
  if (!inScope(connection, user.groups)) return { kind: "left", why: "out_of_scope" };
  const allowed = allowedAt(facts, user, connection.id);
  if (allowed === null) return { kind: "kept" };
  const enabled = active !== false && !user.locked;
  return { kind: enabled ? "active" : "disabled", ...mapped(connection, user, allowed) };
}

/** What the events of one user ever said, whatever came of it. */
interface Mentions {
  named: boolean;
  readonly groups: Set<string>;
  readonly enrolments: PlainEnrolment[];
}

function mentionsOf(accepted: readonly AcceptedEvent[], facts: OracleFacts): ReadonlyMap<string, Mentions> {
  const all = new Map<string, Mentions>();
  const of = (id: string): Mentions => {
    const held = all.get(id) ?? { named: false, groups: new Set(), enrolments: [] };
    all.set(id, held);
    return held;
  };
  for (const { feed, event } of accepted) {
    const { user, group } = event.data;
    for (const member of [...(group?.members ?? []), ...(group?.add ?? [])])
      of(member).groups.add(group?.id ?? "");
    for (const member of group?.remove ?? []) of(member);
    if (user === undefined) continue;
    const mentions = of(user.id);
    mentions.named ||= typeof user["userName"] === "string";
    for (const name of [...(user.groups ?? []), ...(user.addGroups ?? [])]) mentions.groups.add(name);
    mentions.enrolments.push(enrolmentOf(event, feed, facts.feeds[feed]?.application ?? null));
  }
  return all;
}

/** Whether, whatever subset of the events had arrived at some moment, an account could have been due. */
const everDue = (facts: OracleFacts, connection: OracleConnection, mentions: Mentions): boolean =>
  mentions.named &&
  inScope(connection, mentions.groups) &&
  mentions.enrolments.some((enrolment) => selects(facts, enrolment, connection.id));

/**
 * Says what every target must hold once all accepted events have been worked off: the events are sorted by stamp
 * and applied plainly, then each user is held against each connection (design, sections 3 and 4). Shares no code
 * with `src`. Users of whom only groups spoke are in it too: nothing may be made for them.
 *
 * @param accepted Events that were accepted, in any order and any number of times.
 */
export function expectAccounts(accepted: readonly AcceptedEvent[], facts: OracleFacts): Expectations {
  const mentions = mentionsOf(accepted, facts);
  const expectations = new Map<string, ReadonlyMap<string, Expectation>>();
  for (const [id, user] of plainDirectory(accepted, facts.feeds)) {
    const said = mentions.get(id);
    const perConnection = facts.connections.map((connection): [string, Expectation] => {
      const due = said !== undefined && everDue(facts, connection, said);
      return [connection.id, due ? expect(facts, connection, user) : { kind: "none" }];
    });
    expectations.set(id, new Map(perConnection));
  }
  return expectations;
}
