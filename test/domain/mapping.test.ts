import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Mapping } from "../../src/domain/configuration.js";
import { connectorFacts, enterpriseUser } from "../../src/domain/connector-facts.js";
import type { Json, JsonObject } from "../../src/domain/json.js";
import type { AllowedAttributes } from "../../src/domain/mapping.js";
import { isAllowed, isBlank, mapAttributes, pathSegments, sourceValue } from "../../src/domain/mapping.js";
import { connectionOf } from "./builders.js";
import { frozen } from "./timed.js";

const custom = "urn:scim:schemas:extension:custom:User";
const wso2 = "urn:scim:wso2:schema";
const ada: JsonObject = {
  userName: "HR/ada",
  name: { givenName: "Ada", familyName: "Lovelace" },
  title: "Countess",
  nickName: "",
  emails: [{ value: "ada@acme.example", type: "work", primary: true }],
  phoneNumbers: [],
  [enterpriseUser]: { department: "Analysis", manager: { value: "u-1", displayName: "Charles" } },
  [custom]: { badge: 0, remote: false },
  [wso2]: { country: "UK" },
};

const mapped = (mapping: Mapping, allowed: AllowedAttributes = "all", attributes: JsonObject = ada) =>
  mapAttributes(connectionOf("target", { mapping }), { userName: "HR/ada", attributes, allowed });

describe("mapAttributes", () => {
  it("statement 33: maps core, enterprise, custom and WSO2's own attributes", () => {
    const mapping = {
      login: { path: "userName" },
      "name.familyName": { path: "name.familyName" },
      [`${enterpriseUser}:department`]: { path: `${enterpriseUser}:department` },
      boss: { path: `${enterpriseUser}:manager.displayName` },
      badge: { path: `${custom}:badge` },
      country: { path: `${wso2}:country` },
    };
    const { attributes, sources } = mapped(mapping);
    expect(attributes).toEqual({
      login: "HR/ada",
      "name.familyName": "Lovelace",
      [`${enterpriseUser}:department`]: "Analysis",
      boss: "Charles",
      badge: 0,
      country: "UK",
    });
    expect(sources["boss"]).toBe(`${enterpriseUser}:manager.displayName`);
  });

  it("statement 33: keeps multi-values lists, and emails in the standard form", () => {
    expect(mapped({ emails: { path: "emails" } }).attributes).toEqual({
      emails: [{ value: "ada@acme.example", type: "work", primary: true }],
    });
  });

  it("flattens a complex attribute to its sub-attributes", () => {
    const mapping = { name: { path: "name" }, manager: { path: `${enterpriseUser}:manager` } };
    expect(mapped(mapping).attributes).toEqual({
      "name.givenName": "Ada",
      "name.familyName": "Lovelace",
      "manager.value": "u-1",
      "manager.displayName": "Charles",
    });
  });

  it("sends nothing for what is missing, null, an empty text or an empty list; zero and false are values", () => {
    const paths = [
      "nickName",
      "phoneNumbers",
      "locale",
      "name.middleName",
      `${custom}:badge`,
      `${custom}:remote`,
    ];
    const mapping = Object.fromEntries(paths.map((path) => [path, { path }]));
    expect(mapped(mapping).attributes).toEqual({ [`${custom}:badge`]: 0, [`${custom}:remote`]: false });
  });

  it("finds no value under a name that every object has", () => {
    const paths = ["constructor", "name.toString", `${custom}:constructor`, "__proto__"];
    const mapping = Object.fromEntries(paths.map((path, index) => [`target${index}`, { path }]));
    expect(mapped(mapping).attributes).toEqual({});
  });

  it("statement 32: keeps a default apart from values, only where there is none", () => {
    const mapping = {
      title: { path: "title", default: "Employee" },
      locale: { path: "locale", default: "en" },
      name: { path: "name", default: "nobody" },
      nickName: { path: "nickName", default: "new" },
    };
    const { attributes, defaults } = mapped(mapping);
    expect(attributes).toMatchObject({ title: "Countess" });
    expect(Object.keys(attributes)).not.toContain("locale");
    expect(defaults).toEqual({ locale: "en", nickName: "new" });
  });

  it("statement 31: sends only what was requested, in addition to the user name, and says what it held back", () => {
    const mapping = connectorFacts.scim2.defaultMapping;
    const { attributes, withheld } = mapped(mapping, ["name.givenName", enterpriseUser]);
    expect(attributes).toEqual({
      userName: "HR/ada",
      "name.givenName": "Ada",
      [`${enterpriseUser}:department`]: "Analysis",
    });
    expect(withheld).toEqual(["emails", "name.familyName", "title"]);
  });

  it("statement 31: takes the administrator's own words, a value or a default, whatever was requested", () => {
    const mapping = {
      userName: { path: "userName" },
      Profile: { value: "Standard" },
      title: { path: "title", default: "Employee" },
    };
    const { attributes, defaults } = mapped(mapping, []);
    expect(attributes).toEqual({ userName: "HR/ada", Profile: "Standard" });
    expect(defaults).toEqual({ title: "Employee" });
  });

  it("statement 34: fills a naming pattern from the user name, which is always allowed", () => {
    const pattern = {
      elements: ["UN"],
      separator: "_",
      domain: "acme.example",
      tenantDomain: "carbon.super",
    } as const;
    const { attributes, sources } = mapped({ primaryEmail: { pattern } }, []);
    expect(attributes).toEqual({ primaryEmail: "ada@acme.example" });
    expect(sources).toEqual({ primaryEmail: "userName" });
  });

  it("statement 35: sends no password, whatever the source has under that name", () => {
    const attributes = { ...ada, password: "correct horse" };
    const { attributes: sent } = mapped(connectorFacts.scim2.defaultMapping, "all", attributes);
    expect(JSON.stringify(sent)).not.toContain("correct horse");
  });

  it("never writes to the user: two connections map the same frozen one", () => {
    const source = frozen(structuredClone(ada));
    expect(mapped({ a: { path: "name" } }, "all", source)).toEqual(
      mapped({ a: { path: "name" } }, "all", source),
    );
  });

  it("sends, of a narrower request, a subset of what a wider one sends, with the same values", () => {
    const paths = fc.subarray(["userName", "name", "name.givenName", "title", "emails", enterpriseUser]);
    const { defaultMapping } = connectorFacts.scim2;
    const everything = mapped(defaultMapping).attributes;
    fc.assert(
      fc.property(paths, paths, (some, more) => {
        const narrow = mapped(defaultMapping, some).attributes;
        const wide = mapped(defaultMapping, [...some, ...more]).attributes;
        expect(wide).toMatchObject(narrow);
        expect(everything).toMatchObject(wide);
        expect(narrow["userName"]).toBe("HR/ada");
      }),
    );
  });
});

