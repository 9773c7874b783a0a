import { readFile, readdir, stat } from "node:fs/promises";
import { describe, expect, it } from "@jest/globals";
import { parse, parseAllDocuments } from "yaml";
import { environmentSchema } from "../../src/config/environment.js";
import { settingsSchemas } from "../../src/connectors/registry.js";
import { parseConfiguration } from "../../src/config/parse-configuration.js";
import { searchAttributes } from "../../src/temporal/search-attributes.js";

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly restart: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes?: readonly (string | { readonly source: string })[];
  readonly ports?: readonly string[];
  readonly healthcheck?: unknown;
}
interface Container {
  readonly image: string;
  readonly command: readonly string[];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template?: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly terminationGracePeriodSeconds?: number;
        readonly containers: readonly Container[];
      };
    };
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  };
}

const commands = ["server", "worker", "migrate"];
const kubernetes = "deploy/kubernetes";

async function compose(): Promise<Readonly<Record<string, Service>>> {
  const text = await readFile("docker-compose.yml", "utf8");
  return (parse(text, { merge: true }) as { services: Record<string, Service> }).services;
}

async function manifests(): Promise<Manifest[]> {
  const files = (await readdir(kubernetes)).filter(
    (name) => name.endsWith(".yaml") && name !== "kustomization.yaml",
  );
  const texts = await Promise.all(files.map((name) => readFile(`${kubernetes}/${name}`, "utf8")));
  return texts.flatMap((text) =>
    parseAllDocuments(text).map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as Manifest;
    }),
  );
}

describe("docker-compose.yml", () => {
  it("has our three processes, each with its command", async () => {
    const services = await compose();
    for (const name of commands) expect(services[name]?.command).toEqual(["outbound", name]);
  });

  it("pins the version of every image", async () => {
    for (const { image } of Object.values(await compose())) expect(image).toMatch(/^[\w./-]+:\d+\.\d+/);
  });

  it("waits only for services that exist, in a way that they can fulfil", async () => {
    const services = await compose();
    const waits = Object.values(services).flatMap((service) => Object.entries(service.depends_on ?? {}));
    expect(waits.length).toBeGreaterThan(0);
    for (const [name, { condition }] of waits) {
      expect(Object.keys(services)).toContain(name);
      if (condition === "service_healthy") expect(services[name]?.healthcheck).toBeDefined();
      // One that is always started again never completes.
      if (condition === "service_completed_successfully")
        expect(services[name]?.restart).toMatch(/^on-failure/);
    }
  });

  it("mounts files that exist, and publishes ports on this machine only", async () => {
    for (const { volumes = [], ports = [] } of Object.values(await compose())) {
      const files = volumes.flatMap((volume) => (typeof volume === "string" ? [volume.split(":")[0]!] : []));
      for (const file of files.filter((name) => name.startsWith("./")))
        expect(await stat(file)).toBeDefined();
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it("sets only variables that outbound reads", async () => {
    const services = await compose();
    for (const name of commands) {
      const variables = Object.keys(services[name]?.environment ?? {});
      expect(Object.keys(environmentSchema.shape)).toEqual(expect.arrayContaining(variables));
    }
  });

  it("makes every search attribute with its type", async () => {
    const script = await readFile("deploy/compose/temporal-namespace.sh", "utf8");
    for (const { name, type } of searchAttributes)
      expect(script).toContain(`--name ${name} --type ${type} `.trim());
  });
});

describe("deploy/kubernetes", () => {
  it("lists in kustomization.yaml every manifest but the example of a secret", async () => {
    const { resources } = parse(await readFile(`${kubernetes}/kustomization.yaml`, "utf8")) as {
      resources: string[];
    };
    const files = (await readdir(kubernetes)).filter(
      (name) => !["kustomization.yaml", "secret.example.yaml"].includes(name),
    );
    expect([...resources].sort()).toEqual(files.sort());
  });

  it("runs our three processes, and selects what it runs", async () => {
    const all = await manifests();
    const workloads = all.filter(({ kind }) => kind === "Deployment" || kind === "Job");
    const run = workloads.map(({ spec }) => spec?.template?.spec.containers[0]?.command.at(-1));
    expect(run.sort()).toEqual([...commands].sort());
    const labels = workloads.map(({ spec }) => spec?.template?.metadata.labels);
    const selectors = all.flatMap(({ spec }) =>
      spec?.selector?.matchLabels ? [spec.selector.matchLabels] : [],
    );
    expect(selectors).toHaveLength(4);
    for (const selector of selectors) expect(labels).toContainEqual(selector);
  });

  it("gives server and worker more time to end than an attempt and its claim may take", async () => {
    const deployments = (await manifests()).filter(({ kind }) => kind === "Deployment");
    for (const { spec } of deployments) {
      expect(spec?.template?.spec.terminationGracePeriodSeconds).toBeGreaterThan(45);
    }
  });

  it("has a configuration that outbound accepts, and sets only variables that it reads", async () => {
    const maps = (await manifests()).filter(({ kind }) => kind === "ConfigMap");
    const { "outbound.yaml": text, ...none } =
      maps.find(({ metadata }) => metadata.name === "outbound-configuration")?.data ?? {};
    expect(none).toEqual({});
    expect(parseConfiguration(text ?? "", { settingsSchemas })).toMatchObject({ ok: true });
    const variables = maps.find(({ metadata }) => metadata.name === "outbound")?.data ?? {};
    expect(Object.keys(environmentSchema.shape)).toEqual(expect.arrayContaining(Object.keys(variables)));
  });
});
