import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { NamingPattern } from "../../src/domain/configuration.js";
import { applyNamingPattern, splitStoreDomain } from "../../src/domain/naming-pattern.js";

const pattern = (changes: Partial<NamingPattern> = {}): NamingPattern => ({
  elements: ["UD", "UN", "TD", "IDP"],
  separator: "-",
  domain: null,
  tenantDomain: "carbon.super",
  ...changes,
});

describe("applyNamingPattern", () => {
  it("statement 34: gives WSO2's documented example exactly", () => {
    const parts = { userName: "user@provisioning.com", connection: "salesforce" };
    expect(applyNamingPattern(pattern(), parts)).toBe(
      "primary-user@provisioning.com-carbon.super-salesforce",
    );
  });

  it.each<readonly [string, Partial<NamingPattern>, string, string]>([
    ["lower-cases everything", { elements: ["UD", "UN"] }, "HR/Ada", "hr-ada"],
    ["has the bare user name without its store by default", { elements: ["UN"] }, "HR/ada", "ada"],
    ["calls the store of a bare name PRIMARY", { elements: ["UD"] }, "ada", "primary"],
    [
      "takes separators out of store, tenant and connection",
      { separator: "s" },
      "sales/asa",
      "alesasascarbon.upersaleforce",
    ],
    [
      "leaves separators in the user name",
      { separator: "_" },
      "ada_l",
      "primary_ada_l_carbon.super_salesforce",
    ],
    [
      "takes a dot as a dot, not as a regular expression",
      { separator: "." },
      "ada",
      "primary.ada.carbonsuper.salesforce",
    ],
    [
      "joins by nothing with an empty separator",
      { separator: "" },
      "ada",
      "primaryadacarbon.supersalesforce",
    ],
    [
      "adds the domain, with every @ before it turned to a dot",
      { elements: ["UN"], domain: "Acme.Example" },
      "ada@home",
      "ada.home@acme.example",
    ],
    [
      "adds no domain that is there already",
      { elements: ["UN"], domain: "acme.example" },
      "Ada@ACME.example",
      "ada@acme.example",
    ],
    [
      "adds the domain to a name that only ends like it",
      { elements: ["UN"], domain: "acme.example" },
      "ada@notacme.example",
      "ada.notacme.example@acme.example",
    ],
  ])("statement 34: %s", (_title, changes, userName, expected) => {
    expect(applyNamingPattern(pattern(changes), { userName, connection: "salesforce" })).toBe(expected);
  });

  it("gives a lower-case name in the domain, and gives that name itself unchanged, for any user name", () => {
    const inDomain = pattern({ elements: ["UN"], domain: "acme.example" });
    const nameOf = (userName: string) => applyNamingPattern(inDomain, { userName, connection: "google" });
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (text) => {
        const name = nameOf(text.replaceAll("/", ""));
        expect(name).toBe(name.toLowerCase());
        expect(name.endsWith("@acme.example")).toBe(true);
        expect(nameOf(name)).toBe(name);
      }),
    );
  });
});

describe("splitStoreDomain", () => {
  it("statement 15: follows WSO2's prefix rule, exact in case, PRIMARY for a bare name", () => {
    expect(splitStoreDomain("HR/managers")).toEqual({ store: "HR", name: "managers" });
    expect(splitStoreDomain("hr/Managers")).toEqual({ store: "hr", name: "Managers" });
    expect(splitStoreDomain("managers")).toEqual({ store: "PRIMARY", name: "managers" });
    expect(splitStoreDomain("HR/a/b")).toEqual({ store: "HR", name: "a/b" });
  });
});
