import type { ErrorCode, Node, YAMLError } from "yaml";
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Document } from "yaml";
import type { Path, Problem } from "./problem.js";

/** Longest text that is read, in characters. */
export const maxDocumentLength = 1_048_576;

const maxAliases = 100;
const maxDepth = 64;
const maxSyntaxProblems = 20;

/** A place in the text, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A document that could be read. */
export interface YamlDocument {
  /** Plain values, finite and without cycles. */
  readonly value: unknown;
  /** Keys given twice: the rest of the document can still be checked. */
  readonly problems: readonly Problem[];
  /** Where a path stands; for one that is not there, the key of its nearest parent. Looks through aliases. */
  locate(path: Path, part: "key" | "value"): Position;
}

/** A document, or why it could not be read. */
export type YamlResult =
  | { readonly ok: true; readonly document: YamlDocument }
  | { readonly ok: false; readonly problems: readonly Problem[] };

// Our own words for every error: the library's messages quote the text, which may hold a pasted secret.
const syntaxMessages: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: "an alias (*name) can have no anchor or tag: remove it",
  BAD_ALIAS: "an alias or anchor has no usable name",
  BAD_COLLECTION_TYPE: "a tag does not fit the list or mapping it stands on: remove the tag",
  BAD_DIRECTIVE: "a line starting with % is not a directive that YAML knows: remove it",
  BAD_DQ_ESCAPE: 'a backslash in "…" is no known escape: double it, or use single quotes',
  BAD_INDENT: "the indentation is wrong, or a list or mapping is not closed: align with the lines above",
  BAD_PROP_ORDER: "an anchor or tag must stand before the value",
  BAD_SCALAR_START: "a value cannot start with this character: put it in quotes",
  BLOCK_AS_IMPLICIT_KEY:
    "a mapping cannot start on the line of another key: quote the value, or break the line",
  BLOCK_IN_FLOW: "an indented block cannot stand inside […] or {…}",
  DUPLICATE_KEY: "this key is given twice in the same mapping: remove one of them",
  IMPOSSIBLE: "the text cannot be read as YAML here",
  KEY_OVER_1024_CHARS: "a key is too long: is a quote or a line break missing?",
  MISSING_CHAR: "a character is missing: a quote, a colon, a comma, a bracket, or a space after a colon",
  MULTILINE_IMPLICIT_KEY: "a key must stand on one line: is a colon missing?",
  MULTIPLE_ANCHORS: "a value can have one anchor only",
  MULTIPLE_DOCS: "there is a second document: remove the line --- and what follows",
  MULTIPLE_TAGS: "a value can have one tag only",
  NON_STRING_KEY: "a key must be a text: put it in quotes",
  RESOURCE_EXHAUSTION: "lists or mappings are nested too deeply",
  TAB_AS_INDENT: "tabs cannot indent: use spaces",
  TAG_RESOLVE_FAILED: "custom tags (!name) are not supported: remove the tag",
  UNEXPECTED_TOKEN: "something unexpected stands here: check quotes, colons and indentation",
};

const problemAt = (lines: LineCounter, code: string, offset: number | null, message: string): Problem => {
  const at = offset === null ? null : lines.linePos(offset);
  return { code, line: at?.line ?? null, column: at?.col ?? null, path: "", message };
};

const syntaxProblem = (lines: LineCounter, error: YAMLError): Problem => {
  const code = error.code === "DUPLICATE_KEY" ? "duplicate_key" : "yaml_syntax";
  return problemAt(lines, code, error.pos[0], syntaxMessages[error.code]);
};

