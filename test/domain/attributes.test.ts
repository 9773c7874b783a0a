import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { AttributeMap } from "../../src/domain/attributes.js";
import { attributeDifference, heldOf, isEmptyDifference, satisfies } from "../../src/domain/attributes.js";
import type { Json } from "../../src/domain/json.js";

const present = fc.oneof(
  fc.constantFrom<Json[]>("Ada", "Grace", 0, false),
  fc.constant<Json>([{ value: "ada@acme.example", primary: true }]),
);
const names = ["userName", "title", "name.givenName", "constructor", "emails"];
const maps = fc
  .record(Object.fromEntries(names.map((name) => [name, present])), { requiredKeys: [] })
  .map((map) => map as AttributeMap);

const apply = (held: AttributeMap, difference: ReturnType<typeof attributeDifference>): AttributeMap =>
  Object.fromEntries(
    Object.entries({ ...held, ...difference.set }).filter(([name]) => !difference.clear.includes(name)),
  );

describe("attributeDifference", () => {
  it("statement 27: names only what changed, removes what was removed and leaves the rest alone", () => {
    const held = { userName: "ada", title: "Miss", "name.givenName": "Ada", nickName: "Countess" };
    const desired = { userName: "ada", title: "Dr", "name.givenName": "Ada", emails: ["ada@acme.example"] };
    expect(attributeDifference(desired, held)).toEqual({
      set: { title: "Dr", emails: ["ada@acme.example"] },
      clear: ["nickName"],
    });
  });

  it("statement 27: is all it takes, and nothing more, for any two states", () => {
    fc.assert(
      fc.property(maps, maps, (desired, held) => {
        const difference = attributeDifference(desired, held);
        expect(apply(held, difference)).toEqual(desired);
        for (const name of Object.keys(difference.set))
          expect(desired[name]).not.toEqual(Object.hasOwn(held, name) ? held[name] : undefined);
        for (const name of difference.clear) expect(Object.keys(desired)).not.toContain(name);
      }),
      { numRuns: 300 },
    );
  });

  it("is empty exactly between equal states, whatever the order of keys", () => {
    fc.assert(
      fc.property(maps, (map) => {
        const reordered = Object.fromEntries(Object.entries(map).reverse());
        expect(isEmptyDifference(attributeDifference(map, reordered))).toBe(true);
      }),
    );
    expect(
      isEmptyDifference(
        attributeDifference({ emails: [{ value: "a", type: "b" }] }, { emails: [{ type: "b", value: "a" }] }),
      ),
    ).toBe(true);
    expect(isEmptyDifference(attributeDifference({}, { title: "Dr" }))).toBe(false);
    expect(isEmptyDifference(attributeDifference({ title: "Dr" }, {}))).toBe(false);
  });

  it("statement 32: never sets a default, since defaults are no desired values, nor clears one", () => {
    const desired = { userName: "ada" };
    const appliedAtCreate = { userName: "ada" };
    expect(isEmptyDifference(attributeDifference(desired, appliedAtCreate))).toBe(true);
  });
});

describe("satisfies", () => {
  it.each<readonly [string, Json | undefined, Json, boolean]>([
    ["equal values", "a", "a", true],
    ["other values", "a", "b", false],
    ["a text and a number", "1", 1, false],
    ["nothing where something is desired", undefined, "a", false],
    ["members that the target added to a list entry", [{ value: "a", type: "work" }], [{ value: "a" }], true],
    [
      "a member that the target changed",
      [{ value: "a", type: "home" }],
      [{ value: "a", type: "work" }],
      false,
    ],
    ["a member that the target left out", [{ value: "a" }], [{ value: "a", type: "work" }], false],
    ["a longer list", ["a", "b"], ["a"], false],
    ["a shorter list", ["a"], ["a", "b"], false],
    ["a list and a value", ["a"], "a", false],
    ["a value and a list", "a", ["a"], false],
    ["a value and an object", "a", { value: "a" }, false],
    [
      "a member that is unassigned on both sides, by null and by absence",
      [{ value: "a" }],
      [{ value: "a", type: null }],
      true,
    ],
  ])("compares %s", (_title, observed, desired, satisfied) => {
    expect(satisfies(observed, desired)).toBe(satisfied);
  });

  it("holds of every value and itself", () => {
    const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
    fc.assert(fc.property(json, (value) => satisfies(value, value)));
  });
});

describe("heldOf", () => {
  it("counts only what is desired or was applied by us: the rest of the account is not ours", () => {
    const observed = { userName: "ada", title: "Dr", nickName: "Countess", locale: null };
    expect(heldOf(observed, { userName: "ada", locale: "en" }, { title: "Miss" })).toEqual({
      userName: "ada",
      title: "Dr",
    });
  });

  it("takes a satisfying value for the desired one, so that nothing is sent for it", () => {
    const observed = { emails: [{ value: "ada@acme.example", type: "work" }] };
    const desired = { emails: [{ value: "ada@acme.example" }] };
    expect(isEmptyDifference(attributeDifference(desired, heldOf(observed, desired, {})))).toBe(true);
  });

  it("makes the difference to the desired state touch nothing that is not ours", () => {
    fc.assert(
      fc.property(maps, maps, maps, (observed, desired, applied) => {
        const { set, clear } = attributeDifference(desired, heldOf(observed, desired, applied));
        const ours = [...Object.keys(desired), ...Object.keys(applied)];
        for (const name of [...Object.keys(set), ...clear]) expect(ours).toContain(name);
        for (const name of clear) expect(Object.keys(observed)).toContain(name);
      }),
      { numRuns: 200 },
    );
  });
});
