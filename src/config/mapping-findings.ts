import type { ConnectorFacts } from "../domain/connector-facts.js";
import { attributePathFault } from "./attribute-paths.js";
import type { ConnectionOutline } from "./outline.js";
import { fieldsOf } from "./outline.js";
import type { Finding, Path } from "./problem.js";
import { finding, keyFinding } from "./problem.js";

const origins = ["path", "value", "pattern"];

const ruleFindings = (rule: unknown, path: Path): readonly Finding[] => {
  const fields = fieldsOf(rule);
  if (fields === null) return [];
  if (Object.hasOwn(fields, "cel")) {
    const message = "cannot be used yet: CEL comes in a later release; use path, value or pattern";
    return [keyFinding("mapping_cel_unsupported", [...path, "cel"], message)];
  }
  const given = origins.filter((origin) => Object.hasOwn(fields, origin));
  if (given.length === 1) return [];
  const has = given.length === 0 ? "has none" : `has ${given.join(" and ")}`;
  return [finding("mapping_rule", path, `must have exactly one of path, value and pattern, but ${has}`)];
};

const reservedMessage = (target: string): string =>
  target === "active"
    ? "is decided by outbound and never mapped (see deprovision): remove it"
    : "is set by outbound and never mapped: remove it";

/** What is wrong with the mapping of one connection: rules, required and reserved target attributes. */
export function mappingFindings(connection: ConnectionOutline, facts: ConnectorFacts): readonly Finding[] {
  const { mapping } = connection;
  if (mapping === null) return [];
  const path = [...connection.path, "mapping"];
  const targets = Object.keys(mapping);
  const reserved = targets.filter((target) => facts.reserved.includes(target));
  const missing = facts.required.filter((target) => !targets.includes(target));
  return [
    ...targets.flatMap((target) => ruleFindings(mapping[target], [...path, target])),
    ...reserved.map((target) => keyFinding("mapping_reserved", [...path, target], reservedMessage(target))),
    ...missing.map((target) =>
      keyFinding("mapping_required", path, `must have a rule for ${target}, which the connector requires`),
    ),
  ];
}

/**
 * Target attributes that no SCIM target is likely to know: a warning only, since a target may have attributes of
 * its own. Most targets ignore what they do not know, so a misspelling would go unnoticed.
 */
export function mappingWarnings(connection: ConnectionOutline, facts: ConnectorFacts): readonly Finding[] {
  if (connection.connector !== "scim2" || connection.mapping === null) return [];
  return Object.keys(connection.mapping).flatMap((target) => {
    const fault = facts.reserved.includes(target) ? null : attributePathFault(target, "mapping");
    if (fault === null) return [];
    return [keyFinding("mapping_target_unknown", [...connection.path, "mapping", target], fault)];
  });
}