const aliasProblems = (document: Document.Parsed, lines: LineCounter): readonly Problem[] => {
  const problems: Problem[] = [];
  let aliases = 0;
  visit(document, {
    Alias(_key, node, ancestors) {
      aliases += 1;
      if (aliases > maxAliases) return visit.BREAK;
      const target = node.resolve(document);
      const offset = node.range?.[0] ?? null;
      const fault = (message: string): number =>
        problems.push(problemAt(lines, "yaml_alias", offset, message));
      if (target === undefined) fault("this alias names no anchor that stands before it");
      else if (ancestors.includes(target)) fault("this alias contains itself: write the values out");
      return undefined;
    },
  });
  if (aliases > maxAliases)
    problems.push(problemAt(lines, "yaml_alias", null, "too many aliases: write the values out"));
  return problems;
};

const isDeeperThan = (value: unknown, levels: number): boolean => {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeperThan(item, levels - 1));
};

const step = (node: unknown, segment: string | number): { key: unknown; value: unknown } | null => {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(segment));
    return pair === undefined ? null : { key: pair.key, value: pair.value };
  }
  if (isSeq(node)) {
    const item: unknown = node.items[Number(segment)];
    return item === undefined ? null : { key: item, value: item };
  }
  return null;
};

const startOf = (node: unknown): number | null => (node as Node | null)?.range?.[0] ?? null;

const locator = (document: Document.Parsed, lines: LineCounter) => {
  const resolved = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  return (path: Path, part: "key" | "value"): Position => {
    let found: { key: unknown; value: unknown } = { key: document.contents, value: document.contents };
    let missing = false;
    for (const segment of path) {
      const next = step(resolved(found.value), segment);
      missing = next === null;
      if (next === null) break;
      found = next;
    }
    const node = part === "key" || missing ? found.key : found.value;
    const at = lines.linePos(startOf(node) ?? startOf(found.key) ?? 0);
    return { line: Math.max(1, at.line), column: Math.max(1, at.col) };
  };
};

const fail = (...problems: readonly Problem[]): YamlResult => ({ ok: false, problems });

const open = (text: string, lines: LineCounter): YamlResult => {
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    resolveKnownTags: false,
    stringKeys: true,
    // Not "silent", which would also let a second document pass unseen.
    logLevel: "error",
  });
  const problems = [...document.errors, ...document.warnings].map((error) => syntaxProblem(lines, error));
  const deep = document.errors.find((error) => error.code === "RESOURCE_EXHAUSTION");
  if (deep !== undefined)
    return fail(problemAt(lines, "yaml_too_deep", deep.pos[0], syntaxMessages[deep.code]));
  if (problems.some((problem) => problem.code !== "duplicate_key")) {
    return fail(...problems.slice(0, maxSyntaxProblems));
  }
  const aliases = aliasProblems(document, lines);
  if (aliases.length > 0) return fail(...problems, ...aliases);
  const value: unknown = document.toJS({ maxAliasCount: maxAliases });
  if (isDeeperThan(value, maxDepth)) {
    return fail(
      problemAt(lines, "yaml_too_deep", null, `lists or mappings are nested more than ${maxDepth} deep`),
    );
  }
  return { ok: true, document: { value, problems, locate: locator(document, lines) } };
};

/**
 * Reads one YAML 1.2 document (JSON is YAML) and keeps where everything stands. Never throws and never quotes the
 * text: what cannot be read comes back as problems. Size, depth and aliases are bounded.
 */
export function readYaml(text: string): YamlResult {
  const lines = new LineCounter();
  if (text.length > maxDocumentLength) {
    return fail(
      problemAt(lines, "yaml_too_large", null, `the text is longer than ${maxDocumentLength} characters`),
    );
  }
  try {
    return open(text, lines);
  } catch (error) {
    // The library throws for these two alone: aliases that multiply, and a stack that is used up.
    if (error instanceof ReferenceError) {
      return fail(
        problemAt(lines, "yaml_alias", null, "aliases multiply beyond bounds: write the values out"),
      );
    }
    if (error instanceof RangeError) {
      return fail(problemAt(lines, "yaml_too_deep", null, syntaxMessages.RESOURCE_EXHAUSTION));
    }
    throw error;
  }
}
