import { describe, expect, it } from "@jest/globals";
import type { Json } from "../../src/domain/json.js";
import { depthMax, hasForbiddenKey, jsonDepth, readJson } from "../../src/http/json-body.js";

describe("jsonDepth", () => {
  it.each([
    ["1", 0],
    ["[]", 1],
    ['{"a":[{}]}', 3],
    ['"[[[["', 0],
    ['"a\\"[[["', 0],
    ['["\\\\",[1]]', 2],
    ["[1],[[2]]", 2],
    ["]]]][", 0],
  ])("%s nests %i deep", (text, depth) => {
    expect(jsonDepth(text)).toBe(depth);
  });

  it("costs no stack, however deep", () => {
    expect(jsonDepth("[".repeat(2_000_000))).toBe(2_000_000);
  });
});

describe("readJson", () => {
  const nested = (depth: number) => Buffer.from(`${"[".repeat(depth)}${"]".repeat(depth)}`);

  it("takes the deepest allowed and refuses one deeper", () => {
    expect(readJson(nested(depthMax))).toEqual(JSON.parse(nested(depthMax).toString()));
    expect(() => readJson(nested(depthMax + 1))).toThrow(expect.objectContaining({ kind: "json_too_deep" }));
  });

  it("takes a key that only looks forbidden", () => {
    for (const text of [
      '{"proto":1}',
      '{"constructor":1}',
      '{"prototype":{"constructor":1}}',
      '["__proto__"]',
    ])
      expect(readJson(Buffer.from(text))).toEqual(JSON.parse(text));
  });

  it("finds a forbidden key wherever it is", () => {
    expect(hasForbiddenKey(JSON.parse('[{"a":[[{"__proto__":null}]]}]') as Json)).toBe(true);
    expect(hasForbiddenKey(JSON.parse('{"constructor":{"prototype":1}}') as Json)).toBe(true);
  });
});
