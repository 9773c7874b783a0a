import type { CliIo } from "./io.js";
import { buildProgram } from "./program.js";
import { reportError } from "./report-error.js";
import type { Cli } from "./session.js";

/**
 * Runs one command line. Results go to `io.stdout`, everything else to `io.stderr`; never ends the process.
 *
 * @param argv what stands after the program's name.
 * @returns the exit code: 0, 1 failed, 2 usage (design section 10). Never rejects.
 */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  const cli: Cli = { io, exitCode: 0 };
  try {
    await buildProgram(cli).parseAsync([...argv], { from: "user" });
    return cli.exitCode;
  } catch (error) {
    return reportError(error, io);
  }
}
