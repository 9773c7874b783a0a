import { describe, expect, it } from "@jest/globals";
import { parse, configurationOf, connection, hrFeed, minimal } from "./support.js";
import { connectorFacts, enterpriseUser } from "../../src/domain/connector-facts.js";

const hour = 3_600_000;
const day = 24 * hour;

describe("defaults", () => {
  it("makes an empty configuration of what must be there", () => {
    expect(configurationOf(minimal())).toEqual({
      organization: "acme",
      provisioners: {
        onPartialFailure: "compensate",
        compensation: { accounts: "delete", withinMs: hour, revertUpdates: false },
        connections: [],
      },
      applications: [],
      feeds: [],
      connections: [],
      network: { allowPrivate: [] },
    });
  });

  it("fills in a connection as the design says", () => {
    expect(configurationOf(minimal(connection())).connections).toEqual([
      {
        id: "chat",
        connector: "scim2",
        enabled: true,
        settings: {
          baseUrl: "https://chat.acme.example/scim",
          auth: { kind: "bearer", token: "env:CHAT_TOKEN" },
        },
        groupFilter: null,
        pushGroups: "all",
        mapping: connectorFacts.scim2.defaultMapping,
        deprovision: {
          deleted: { kind: "staged", graceMs: 30 * day },
          outOfScope: { kind: "disable" },
          disabled: "disable",
          deselected: "keep",
        },
        adopt: "unmanaged",
        guard: { free: 5, percent: 10, ceiling: 200, windowMs: hour },
        limits: { requestsPerSecond: null, concurrency: 4 },
        retry: { giveUpAfterMs: 7 * day },
      },
    ]);
  });

  it("fills in a feed, an application and a list entry", () => {
    const configuration = configurationOf(
      minimal(
        `${hrFeed}applications: [{ id: portal }]\nprovisioners: { connections: [{ connection: chat }] }\n${connection()}`,
      ),
    );
    expect(configuration.feeds).toEqual([
      {
        id: "hr",
        kind: "events",
        source: "hr",
        application: null,
        authoritative: true,
        enrols: "all",
        triggers: ["api", "console", "self-sign-up", "jit"],
        tokens: ["env:HR_FEED_TOKEN"],
        secrets: [],
        put: "replace",
        passwords: "drop",
      },
    ]);
    expect(configuration.applications).toEqual([
      { id: "portal", name: null, requestedAttributes: "all", provisioners: null },
    ]);
    expect(configuration.provisioners.connections).toEqual([
      { connection: "chat", jit: false, blocking: false, optional: false },
    ]);
  });
});

describe("what is written", () => {
  it("reads JSON as well as YAML", () => {
    const json = JSON.stringify({
      version: 1,
      organization: "acme",
      network: { allowPrivate: ["10.0.0.0/8"] },
    });
    expect(configurationOf(json).network.allowPrivate).toEqual(["10.0.0.0/8"]);
  });

  it.each([
    ["deleted: disable", { kind: "disable" }],
    ["deleted: delete", { kind: "delete" }],
    ["deleted: keep", { kind: "keep" }],
    ["deleted: { disable: now, delete: PT12H }", { kind: "staged", graceMs: 12 * hour }],
  ])("reads the removal policy %s and keeps the other defaults", (written, expected) => {
    const [only] = configurationOf(minimal(connection(`    deprovision: { ${written} }`))).connections;
    expect(only?.deprovision).toEqual({
      deleted: expected,
      outOfScope: { kind: "disable" },
      disabled: "disable",
      deselected: "keep",
    });
  });

  it("knows the preset wso2, which deletes at once and leaves disabled users alone", () => {
    const [only] = configurationOf(minimal(connection("    deprovision: wso2"))).connections;
    expect(only?.deprovision).toEqual({
      deleted: { kind: "delete" },
      outOfScope: { kind: "delete" },
      disabled: "ignore",
      deselected: "keep",
    });
  });

  it("replaces the default mapping as a whole and keeps each rule as written", () => {
    const mapping = [
      "    mapping:",
      "      userName: { pattern: { elements: [UD, UN], separator: '-', domain: acme.example } }",
      "      title: { path: title, default: Employee }",
      "      userType: { value: Staff }",
      "      urn:acme:hr:badge: { path: 'urn:scim:wso2:schema:badge.number' }",
    ].join("\n");
    const [only] = configurationOf(minimal(connection(mapping))).connections;
    expect(only?.mapping).toEqual({
      userName: {
        pattern: {
          elements: ["UD", "UN"],
          separator: "-",
          domain: "acme.example",
          tenantDomain: "carbon.super",
        },
      },
      title: { path: "title", default: "Employee" },
      userType: { value: "Staff" },
      "urn:acme:hr:badge": { path: "urn:scim:wso2:schema:badge.number" },
    });
  });

  it("names filter groups in full when there is one source", () => {
    const [only] = configurationOf(
      minimal(hrFeed + connection("    groupFilter: [g-engineering, 'hr:urn:acme:group:7']")),
    ).connections;
    expect(only?.groupFilter).toEqual(["hr:g-engineering", "hr:urn:acme:group:7"]);
  });

  it("lets an application without connections select nothing, unlike one without a list", () => {
    const applications = "applications: [{ id: a, provisioners: { connections: [] } }, { id: b }]";
    const [a, b] = configurationOf(minimal(applications)).applications;
    expect(a?.provisioners?.connections).toEqual([]);
    expect(b?.provisioners).toBeNull();
  });

  it("takes a parent, the enterprise block and custom attributes among the requested ones", () => {
    const requested = ["name", enterpriseUser, "urn:scim:wso2:schema:country"];
    const text = minimal(`applications: [{ id: a, requestedAttributes: ${JSON.stringify(requested)} }]`);
    expect(configurationOf(text).applications[0]?.requestedAttributes).toEqual(requested);
  });

  it("lets a feed speak for the console, which needs no declaration", () => {
    const text = minimal(
      "feeds: [{ id: hr, kind: events, source: hr, application: console, tokens: [env:T] }]",
    );
    expect(configurationOf(text).feeds[0]?.application).toBe("console");
  });

  it("follows aliases", () => {
    const shared = `applications:\n  - { id: a, requestedAttributes: &some [userName] }\n  - { id: b, requestedAttributes: *some }`;
    expect(configurationOf(minimal(shared)).applications[1]?.requestedAttributes).toEqual(["userName"]);
  });
});

describe("warnings", () => {
  const warningsOf = (text: string) => {
    const result = parse(text);
    return result.ok ? result.warnings.map(({ code, line, path }) => [code, line, path]) : result.problems;
  };
  const list = (policy: string) => `provisioners:\n${policy}  connections: [{ connection: chat }]\n`;

  it("is silent about what is as it should be, whatever the policy", () => {
    for (const policy of ["compensate", "continue", "hold"])
      expect(warningsOf(minimal(list(`  onPartialFailure: ${policy}\n`) + connection()))).toEqual([]);
  });

  it("says that an enabled connection on no list gets nobody", () => {
    expect(warningsOf(minimal(connection()))).toEqual([["connection_unlisted", 4, "connections[0].id"]]);
    expect(warningsOf(minimal(connection("    enabled: false")))).toEqual([]);
  });

  it("says that a SCIM target is unlikely to know a misspelt attribute", () => {
    const mapping = "    mapping:\n      userName: { path: userName }\n      titel: { path: title }";
    expect(warningsOf(minimal(list("  onPartialFailure: continue\n") + connection(mapping)))).toEqual([
      ["mapping_target_unknown", 14, "connections[0].mapping.titel"],
    ]);
  });
});
