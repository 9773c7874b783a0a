import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { parseConfiguration } from "../../src/config/parse-configuration.js";
import { settingsSchemas } from "../../src/connectors/registry.js";

const examples = readdirSync("examples").filter((name) => name.endsWith(".yaml"));

const parsed = (name: string) =>
  parseConfiguration(readFileSync(`examples/${name}`, "utf8"), { settingsSchemas });

describe("examples", () => {
  it("are there", () => {
    expect(examples).toEqual(expect.arrayContaining(["quick-start.yaml", "two-connections.yaml"]));
  });

  it.each(examples)("%s has neither problems nor warnings with the connectors of this release", (name) => {
    expect(parsed(name)).toMatchObject({ ok: true, warnings: [] });
  });

  it("the quick start is what the all-in-one run counts on", () => {
    expect(parsed("quick-start.yaml")).toMatchObject({
      configuration: {
        organization: "acme",
        feeds: [
          { id: "hr", kind: "events", source: "hr", application: "hr-portal", tokens: ["env:HR_FEED_TOKEN"] },
        ],
        connections: [
          {
            id: "demo",
            connector: "scim2",
            settings: {
              baseUrl: "http://127.0.0.1:8090/scim/v2",
              auth: { kind: "bearer", token: "env:DEMO_TARGET_TOKEN" },
            },
          },
        ],
        network: { allowPrivate: ["127.0.0.0/8"] },
      },
    });
  });
});
