import { describe, expect, it } from "@jest/globals";
import { attributePathFault } from "../../src/config/attribute-paths.js";
import { connectorFacts, enterpriseUser } from "../../src/domain/connector-facts.js";

describe("connectorFacts", () => {
  const { scim2 } = connectorFacts;

  it("maps each SCIM attribute to itself", () => {
    for (const [target, rule] of Object.entries(scim2.defaultMapping)) expect(rule).toEqual({ path: target });
  });

  it("has the names, contact and enterprise attributes of the design in SCIM's default mapping", () => {
    expect(Object.keys(scim2.defaultMapping)).toEqual([
      "userName",
      "name.formatted",
      "name.familyName",
      "name.givenName",
      "name.middleName",
      "name.honorificPrefix",
      "name.honorificSuffix",
      "displayName",
      "title",
      "emails",
      "phoneNumbers",
      `${enterpriseUser}:employeeNumber`,
      `${enterpriseUser}:costCenter`,
      `${enterpriseUser}:organization`,
      `${enterpriseUser}:division`,
      `${enterpriseUser}:department`,
    ]);
  });

  it.each(Object.entries(connectorFacts))(
    "keeps the default mapping of %s within its own rules",
    (_kind, facts) => {
      const targets = Object.keys(facts.defaultMapping);
      expect(targets.filter((target) => facts.reserved.includes(target))).toEqual([]);
      if (targets.length > 0) expect(targets).toEqual(expect.arrayContaining([...facts.required]));
      const paths = Object.values(facts.defaultMapping).map((rule) => rule.path ?? "");
      expect(paths.filter((path) => attributePathFault(path, "mapping") !== null)).toEqual([]);
    },
  );
});
