import type { GroupReference } from "../domain/configuration.js";
import type { ConnectionOutline, Outline } from "./outline.js";
import { sourceNames } from "./outline.js";
import { didYouMean } from "./nearest.js";
import type { Finding, FindingCode } from "./problem.js";
import { finding } from "./problem.js";

/** A group named in full, or the code and words of what is wrong with it. */
export type GroupResult =
  | { readonly ok: true; readonly reference: GroupReference }
  | { readonly ok: false; readonly code: FindingCode; readonly message: string };

/**
 * Names a filter entry in full. `source:externalId` stands for itself; an id alone belongs to the only source. An
 * id that holds a colon must be written with its source, or a misspelt source would look like an id.
 */
export function resolveGroup(entry: string, sources: readonly string[]): GroupResult {
  const colon = entry.indexOf(":");
  const [source, externalId] = colon < 0 ? [null, entry] : [entry.slice(0, colon), entry.slice(colon + 1)];
  if (externalId.trim() === "") {
    return { ok: false, code: "invalid_value", message: "must name a group, as source:externalId" };
  }
  const known = sources.length === 0 ? "no feed has a source" : `sources: ${sources.join(", ")}`;
  if (source !== null) {
    if (sources.includes(source)) return { ok: true, reference: entry };
    const message = `names a source that no feed has (${known})${didYouMean(source, sources)}`;
    return { ok: false, code: "unknown_source", message };
  }
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return { ok: true, reference: `${only}:${entry}` };
  return {
    ok: false,
    code: "group_source_missing",
    message: `must say whose group it is, as source:externalId (${known})`,
  };
}

const filterFindings = (connection: ConnectionOutline, sources: readonly string[]): readonly Finding[] => {
  const filter = connection.groupFilter;
  if (filter === null) return [];
  if (filter.length === 0) {
    const message = "must not be empty: leave groupFilter out to include every user";
    return [finding("group_filter_empty", [...connection.path, "groupFilter"], message)];
  }
  const seen = new Set<string>();
  return filter.flatMap((entry) => {
    const result = resolveGroup(entry.text, sources);
    if (!result.ok) return [finding(result.code, entry.path, result.message)];
    if (seen.has(result.reference))
      return [finding("duplicate_entry", entry.path, "is on this list already: remove it")];
    seen.add(result.reference);
    return [];
  });
};

/** Whether every group filter names groups of known sources, once each, and none is empty. Statement 10. */
export function groupFilterFindings(outline: Outline): readonly Finding[] {
  const sources = sourceNames(outline.feeds);
  return outline.connections.flatMap((connection) => filterFindings(connection, sources));
}
