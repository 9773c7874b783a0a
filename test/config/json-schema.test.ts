import { describe, expect, it } from "@jest/globals";
import { configurationJsonSchema } from "../../src/config/json-schema.js";

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null;

/** Every object schema below, with the path that leads to it. */
const objectsIn = (node: Node, path: string): readonly { readonly node: Node; readonly path: string }[] => [
  ...(isNode(node["properties"]) ? [{ node, path }] : []),
  ...Object.entries(node).flatMap(([key, inner]) =>
    isNode(inner) ? objectsIn(inner, `${path}/${key}`) : [],
  ),
];

describe("configurationJsonSchema", () => {
  const schema = configurationJsonSchema();
  const objects = objectsIn(schema, "").filter(({ path }) => !path.startsWith("/$defs/"));

  it("is draft 2020-12 and plain JSON", () => {
    expect(schema["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });

  it("describes every property", () => {
    const undescribed = objects.flatMap(({ node, path }) =>
      Object.entries(node["properties"] as Node)
        .filter(([, property]) => !isNode(property) || typeof property["description"] !== "string")
        .map(([name]) => `${path}/${name}`),
    );
    expect(objects.length).toBeGreaterThan(12);
    expect(undescribed).toEqual([]);
  });

  it("refuses unknown keys wherever it names some", () => {
    expect(
      objects.filter(({ node }) => node["additionalProperties"] !== false).map(({ path }) => path),
    ).toEqual([]);
  });

  it("speaks of what is written, not of what comes out: only what has no default is required", () => {
    expect(schema["required"]).toEqual(["version", "organization"]);
    expect(JSON.stringify(schema)).not.toContain("giveUpAfterMs");
  });
});
