import type { Configuration } from "../domain/configuration.js";
import { buildConfiguration } from "./build-configuration.js";
import { configurationSchema } from "./configuration-schema.js";
import type { SettingsSchemas } from "./cross-checks.js";
import { crossChecks, crossWarnings } from "./cross-checks.js";
import { readOutline } from "./outline.js";
import type { Finding, Problem } from "./problem.js";
import { formatPath } from "./problem.js";
import { checkSchema } from "./check-schema.js";
import type { YamlDocument } from "./yaml-document.js";
import { readYaml } from "./yaml-document.js";

/** What a caller may hand in. */
export interface ParseOptions {
  /** Schemas of the connectors' settings; a connector without one is not available. */
  readonly settingsSchemas?: SettingsSchemas;
}

/** A configuration with every default filled in, or everything that is wrong with it. */
export type ParseResult =
  | { readonly ok: true; readonly configuration: Configuration; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const toProblem = (document: YamlDocument, found: Finding): Problem => {
  const { line, column } = document.locate(found.path, found.part);
  return {
    code: found.code,
    line,
    column,
    path: formatPath(found.shown ?? found.path),
    message: found.message,
  };
};

const inOrder = (problems: readonly Problem[]): readonly Problem[] =>
  [...problems].sort(
    (left, right) => (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0),
  );

/**
 * Reads `outbound.yaml` (design section 10). All problems come back at once, in the order of the text, each with
 * its line. Never throws, and never shows a secret that was written where a reference belongs. Statements 1 to 9
 * and 31 to 36 rest on what it lets through.
 */
export function parseConfiguration(text: string, options: ParseOptions = {}): ParseResult {
  const read = readYaml(text);
  if (!read.ok) return { ok: false, problems: inOrder(read.problems) };
  const { document } = read;
  const outline = readOutline(document.value);
  const checked = checkSchema(configurationSchema, document.value, []);
  const findings = [
    ...(checked.ok ? [] : checked.findings),
    ...crossChecks(outline, options.settingsSchemas ?? {}),
  ];
  const problems = [...document.problems, ...findings.map((found) => toProblem(document, found))];
  if (!checked.ok || problems.length > 0) return { ok: false, problems: inOrder(problems) };
  const warnings = crossWarnings(outline).map((found) => toProblem(document, found));
  return { ok: true, configuration: buildConfiguration(checked.data), warnings: inOrder(warnings) };
}
