import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Json } from "../../src/domain/json.js";
import { isJsonObject } from "../../src/domain/json.js";
import { maskAttributes, maskValue } from "../../src/domain/mask.js";

const leaves = (value: Json): readonly Json[] => {
  if (Array.isArray(value)) return value.flatMap((item: Json) => leaves(item));
  return isJsonObject(value) ? Object.values(value).flatMap(leaves) : [value];
};

const shape = (value: Json): Json => {
  if (Array.isArray(value)) return value.map((item: Json) => shape(item));
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shape(item)]));
  return null;
};

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

describe("maskValue", () => {
  it.each<readonly [Json, Json]>([
    ["Lovelace", "L•••"],
    ["L", "L•••"],
    ["", ""],
    ["🦊 fox", "🦊•••"],
    [1815, "•••"],
    [true, true],
    [null, null],
    [[{ value: "ada@acme.example", primary: true }], [{ value: "a•••", primary: true }]],
  ])("statement 36: shows %j as %j", (value, masked) => {
    expect(maskValue(value)).toEqual(masked);
  });

  it("statement 36: lets at most one character of any text or number through, and keeps the shape", () => {
    fc.assert(
      fc.property(json, (value) => {
        const masked = maskValue(value);
        expect(shape(masked)).toEqual(shape(value));
        const texts = leaves(masked).filter((leaf) => typeof leaf === "string");
        for (const text of texts) expect(text).toMatch(/^(?:.?•••)?$/su);
        expect(leaves(masked).some((leaf) => typeof leaf === "number")).toBe(false);
      }),
    );
  });

  it("hides how long a text was", () => {
    expect(maskValue("Ada")).toBe(maskValue("Augusta Ada King"));
  });
});

describe("maskAttributes", () => {
  it("masks every value, nulls of cleared attributes apart, and leaves the names readable", () => {
    expect(maskAttributes({ "name.givenName": "Ada", title: null, active: false })).toEqual({
      "name.givenName": "A•••",
      title: null,
      active: false,
    });
  });
});
