import { execFile } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A process as the operating system lists it. */
export interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Program and arguments, joined by blanks. */
  readonly command: string;
}

/** The living processes of a process group: from `/proc` on Linux, where `ps` may be missing, else from `ps`. */
export async function processGroup(group: number): Promise<ListedProcess[]> {
  const all = process.platform === "linux" ? await fromProc() : await fromPs();
  return all.filter((one) => one.group === group);
}

async function fromProc(): Promise<ListedProcess[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(ids.map(readProc));
  return found.filter((one) => one !== null);
}

/** Null when the process has ended meanwhile, or is a zombie that only waits to be collected. */
async function readProc(pid: string): Promise<ListedProcess | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // proc(5): "pid (comm) state ppid pgrp …"; comm may hold blanks and parentheses.
    const [state, parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z") return null;
    const command = (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ").trim();
    return { pid: Number(pid), parent: Number(parent), group: Number(group), command };
  } catch {
    return null;
  }
}

async function fromPs(): Promise<ListedProcess[]> {
  const { stdout } = await run("ps", ["-A", "-ww", "-o", "pid=,ppid=,pgid=,command="]);
  return stdout.split("\n").flatMap((line) => {
    const parts = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    if (parts === null) return [];
    const [, pid, parent, group, command = ""] = parts;
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), command }];
  });
}
