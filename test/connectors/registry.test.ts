import { describe, expect, it } from "@jest/globals";
import { createConnector, settingsSchemas } from "../../src/connectors/registry.js";
import { callContext } from "../support/call-context.js";
import { connectionWith } from "../support/connections.js";
import { failureOf } from "../support/failure-of.js";

const services = { allowPrivate: [], resolveSecret: () => Promise.resolve("token") };
const settings = { baseUrl: "https://acme.example/scim/v2", auth: { kind: "bearer", token: "env:T" } };

describe("the connector registry", () => {
  it("builds a scim2 connector with the traits of its dialect", async () => {
    const dialect = {
      base: "rfc",
      updateMethod: "put",
      visibilityDelayMs: 5,
      extraMatchKeys: ["emails.value"],
    };
    const connector = createConnector(connectionWith("scim2", { ...settings, dialect }), services);
    expect(connector.traits).toEqual({
      visibilityDelayMs: 5,
      readsBeforeUpdate: true,
      keepsExternalId: true,
      extraMatchKeys: ["emails.value"],
    });
    await connector.close();
  });

  it("hands the networks that may be called to the connector", async () => {
    const baseUrl = "http://127.0.0.1:9/scim/v2";
    const connector = createConnector(connectionWith("scim2", { ...settings, baseUrl }), services);
    expect(await failureOf(connector.probe(callContext()))).toMatchObject({
      code: "egress_denied",
      sent: "no",
    });
    await connector.close();
  });

  it("refuses settings that do not fit, as the configuration does", () => {
    const wrong = { ...settings, colour: "red" };
    expect(settingsSchemas.scim2?.safeParse(wrong).success).toBe(false);
    expect(() => createConnector(connectionWith("scim2", wrong), services)).toThrow(/colour/);
  });
});
