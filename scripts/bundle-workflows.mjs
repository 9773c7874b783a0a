// Writes dist/workflow-bundle.js: workers load it by path and need not run webpack at start.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { DefaultLogger, bundleWorkflowCode } from "@temporalio/worker";

const { code } = await bundleWorkflowCode({
  workflowsPath: resolve("dist/workflows/index.js"),
  logger: new DefaultLogger("WARN"),
});
writeFileSync("dist/workflow-bundle.js", code);
