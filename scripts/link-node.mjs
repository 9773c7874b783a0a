// Plain JavaScript: runs on whatever Node the machine has. npm 10 drops the `node` link of the
// right platform package when it skips the foreign ones; this puts it back, so that scripts run on Node 24.
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";

const target = resolve("node_modules", `node-${process.platform}-${process.arch}`, "bin/node");
const link = resolve("node_modules/.bin/node");
if (process.platform !== "win32" && existsSync(target) && !existsSync(link)) {
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(relative(dirname(link), target), link);
}
