import { describe, expect, it } from "@jest/globals";
import { flatten, nest, schemasOf, userSchema } from "../../../src/connectors/scim2/attributes.js";
import type { AttributeMap } from "../../../src/domain/attributes.js";
import type { JsonObject } from "../../../src/domain/json.js";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const custom = "urn:scim:wso2:schema";

const pairs: readonly (readonly [string, AttributeMap, JsonObject])[] = [
  ["nothing", {}, {}],
  ["simple attributes", { userName: "ada", active: true }, { userName: "ada", active: true }],
  [
    "parts of a complex attribute",
    { "name.givenName": "Ada", "name.familyName": "Lovelace" },
    { name: { givenName: "Ada", familyName: "Lovelace" } },
  ],
  [
    "lists, which stay whole",
    { emails: [{ value: "ada@acme.example", primary: true }] },
    { emails: [{ value: "ada@acme.example", primary: true }] },
  ],
  [
    "the enterprise block, whose name has dots of its own",
    { [`${enterprise}:department`]: "Analysis", [`${enterprise}:manager.value`]: "m-1" },
    { [enterprise]: { department: "Analysis", manager: { value: "m-1" } } },
  ],
  [
    "a custom schema beside the core",
    { userName: "ada", [`${custom}:country`]: "GB" },
    { userName: "ada", [custom]: { country: "GB" } },
  ],
];

describe("attributes of a SCIM user", () => {
  it.each(pairs)("are nested and read back: %s", (_what, flat, nested) => {
    expect(nest(flat)).toEqual(nested);
    expect(flatten(nested)).toEqual(flat);
  });

  it("under the URN of the core schema belong to the core", () => {
    expect(nest({ [`${userSchema}:name.givenName`]: "Ada" })).toEqual({ name: { givenName: "Ada" } });
  });

  it("are joined when a complex attribute comes whole and in parts", () => {
    const flat = { name: { givenName: "Ada", formatted: "A" }, "name.familyName": "Lovelace" };
    expect(nest(flat)).toEqual({ name: { givenName: "Ada", formatted: "A", familyName: "Lovelace" } });
  });

  it("are left out when they are unassigned, in both directions", () => {
    expect(nest({ title: null, emails: [], "name.givenName": null })).toEqual({});
    expect(flatten({ title: null, emails: [], name: { givenName: null }, [enterprise]: {} })).toEqual({});
  });

  it("keep false, zero and the empty text, which are values", () => {
    expect(nest({ active: false, count: 0, title: "" })).toEqual({ active: false, count: 0, title: "" });
  });

  it("cannot reach the prototype of an object", () => {
    const hostile = JSON.parse('{"__proto__": {"polluted": true}}') as JsonObject;
    expect(flatten(hostile)).toEqual({ "__proto__.polluted": true });
    nest({ "__proto__.polluted": true });
    expect({}).not.toHaveProperty("polluted");
  });

  it("name the schemas that are in use, the user's first", () => {
    expect(schemasOf({ userName: "ada" })).toEqual([userSchema]);
    expect(schemasOf({ userName: "ada", [enterprise]: { department: "x" } })).toEqual([
      userSchema,
      enterprise,
    ]);
  });
});
