import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { connectClient, localTarget } from "../../src/temporal/connect.js";
import {
  type DevelopmentServer,
  type DevelopmentServerOptions,
  startDevelopmentServer,
} from "../../src/temporal/development-server.js";
import { processGroup } from "../../src/temporal/process-group.js";
import { searchAttributes } from "../../src/temporal/search-attributes.js";
import { spawnTied } from "../../src/temporal/tied-child.js";
import { freePort, onFreePort } from "../setup/free-port.js";
import { runProgram } from "./run-program.js";

let folder: string;
const running: DevelopmentServer[] = [];

async function start(options: Partial<DevelopmentServerOptions> = {}): Promise<DevelopmentServer> {
  const server = await onFreePort((port) =>
    startDevelopmentServer({ dataDirectory: folder, port, uiPort: null, searchAttributes, ...options }),
  );
  running.push(server);
  return server;
}

/** The same in a process of its own, which the test may crash. */
async function startElsewhere(): Promise<Awaited<ReturnType<typeof runProgram>>> {
  const options = { dataDirectory: folder, port: await freePort(), uiPort: null, searchAttributes };
  return runProgram(`
    const { startDevelopmentServer } = await load("src/temporal/development-server.ts");
    await startDevelopmentServer(${JSON.stringify(options)});
    console.log("started");
  `);
}

async function recordedGroup(): Promise<number> {
  const { pid } = JSON.parse(await readFile(join(folder, "temporal.json"), "utf8")) as { pid: number };
  return pid;
}

async function serverOf(group: number): Promise<number | undefined> {
  const found = (await processGroup(group)).find(
    ({ pid, command }) => pid !== group && command.includes("start-dev"),
  );
  return found?.pid;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outbound-server-"));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
});

describe("startDevelopmentServer", () => {
  it("answers with our search attributes, serves the UI where asked, and is gone after stop", async () => {
    const uiPort = await freePort();
    const server = await start({ dataDirectory: null, uiPort });
    const client = await connectClient(localTarget(server.address));
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
      namespace: "default",
    });
    await client.connection.close();
    expect(Object.keys(customAttributes)).toEqual(
      expect.arrayContaining(searchAttributes.map(({ name }) => name)),
    );
    expect(server.uiUrl).toBe(`http://127.0.0.1:${uiPort}`);
    expect((await fetch(`http://127.0.0.1:${uiPort}`)).status).toBe(200);
    await server.stop();
    await expect(fetch(`http://127.0.0.1:${uiPort}`)).rejects.toThrow();
  });

  it("keeps workflows in the data directory from one start to the next", async () => {
    const first = await start();
    const before = await connectClient(localTarget(first.address));
    await before.workflow.start("nobody", { taskQueue: "nobody", workflowId: "kept" });
    await before.connection.close();
    await first.stop();
    const second = await start();
    const after = await connectClient(localTarget(second.address));
    expect((await after.workflow.getHandle("kept").describe()).status.name).toBe("RUNNING");
    await after.connection.close();
  });

  it.each([
    ["OUTBOUND_TEMPORAL_PORT", "port"],
    ["OUTBOUND_TEMPORAL_UI_PORT", "uiPort"],
  ])("names %s when that port is taken", async (variable, option) => {
    const stranger = createServer();
    const taken = await freePort();
    await new Promise<void>((done) => stranger.listen(taken, "127.0.0.1", done));
    const ports = { port: await freePort(), uiPort: await freePort(), [option]: taken };
    await expect(
      startDevelopmentServer({ dataDirectory: null, searchAttributes, ...ports }),
    ).rejects.toMatchObject({ code: "port_taken", message: expect.stringContaining(variable) });
    await new Promise((done) => stranger.close(done));
  });

  it("starts again on the same data and port after the former process was killed", async () => {
    const former = await startElsewhere();
    const group = await recordedGroup();
    await former.crash();
    await start();
    expect(await serverOf(group)).toBeUndefined();
  });

  it("refuses data that a living process works on", async () => {
    const other = await startElsewhere();
    await expect(start()).rejects.toMatchObject({ code: "data_in_use" });
    await other.crash();
    await start();
  });

  it("ends a former server that has lost its keeper", async () => {
    const former = await startElsewhere();
    const group = await recordedGroup();
    process.kill(group, "SIGKILL");
    await former.crash();
    expect(await serverOf(group)).toBeDefined();
    await start();
    expect(await serverOf(group)).toBeUndefined();
  });

  it("leaves alone a process that has the recorded id but is not our server", async () => {
    const stranger = await spawnTied("sleep", ["1000"], { stopSignal: "TERM" });
    const state = { pid: stranger.pid, parent: process.pid, port: 7233 };
    await writeFile(join(folder, "temporal.json"), JSON.stringify(state));
    await start();
    expect(stranger.hasExited()).toBe(false);
    await stranger.stop();
  });

  it("reports a server that ends at once, with its last words", async () => {
    const cli = join(folder, "cli");
    await writeFile(cli, '#!/bin/sh\n[ "$1" = --version ] || { echo "no such flag" >&2; exit 1; }\n');
    await chmod(cli, 0o755);
    await expect(start({ environment: { ...process.env, TEMPORAL_CLI: cli } })).rejects.toMatchObject({
      code: "start_failed",
      message: expect.stringContaining("no such flag"),
    });
  });

  it("says when the server has ended by itself", async () => {
    const server = await start();
    const group = await recordedGroup();
    process.kill((await serverOf(group))!, "SIGKILL");
    await server.exited;
    await expect(readFile(join(folder, "temporal.json"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});
