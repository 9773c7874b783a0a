import { describe, expect, it } from "@jest/globals";
import type { AccountChange } from "../../../src/connectors/connector.js";
import { dialects, type Dialect } from "../../../src/connectors/scim2/dialects.js";
import { patchBodies, writesOf } from "../../../src/connectors/scim2/patch.js";
import type { JsonObject } from "../../../src/domain/json.js";

const schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const none: AccountChange = { set: {}, clear: [] };

function bodies(change: Partial<AccountChange>, options: Partial<Dialect> = {}): readonly JsonObject[] {
  const dialect = { ...dialects.rfc, ...options };
  return patchBodies(writesOf({ ...none, ...change }, dialect), dialect.patchStyle);
}

function operations(change: Partial<AccountChange>, options: Partial<Dialect> = {}): unknown {
  const [body, ...more] = bodies(change, options);
  expect(more).toEqual([]);
  expect(body?.["schemas"]).toEqual(schemas);
  return body?.["Operations"];
}

const table: readonly (readonly [string, Partial<AccountChange>, readonly JsonObject[]])[] = [
  ["a set", { set: { title: "Countess" } }, [{ op: "replace", path: "title", value: "Countess" }]],
  [
    "a part of a core attribute, by its full path",
    { set: { "name.givenName": "Ada" } },
    [{ op: "replace", path: "name.givenName", value: "Ada" }],
  ],
  [
    "a whole list",
    { set: { emails: [{ value: "ada@acme.example" }] } },
    [{ op: "replace", path: "emails", value: [{ value: "ada@acme.example" }] }],
  ],
  [
    "an extension attribute, by its URN",
    { set: { [`${enterprise}:department`]: "Analysis" } },
    [{ op: "replace", path: `${enterprise}:department`, value: "Analysis" }],
  ],
  [
    "parts of a complex extension attribute, as its value",
    { set: { [`${enterprise}:manager.value`]: "m-1", [`${enterprise}:manager.displayName`]: "Charles" } },
    [{ op: "replace", path: `${enterprise}:manager`, value: { value: "m-1", displayName: "Charles" } }],
  ],
  [
    "clears, without a value",
    { clear: ["title", `${enterprise}:manager.value`] },
    [
      { op: "remove", path: "title" },
      { op: "remove", path: `${enterprise}:manager.value` },
    ],
  ],
  [
    "an emptied value, as a clear",
    { set: { title: null, emails: [] } },
    [
      { op: "remove", path: "title" },
      { op: "remove", path: "emails" },
    ],
  ],
  ["activity, as a boolean", { active: false }, [{ op: "replace", path: "active", value: false }]],
  ["our key", { externalId: "u-1" }, [{ op: "replace", path: "externalId", value: "u-1" }]],
  [
    "a false value, which is no clear",
    { set: { vip: false } },
    [{ op: "replace", path: "vip", value: false }],
  ],
  [
    "everything at once, sets before clears",
    { set: { title: "Countess" }, clear: ["nickName"], active: true, externalId: "u-1" },
    [
      { op: "replace", path: "title", value: "Countess" },
      { op: "replace", path: "externalId", value: "u-1" },
      { op: "replace", path: "active", value: true },
      { op: "remove", path: "nickName" },
    ],
  ],
];

describe("a PATCH", () => {
  it.each(table)("carries %s", (_what, change, expected) => {
    expect(operations(change)).toEqual(expected);
  });

  it("is not made without a difference, in any style", () => {
    for (const patchStyle of ["path", "noPath", "onePerRequest"] as const) {
      expect(bodies({}, { patchStyle })).toEqual([]);
    }
  });

  it("never carries a password, since an update does not reset one", () => {
    expect(bodies({ set: { password: "s3cret" }, clear: ["password"] })).toEqual([]);
  });

  it("leaves out our key where the target keeps none", () => {
    expect(bodies({ externalId: "u-1" }, { keepsExternalId: false })).toEqual([]);
  });

  it("without paths has one value for all sets, and paths for clears only", () => {
    const change = { set: { "name.givenName": "Ada", [`${enterprise}:department`]: "A" }, clear: ["title"] };
    expect(operations({ ...change, active: false }, { patchStyle: "noPath" })).toEqual([
      {
        op: "replace",
        value: { name: { givenName: "Ada" }, [enterprise]: { department: "A" }, active: false },
      },
      { op: "remove", path: "title" },
    ]);
    expect(operations({ clear: ["title"] }, { patchStyle: "noPath" })).toEqual([
      { op: "remove", path: "title" },
    ]);
  });

  it("is split into one per operation where the target takes only one", () => {
    const change = { set: { title: "Countess" }, clear: ["nickName"], active: true };
    const split = bodies(change, { patchStyle: "onePerRequest" });
    expect(split.map((body) => body["schemas"])).toEqual([schemas, schemas, schemas]);
    expect(split.map((body) => body["Operations"])).toEqual([
      [{ op: "replace", path: "title", value: "Countess" }],
      [{ op: "replace", path: "active", value: true }],
      [{ op: "remove", path: "nickName" }],
    ]);
  });
});
