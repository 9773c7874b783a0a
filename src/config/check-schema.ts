import type { z } from "zod";
import { knownKeys } from "./known-keys.js";
import { didYouMean, nearest } from "./nearest.js";
import type { Finding, FindingCode, Path } from "./problem.js";
import { finding, findingCodes, keyFinding } from "./problem.js";

type Issue = z.core.$ZodIssue;

/** What a value was checked against, so that messages can speak of both. */
interface Context {
  readonly schema: z.ZodType;
  readonly value: unknown;
  /** Where the value stands in the document. */
  readonly base: Path;
}

const words: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping of keys",
  record: "a mapping of keys",
  null: "empty",
};

const wordFor = (value: unknown): string => {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  return words[typeof value] ?? "something else";
};

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, segment) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, segment)
        ? (inner as Readonly<Record<PropertyKey, unknown>>)[segment]
        : undefined,
    value,
  );

const segments = (path: readonly PropertyKey[]): Path =>
  path.map((segment) => (typeof segment === "number" ? segment : String(segment)));

const listed = (values: readonly unknown[]): string => values.map(String).join(", ");

const choice = (allowed: readonly unknown[], value: unknown): string => {
  const [only] = allowed;
  if (allowed.length === 1) return `must be ${String(only)}`;
  return `must be one of ${listed(allowed)}${typeof value === "string" ? didYouMean(value, allowed.map(String)) : ""}`;
};

const bound = (issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string => {
  const low = issue.code === "too_small";
  const limit = low ? issue.minimum : issue.maximum;
  if (low && issue.origin === "string" && limit === 1) return "must not be empty";
  const [inclusive, exclusive] = low ? ["at least", "more than"] : ["at most", "less than"];
  const amount = `${issue.inclusive === false ? exclusive : inclusive} ${limit}`;
  if (issue.origin === "array") return `must have ${amount} ${limit === 1 ? "entry" : "entries"}`;
  return issue.origin === "string" ? `must have ${amount} characters` : `must be ${amount}`;
};

/** The discriminators that would do, when none of a discriminated union fits; else null. */
const discriminators = (issue: z.core.$ZodIssueInvalidUnion): readonly string[] | null =>
  "options" in issue ? issue.options.map(String) : null;

const expectation = (issue: Issue): string => {
  switch (issue.code) {
    case "invalid_type":
      return words[issue.expected] ?? "another kind of value";
    case "invalid_value":
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${listed(issue.values)}`;
    case "invalid_union":
      return `one of ${listed(discriminators(issue) ?? ["the allowed values"])}`;
    default:
      return "a value";
  }
};

/**
 * The schema's own words, or ours where it has only the library's. A schema of a connector is trusted less than
 * ours: words that show what was written are dropped, since that may be a pasted secret.
 */
const wordsOf = (issue: Issue, ours: string, value: unknown, context: Context): string => {
  const echoes = typeof value === "string" && value.length >= 6 && issue.message.includes(value);
  if (context.base.length > 0 && echoes) return ours;
  return issue.message.startsWith("Invalid ") ? ours : issue.message;
};

const customCode = (issue: z.core.$ZodIssueCustom): FindingCode => {
  const code: unknown = issue.params?.["code"];
  return findingCodes.find((known) => known === code) ?? "invalid_value";
};

const secretive = /^(?:auth|tokens?|secrets?|passwords?|key.*|private.*|client.*)$/i;

/** Whether a key may be shown: a pasted secret can end up as a key (`{token:s3cret}`, without the space). */
const mayShow = (key: string, path: Path, known: readonly string[]): boolean =>
  nearest(key, known) !== null ||
  (/^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(key) && !path.some((segment) => secretive.test(String(segment))));

const unknownKeys = (keys: readonly string[], path: Path, context: Context): readonly Finding[] => {
  const known = knownKeys(context.schema, path, context.value);
  const parent = [...context.base, ...path];
  const meant = known.filter((key) => !keys.includes(key));
  const allowed = known.length === 0 ? "" : `; allowed here: ${known.join(", ")}`;
  return keys.map((key) => {
    const fullPath = [...parent, key];
    if (mayShow(key, parent, meant)) {
      return keyFinding("unknown_key", fullPath, `is not known here${didYouMean(key, meant) || allowed}`);
    }
    const message = `holds a key that is not known here (is a space missing after a colon?)${allowed}`;
    return { ...keyFinding("unknown_key", fullPath, message), shown: parent };
  });
};

/** Of the alternatives of a union, the one that was meant: the only one whose kind of value fits. */
const meantBranch = (branches: readonly (readonly Issue[])[]): readonly Issue[] | null => {
  const fitting = branches.filter(
    (issues) =>
      !issues.some(
        (issue) => issue.path.length === 0 && ["invalid_type", "invalid_value"].includes(issue.code),
      ),
  );
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
};

const simpleFinding = (issue: Issue, path: Path, value: unknown, context: Context): Finding => {
  const report = (code: FindingCode, message: string): Finding =>
    finding(code, [...context.base, ...path], message);
  switch (issue.code) {
    case "invalid_type":
      if (issue.expected === "int" && typeof value === "number")
        return report("invalid_type", "must be a whole number");
      return report("invalid_type", `must be ${expectation(issue)}, but is ${wordFor(value)}`);
    case "invalid_value":
      return report("invalid_value", choice(issue.values, value));
    case "too_small":
    case "too_big":
      return report("invalid_value", bound(issue));
    case "invalid_union": {
      const options = discriminators(issue);
      if (options !== null) return report("invalid_value", choice(options, value));
      return report("invalid_value", wordsOf(issue, "is not valid here", value, context));
    }
    case "invalid_format":
      return report("invalid_value", wordsOf(issue, `must be a valid ${issue.format}`, value, context));
    case "custom":
      return report(customCode(issue), wordsOf(issue, "is not valid here", value, context));
    default:
      return report("invalid_value", wordsOf(issue, "is not valid here", value, context));
  }
};

const issueFindings = (issue: Issue, context: Context): readonly Finding[] => {
  const path = segments(issue.path);
  if (issue.code === "unrecognized_keys") return unknownKeys(issue.keys, path, context);
  const value = at(context.value, issue.path);
  if (value === undefined && issue.code !== "custom") {
    const message = `is missing: add it, as ${expectation(issue)}`;
    return [finding("missing_key", [...context.base, ...path], message)];
  }
  const branch = issue.code === "invalid_union" ? meantBranch(issue.errors) : null;
  if (branch === null) return [simpleFinding(issue, path, value, context)];
  return branch.flatMap((inner) =>
    issueFindings({ ...inner, path: [...issue.path, ...inner.path] }, context),
  );
};

/** A value that passed its schema, or what does not fit. */
export type SchemaResult<Output> =
  | { readonly ok: true; readonly data: Output }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Checks a value against a schema and says in plain words what does not fit: every fault, each with its path in
 * the document (`base` is where the value stands). Never shows a value, and a key only where it cannot be a secret.
 */
export function checkSchema<Output>(
  schema: z.ZodType<Output>,
  value: unknown,
  base: Path,
): SchemaResult<Output> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, data: result.data };
  return {
    ok: false,
    findings: result.error.issues.flatMap((issue) => issueFindings(issue, { schema, value, base })),
  };
}
