import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";

const run = promisify(execFile);
const reporter = fileURLToPath(new URL("./count-reporter.mjs", import.meta.url));
const none = {
  numPassedTests: 0,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  numPendingTests: 0,
  numTodoTests: 0,
};

/** What a process prints that ends with these results and says something after the reporter's hook. */
async function printed(results: Partial<typeof none>): Promise<string> {
  const program = `
    import Reporter from ${JSON.stringify(reporter)};
    new Reporter().onRunComplete(new Set(), ${JSON.stringify({ ...none, ...results })});
    console.log("Jest has more to say");
  `;
  return (await run(process.execPath, ["--input-type=module", "--eval", program])).stdout;
}

describe("count-reporter", () => {
  it("prints the counts as the last line, whatever is printed after its hook", async () => {
    expect(await printed({ numPassedTests: 12 })).toBe("Jest has more to say\n12 passed, 0 failed\n");
  });

  it("counts a file that could not run as a failure", async () => {
    expect(await printed({ numFailedTests: 2, numRuntimeErrorTestSuites: 1 })).toMatch(
      /\n0 passed, 3 failed\n$/,
    );
  });

  it("names skipped tests only where there are some", async () => {
    expect(await printed({ numPassedTests: 1, numPendingTests: 2, numTodoTests: 1 })).toMatch(
      /\n1 passed, 0 failed, 3 skipped\n$/,
    );
  });
});
