import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Json } from "../../src/domain/json.js";
import { canonicalJson, isJsonObject, sameJson } from "../../src/domain/json.js";
import { ownValue } from "../../src/domain/own-value.js";

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

const reordered = (value: Json): Json => {
  if (Array.isArray(value)) return value.map((item: Json) => reordered(item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reordered(item)]),
  );
};

describe("canonicalJson", () => {
  it("is JSON of the same value", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("is one text whatever the order of keys, at any depth", () => {
    fc.assert(fc.property(json, (value) => canonicalJson(reordered(value)) === canonicalJson(value)));
  });

  it("tells lists in another order apart, and values of other types", () => {
    expect(sameJson(["a", "b"], ["b", "a"])).toBe(false);
    expect(sameJson("1", 1)).toBe(false);
    expect(sameJson(null, undefined)).toBe(false);
    expect(sameJson(undefined, undefined)).toBe(true);
    expect(sameJson({}, [])).toBe(false);
  });
});

describe("ownValue", () => {
  it("finds what a record holds, and nothing that it inherits", () => {
    expect(ownValue({ constructor: 1 }, "constructor")).toBe(1);
    for (const name of ["constructor", "toString", "__proto__", "missing"])
      expect(ownValue<unknown>({}, name)).toBeUndefined();
  });
});
