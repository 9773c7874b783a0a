/**
 * Prints the closing line `N passed, N failed[, N skipped]`. A file that could not run at all counts as one
 * failure, so that the line never says "0 failed" where the run failed.
 */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const tail = skipped > 0 ? `, ${skipped} skipped` : "";
    // At exit, since Jest still has words to say after this hook.
    process.once("exit", () => {
      process.stdout.write(`${results.numPassedTests} passed, ${failed} failed${tail}\n`);
    });
  }
}
