import { z } from "zod";
import type { Path } from "./problem.js";

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const nodes = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : []);

/** False when the value names another member of a discriminated union than this one. */
const mayBe = (schema: Node, value: unknown): boolean => {
  if (!isNode(schema["properties"]) || !isNode(value)) return true;
  return Object.entries(schema["properties"]).every(
    ([key, property]) => !isNode(property) || !("const" in property) || property["const"] === value[key],
  );
};

/** A schema and all its alternatives that fit the value. */
const alternatives = (schema: Node, value: unknown): readonly Node[] => {
  const inner = ["anyOf", "oneOf", "allOf"].flatMap((key) => nodes(schema[key]));
  return [schema, ...inner.filter((one) => mayBe(one, value)).flatMap((one) => alternatives(one, value))];
};

const childOf = (schema: Node, segment: string | number): unknown => {
  if (typeof segment === "number") return schema["items"];
  const properties = schema["properties"];
  if (isNode(properties) && Object.hasOwn(properties, segment)) return properties[segment];
  return schema["additionalProperties"];
};

const valueAt = (value: unknown, segment: string | number): unknown =>
  typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[segment]
    : undefined;

const keysAt = (schema: Node, path: Path, value: unknown): readonly string[] => {
  const [segment, ...rest] = path;
  return alternatives(schema, value).flatMap((one) => {
    if (segment === undefined) return isNode(one["properties"]) ? Object.keys(one["properties"]) : [];
    const child = childOf(one, segment);
    return isNode(child) ? keysAt(child, rest, valueAt(value, segment)) : [];
  });
};

/** A schema as JSON Schema of what is written; parts that JSON Schema cannot say are left open. */
export function inputSchema(schema: z.ZodType): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(schema, { io: "input", target: "draft-2020-12", unrepresentable: "any" });
}

// Made once per schema: it takes longer than checking a whole document.
const made = new WeakMap<z.ZodType, Node>();

const madeSchema = (schema: z.ZodType): Node => {
  const known = made.get(schema) ?? inputSchema(schema);
  made.set(schema, known);
  return known;
};

/** The keys that a schema knows at a path of a value, for suggestions; empty where it knows none by name. */
export function knownKeys(schema: z.ZodType, path: Path, value: unknown): readonly string[] {
  return [...new Set(keysAt(madeSchema(schema), path, value))];
}
