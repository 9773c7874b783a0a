import { resolve } from "node:path";
import { DefaultLogger, bundleWorkflowCode } from "@temporalio/worker";
import { cachedFile } from "./content-cache.js";

/**
 * The workflows as one file, as workers load it; webpack takes some seconds.
 *
 * @returns the path of the file, absolute.
 */
export async function makeWorkflowBundle(directory: string): Promise<string> {
  const sources = ["src/workflows", "src/domain", "package-lock.json"];
  const path = await cachedFile(
    { directory, kind: "workflow-bundle", extension: "js", sources },
    async () => {
      const workflowsPath = resolve("src/workflows/index.ts");
      const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("WARN") });
      return code;
    },
  );
  return resolve(path);
}
