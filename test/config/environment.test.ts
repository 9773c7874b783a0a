import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { describeEnvironment, environmentSchema, readEnvironment } from "../../src/config/environment.js";

const environmentOf = (env: Readonly<Record<string, string>>) => {
  const result = readEnvironment(env);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.environment;
};

const key = Buffer.alloc(32, 7).toString("base64");

describe("readEnvironment", () => {
  const defaults = {
    configFile: null,
    dataDirectory: ".outbound",
    databaseUrl: null,
    host: "127.0.0.1",
    port: 8080,
    adminToken: null,
    metricsPort: 9464,
    temporalAddress: null,
    temporalNamespace: "default",
    temporalPort: 7233,
    temporalUiPort: 8233,
    demoPort: 8090,
    encryptionKey: null,
    logLevel: "info",
  };

  it("needs nothing: every variable has a default or may be absent", () => {
    expect(environmentOf({})).toEqual(defaults);
  });

  it("takes an empty variable for an absent one, as container tools write them", () => {
    expect(environmentOf({ OUTBOUND_PORT: "", OUTBOUND_ADMIN_TOKEN: "", TEMPORAL_ADDRESS: "" })).toEqual(
      defaults,
    );
  });

  it("reads every variable", () => {
    const env = {
      OUTBOUND_CONFIG: "acme.yaml",
      OUTBOUND_DATA_DIR: "/var/lib/outbound",
      OUTBOUND_DATABASE_URL: "postgresql://user@db.acme.example/outbound",
      OUTBOUND_HOST: "0.0.0.0",
      OUTBOUND_PORT: "1",
      OUTBOUND_ADMIN_TOKEN: "0123456789abcdef",
      OUTBOUND_METRICS_PORT: "2",
      TEMPORAL_ADDRESS: "temporal:7233",
      TEMPORAL_NAMESPACE: "acme",
      OUTBOUND_TEMPORAL_PORT: "3",
      OUTBOUND_TEMPORAL_UI_PORT: "4",
      OUTBOUND_DEMO_PORT: "65535",
      OUTBOUND_ENCRYPTION_KEY: key,
      OUTBOUND_LOG_LEVEL: "debug",
    };
    expect(Object.keys(env).sort()).toEqual(Object.keys(environmentSchema.shape).sort());
    expect(environmentOf(env)).toEqual({
      configFile: "acme.yaml",
      dataDirectory: "/var/lib/outbound",
      databaseUrl: "postgresql://user@db.acme.example/outbound",
      host: "0.0.0.0",
      port: 1,
      adminToken: "0123456789abcdef",
      metricsPort: 2,
      temporalAddress: "temporal:7233",
      temporalNamespace: "acme",
      temporalPort: 3,
      temporalUiPort: 4,
      demoPort: 65_535,
      encryptionKey: key,
      logLevel: "debug",
    });
  });

  it.each([
    ["OUTBOUND_PORT", "http"],
    ["OUTBOUND_PORT", "0"],
    ["OUTBOUND_PORT", "65536"],
    ["OUTBOUND_METRICS_PORT", "1e3"],
    ["OUTBOUND_TEMPORAL_PORT", "-1"],
    ["OUTBOUND_TEMPORAL_UI_PORT", "8233 "],
    ["OUTBOUND_DEMO_PORT", "0x1f9a"],
    ["OUTBOUND_DATABASE_URL", "db.acme.example"],
    ["OUTBOUND_DATABASE_URL", "mysql://db.acme.example"],
    ["OUTBOUND_ADMIN_TOKEN", "too-short"],
    ["OUTBOUND_ADMIN_TOKEN", "with spaces in between"],
    ["OUTBOUND_ENCRYPTION_KEY", "not thirty-two bytes"],
    ["TEMPORAL_ADDRESS", "http://temporal:7233"],
    ["TEMPORAL_ADDRESS", "temporal"],
    ["OUTBOUND_LOG_LEVEL", "loud"],
  ])("refuses %s=%s, naming the variable and not its value", (name, value) => {
    const result = readEnvironment({ [name]: value });
    const problems = result.ok ? [] : result.problems;
    expect(problems.map(({ code, path }) => [code, path])).toEqual([["invalid_variable", name]]);
    if (value.length > 8) expect(JSON.stringify(problems)).not.toContain(value);
  });

  it("reports all problems at once", () => {
    const result = readEnvironment({ OUTBOUND_PORT: "x", OUTBOUND_LOG_LEVEL: "x", TEMPORAL_ADDRESS: "x" });
    expect(result.ok ? [] : result.problems.map((problem) => problem.path)).toEqual([
      "OUTBOUND_PORT",
      "TEMPORAL_ADDRESS",
      "OUTBOUND_LOG_LEVEL",
    ]);
  });

  it("warns of an OUTBOUND_ variable that nobody reads, with a suggestion", () => {
    const result = readEnvironment({ OUTBOUND_PROT: "80", PATH: "/bin", TEMPORAL_API_KEY: "k" });
    const warnings = result.ok ? result.warnings : [];
    expect(warnings.map(({ code, path }) => [code, path])).toEqual([["unknown_variable", "OUTBOUND_PROT"]]);
    expect(warnings[0]?.message).toContain("did you mean OUTBOUND_PORT?");
  });
});

describe("describeEnvironment", () => {
  it("shows no secret, and of the database only where it is", () => {
    const environment = environmentOf({
      OUTBOUND_ADMIN_TOKEN: "hunter2hunter2hunter2",
      OUTBOUND_ENCRYPTION_KEY: key,
      OUTBOUND_DATABASE_URL: "postgresql://ada:hunter2@db.acme.example:5432/outbound?password=hunter2",
    });
    const described = describeEnvironment(environment);
    expect(described).toEqual({
      ...environment,
      adminToken: "(set)",
      encryptionKey: "(set)",
      databaseUrl: "postgresql://db.acme.example:5432/outbound",
    });
    expect(JSON.stringify(described)).not.toMatch(/hunter2|ada/);
  });

  it("shows what is not set as null", () => {
    const { adminToken, encryptionKey, databaseUrl } = describeEnvironment(environmentOf({}));
    expect([adminToken, encryptionKey, databaseUrl]).toEqual([null, null, null]);
  });
});

describe(".env.example", () => {
  const lines = readFileSync(".env.example", "utf8").split("\n");
  const documented = lines.flatMap((line) => {
    const match = /^(# )?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
    return match === null
      ? []
      : [{ name: match[2] ?? "", commented: match[1] !== undefined, value: match[3] ?? "" }];
  });

  it("documents every variable that is read, once, and no other", () => {
    expect(documented.map(({ name }) => name).sort()).toEqual(Object.keys(environmentSchema.shape).sort());
  });

  it("gives the defaults: taken as it is, it changes nothing", () => {
    const taken = documented.filter(({ commented }) => !commented).map(({ name, value }) => [name, value]);
    expect(environmentOf(Object.fromEntries(taken) as Record<string, string>)).toEqual(environmentOf({}));
  });

  it("shows a value exactly where there is a default", () => {
    const defaults: Readonly<Record<string, string | number | undefined>> = environmentSchema.parse({});
    for (const { name, commented, value } of documented) {
      const fallback = defaults[name];
      expect([name, value]).toEqual([name, fallback === undefined ? "" : String(fallback)]);
      expect([name, commented]).toEqual([name, fallback === undefined]);
    }
  });
});
