/** Where in a document: keys and list positions from the root. */
export type Path = readonly (string | number)[];

/** One thing that is wrong (or, as a warning, surprising) in a configuration or in the environment. */
export interface Problem {
  /** Stable; tests and tools go by it. */
  readonly code: string;
  /** From 1; null where there is no text, as in the environment. */
  readonly line: number | null;
  /** From 1. */
  readonly column: number | null;
  /** `connections[0].groupFilter`; empty for the whole document. */
  readonly path: string;
  /** Completes a sentence that begins with the path, and says what to change. Never holds a secret. */
  readonly message: string;
}

/** What can be wrong with the text itself, so that nothing else, or not all else, could be checked. */
export const textCodes = [
  "yaml_syntax",
  "yaml_alias",
  "yaml_too_deep",
  "yaml_too_large",
  "duplicate_key",
] as const;

/** What can be wrong with one value or key, or between several. Stable. */
export const findingCodes = [
  "missing_key",
  "unknown_key",
  "invalid_type",
  "invalid_value",
  "invalid_id",
  "invalid_duration",
  "invalid_cidr",
  "secret_not_reference",
  "attribute_unknown",
  "duplicate_id",
  "reserved_id",
  "unknown_connection",
  "duplicate_connection",
  "unknown_application",
  "token_shared",
  "group_filter_empty",
  "group_source_missing",
  "unknown_source",
  "duplicate_entry",
  "mapping_rule",
  "mapping_cel_unsupported",
  "mapping_required",
  "mapping_reserved",
  "connector_not_available",
] as const;

/** What is allowed and will surprise. Stable. */
export const warningCodes = ["connection_unlisted", "mapping_target_unknown"] as const;

/** Code of a finding. */
export type FindingCode = (typeof findingCodes)[number] | (typeof warningCodes)[number];

/** A problem before its path has been looked up in the text. */
export interface Finding {
  readonly code: FindingCode;
  readonly path: Path;
  /** Whether the key itself is at fault, or its value. */
  readonly part: "key" | "value";
  readonly message: string;
  /** The path to show where the path itself may hold what must not be seen; else `path` is shown. */
  readonly shown?: Path;
}

/** A finding about the value at a path. */
export function finding(code: FindingCode, path: Path, message: string): Finding {
  return { code, path, part: "value", message };
}

/** A finding about the key that ends a path. */
export function keyFinding(code: FindingCode, path: Path, message: string): Finding {
  return { code, path, part: "key", message };
}

const plainName = /^[A-Za-z_$][\w$-]*$/;

/** A path as people write it: `connections[0].mapping["name.givenName"].path`. Empty for the root. */
export function formatPath(path: Path): string {
  return path
    .map((segment, index) => {
      if (typeof segment === "number") return `[${segment}]`;
      if (!plainName.test(segment)) return `[${JSON.stringify(segment)}]`;
      return index === 0 ? segment : `.${segment}`;
    })
    .join("");
}
