// Builds dist/ when a source is newer than the last build, so that `npm start` is quick and never stale.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const newest = (path) => {
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
};
const built = "dist/workflow-bundle.js";
const sources = [
  "src",
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "scripts/bundle-workflows.mjs",
];
if (!existsSync(built) || Math.max(...sources.map(newest)) > statSync(built).mtimeMs) {
  process.stderr.write("building …\n");
  execFileSync("npm", ["run", "-s", "build"], {
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
}
