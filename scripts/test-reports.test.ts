import { expect, test } from 'vitest';
import { failedFiles, mergeReports } from './test-reports.ts';

const file = (name: string, tests: Record<string, string>) => ({
  name,
  status: Object.values(tests).includes('failed') ? 'failed' : 'passed',
  assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
});

const first = {
  success: false,
  numPassedTests: 2,
  numFailedTests: 2,
  testResults: [file('/a.test.ts', { steady: 'passed' }), file('/b.test.ts', { slow: 'failed', broken: 'failed', fine: 'passed' })],
};

test('files with a failing test are named, and those that could not be loaded', () => {
  expect(failedFiles(first)).toEqual(['/b.test.ts']);
  expect(failedFiles({ ...first, testResults: [{ name: '/c.test.ts', status: 'failed', assertionResults: [] }] })).toEqual(['/c.test.ts']);
});

test('a file that was run again counts as it ended, and what passed only then is told', () => {
  const again = { ...first, testResults: [file('/b.test.ts', { slow: 'passed', broken: 'failed', fine: 'passed' })] };
  const { report, unsteady } = mergeReports(first, again);
  expect(unsteady).toEqual(['slow']);
  expect(report).toMatchObject({ success: false, numPassedTests: 3, numFailedTests: 1 });
  expect(report.testResults).toEqual([first.testResults[0], again.testResults[0]]);
});
