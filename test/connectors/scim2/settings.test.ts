import { describe, expect, it } from "@jest/globals";
import { dialects, resolveDialect } from "../../../src/connectors/scim2/dialects.js";
import { scim2Settings } from "../../../src/connectors/scim2/settings.js";

const auth = { kind: "bearer", token: "env:TOKEN" };
const valid = { baseUrl: "https://acme.example/scim/v2", auth };

describe("settings of a scim2 connection", () => {
  it("have defaults", () => {
    expect(scim2Settings.parse(valid)).toEqual({ ...valid, dialect: "rfc", groups: true });
  });

  it.each([
    { kind: "bearer", token: "file:/run/secrets/token" },
    { kind: "basic", username: "outbound", password: "env:PASSWORD" },
    { kind: "api-key", header: "X-API-Key", value: "env:KEY" },
  ])("accept credentials of kind $kind", (credentials) => {
    expect(scim2Settings.safeParse({ ...valid, auth: credentials }).success).toBe(true);
  });

  it.each([
    ["an unknown key", { ...valid, colour: "red" }],
    ["an unknown key in the credentials", { ...valid, auth: { ...auth, colour: "red" } }],
    ["an unknown kind of credentials", { ...valid, auth: { kind: "none" } }],
    ["a secret in the open", { ...valid, auth: { kind: "bearer", token: "s3cret" } }],
    [
      "a header that frames the request",
      { ...valid, auth: { kind: "api-key", header: "Host", value: "env:K" } },
    ],
    ["a header that is none", { ...valid, auth: { kind: "api-key", header: "X Key", value: "env:K" } }],
    ["no base URL", { auth }],
    ["another scheme", { ...valid, baseUrl: "ftp://acme.example" }],
    ["credentials in the base URL", { ...valid, baseUrl: "https://ada:s3cret@acme.example" }],
    ["a query in the base URL", { ...valid, baseUrl: "https://acme.example/scim?tenant=1" }],
    ["an unknown dialect", { ...valid, dialect: "klingon" }],
    ["an unknown option of a dialect", { ...valid, dialect: { base: "rfc", colour: "red" } }],
    ["a wrong value of an option", { ...valid, dialect: { base: "rfc", updateMethod: "post" } }],
    ["a default password in the open", { ...valid, passwords: { default: "s3cret" } }],
  ])("refuse %s", (_what, settings) => {
    expect(scim2Settings.safeParse(settings).success).toBe(false);
  });

  it("change single options of a dialect and keep the rest", () => {
    const { dialect } = scim2Settings.parse({ ...valid, dialect: { base: "rfc", updateMethod: "put" } });
    expect(resolveDialect(dialect)).toEqual({ ...dialects.rfc, updateMethod: "put" });
    expect(resolveDialect("rfc")).toEqual(dialects.rfc);
  });
});
