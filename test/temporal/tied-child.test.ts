import { afterEach, describe, expect, it } from "@jest/globals";
import { processGroup } from "../../src/temporal/process-group.js";
import { type TiedChild, type TiedOptions, spawnTied } from "../../src/temporal/tied-child.js";
import { runProgram } from "./run-program.js";
import { until } from "../support/until.js";

const started: TiedChild[] = [];

/** A program that says "ready" and then runs for ever; it knows how to ignore signals. */
async function forever(options: TiedOptions, before = ""): Promise<TiedChild> {
  const child = await spawnTied("sh", ["-c", `${before} echo ready; while :; do sleep 0.1; done`], options);
  started.push(child);
  await until(() => child.output().includes("ready"));
  return child;
}

async function isGone(group: number): Promise<boolean> {
  return (await processGroup(group)).every(({ command }) => command.startsWith("sleep"));
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.stop()));
});

describe("spawnTied", () => {
  it("ends the program on stop, which may be called again", async () => {
    const child = await forever({ stopSignal: "TERM" });
    expect(await isGone(child.pid)).toBe(false);
    await child.stop();
    await child.stop();
    expect(child.hasExited()).toBe(true);
    await until(() => isGone(child.pid), 5_000, "the program's end");
  });

  it("kills a program that ignores its stop signal", async () => {
    const child = await forever({ stopSignal: "TERM", killAfterMs: 200 }, "trap '' TERM;");
    await child.stop();
    await until(() => isGone(child.pid), 5_000, "the program's end");
  });

  it("leaves no orphan when its parent is killed by SIGKILL", async () => {
    const parent = await runProgram(`
      const { spawnTied } = await load("src/temporal/tied-child.ts");
      const child = await spawnTied("sleep", ["1000"], { stopSignal: "TERM" });
      console.log(child.pid);
    `);
    const group = Number(parent.firstLine);
    const runs = async (): Promise<boolean> =>
      (await processGroup(group)).some(({ command }) => command === "sleep 1000");
    await until(runs);
    await parent.crash();
    await until(async () => !(await runs()));
  });

  it("says when the program ends by itself, with what it wrote last", async () => {
    const child = await spawnTied("sh", ["-c", "echo farewell; echo complaint >&2; exit 3"], {
      stopSignal: "TERM",
    });
    await child.exited;
    expect(child.output()).toContain("farewell");
    expect(child.output()).toContain("complaint");
  });

  it("keeps only the end of a long output", async () => {
    const child = await spawnTied("sh", ["-c", "yes | head -c 100000; echo the end"], { stopSignal: "TERM" });
    started.push(child);
    await until(() => child.output().endsWith("the end"));
    expect(child.output().length).toBeLessThanOrEqual(4_000);
  });
});
