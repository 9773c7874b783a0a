import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { connectClient, localTarget, temporalTarget } from "../../src/temporal/connect.js";
import { connectNative } from "../../src/temporal/connect-native.js";
import "../setup/quiet.js";

let folder: string;
let profileFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outbound-connect-"));
  profileFile = join(folder, "temporal.toml");
  const profile = [
    'address = "profile.example:7233"',
    'namespace = "acme.prod"',
    'api_key = "not-a-real-key"',
  ];
  await writeFile(profileFile, ["[profile.default]", ...profile, ""].join("\n"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("temporalTarget", () => {
  it("falls back to the given address and the default namespace, without TLS", () => {
    const target = temporalTarget({ TEMPORAL_CONFIG_FILE: join(folder, "none.toml") }, "127.0.0.1:7233");
    expect(target).toMatchObject({ namespace: "default", connection: { address: "127.0.0.1:7233" } });
    expect(target.connection.tls).toBeUndefined();
  });

  it("takes address, namespace and key from the profile file; a key means TLS", () => {
    expect(temporalTarget({ TEMPORAL_CONFIG_FILE: profileFile }, "127.0.0.1:7233")).toEqual({
      namespace: "acme.prod",
      connection: expect.objectContaining({
        address: "profile.example:7233",
        apiKey: "not-a-real-key",
        tls: true,
      }),
    });
  });

  it("lets variables win over the profile file", () => {
    const variables = { TEMPORAL_ADDRESS: "variable.example:7233", TEMPORAL_NAMESPACE: "acme.test" };
    const target = temporalTarget({ TEMPORAL_CONFIG_FILE: profileFile, ...variables }, "127.0.0.1:7233");
    expect(target).toMatchObject({
      namespace: "acme.test",
      connection: { address: "variable.example:7233" },
    });
  });
});

describe("connectClient and connectNative", () => {
  it("reach a server that asks for no credentials", async () => {
    const target = localTarget(process.env["TEST_TEMPORAL_ADDRESS"]!);
    const client = await connectClient(target);
    expect(client.options.namespace).toBe("default");
    const native = await connectNative(target);
    await expect(native.workflowService.getSystemInfo({})).resolves.toBeDefined();
    await native.close();
    await client.connection.close();
  });
});
