import { writeSync } from 'node:fs';

/** Ends the run with `N passed, N failed` alone on a line, for machines that read only the last line. */
export default class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const failedSuites = results.testResults.filter((suite) => suite.testExecError !== undefined).length;
    const failed = results.numFailedTests + failedSuites;
    const skipped = results.numPendingTests > 0 ? `, ${results.numPendingTests} skipped` : '';
    // Jest's own summary comes after all reporters, so the line waits for the end of the process.
    process.once('exit', () =>
      writeSync(1, `\n${results.numPassedTests} passed, ${failed} failed${skipped}\n`),
    );
  }
}