describe("isAllowed", () => {
  it.each([
    ["userName", [], true],
    ["title", [], false],
    ["title", ["title"], true],
    ["name.givenName", ["name"], true],
    ["name.givenName", ["name.familyName"], false],
    ["nameSuffix", ["name"], false],
    [`${enterpriseUser}:department`, [enterpriseUser], true],
    [`${enterpriseUser}:manager.value`, [`${enterpriseUser}:manager`], true],
    [`${enterpriseUser}s:department`, [enterpriseUser], false],
  ] as const)("of %s with %j requested is %s", (path, requested, allowed) => {
    expect(isAllowed(requested, path)).toBe(allowed);
    expect(isAllowed("all", path)).toBe(true);
  });
});

describe("paths", () => {
  it("have their URN as one segment, dots in it included", () => {
    expect(pathSegments("name.givenName")).toEqual(["name", "givenName"]);
    expect(pathSegments(`${enterpriseUser}:manager.value`)).toEqual([enterpriseUser, "manager", "value"]);
  });

  it("lead nowhere through a value that is no object", () => {
    expect(sourceValue(ada, "title.short")).toBeUndefined();
    expect(sourceValue(ada, "emails.value")).toBeUndefined();
  });

  it("lead to no blank value", () => {
    const blanks: readonly (Json | undefined)[] = [undefined, null, "", []];
    for (const blank of blanks) expect(isBlank(blank)).toBe(true);
    for (const value of [0, false, " ", [null], {}]) expect(isBlank(value)).toBe(false);
  });
});
