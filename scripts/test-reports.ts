/** What is read of a report that vitest's JSON reporter writes. */
export interface TestReport {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
  testResults: { name: string; status: string; assertionResults: { fullName: string; status: string }[] }[];
}

/** Paths of the files in a report that hold a failing test, or could not be run at all. */
export const failedFiles = (report: TestReport): string[] =>
  report.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);

/**
 * The report of a whole run with the files that were run again in the place of what they said first.
 *
 * @param first the whole run
 * @param again the run of some of its files
 * @returns the report, and the full names of the tests that failed first and passed then
 */
export function mergeReports(first: TestReport, again: TestReport): { report: TestReport; unsteady: string[] } {
  const second = new Map(again.testResults.map((file) => [file.name, file]));
  const testResults = first.testResults.map((file) => second.get(file.name) ?? file);
  const merged = namesByStatus(testResults);
  const passedThen = namesByStatus(again.testResults).passed;
  return {
    report: {
      ...first,
      testResults,
      numPassedTests: merged.passed.length,
      numFailedTests: merged.failed.length,
      success: again.success,
    },
    unsteady: namesByStatus(first.testResults).failed.filter((name) => passedThen.includes(name)),
  };
}

const namesByStatus = (files: TestReport['testResults']): { passed: string[]; failed: string[] } => {
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const named = (wanted: string): string[] => tests.filter(({ status }) => status === wanted).map(({ fullName }) => fullName);
  return { passed: named('passed'), failed: named('failed') };
};
