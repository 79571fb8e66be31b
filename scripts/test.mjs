// Everything that must hold before a change lands, in the order in which it fails soonest. `npm test` runs it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failedFiles, mergeReports } from './test-reports.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const results = join(root, 'node_modules', '.cache', 'mogplex', 'tests.json');

const resultsAgain = join(dirname(results), 'tests-again.json');

/** More failing files than this are a defect and no accident of timing: they are not run again. */
const MOST_RUN_AGAIN = 3;

const vitest = (report, files = []) => ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...files];

const STEPS = [
  { name: 'types', command: 'tsc', args: ['-b'] },
  { name: 'lint', command: 'oxlint', args: ['--deny-warnings'] },
  { name: 'format', command: 'oxfmt', args: ['--check', '.'] },
  { name: 'unused code', command: 'knip', args: [] },
  { name: 'package', command: 'publint', args: ['apps/cli'] },
  { name: 'tests', command: 'vitest', args: vitest(results), again: true },
  { name: 'mission', command: 'node', args: ['scripts/mission.ts', '--results', results] },
];

mkdirSync(dirname(results), { recursive: true });
for (const file of [results, resultsAgain]) rmSync(file, { force: true });

const readReport = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    process.stdout.write(`no test report was written: ${error.message}\n`);
    return undefined;
  }
};

/**
 * Runs the files with a failing test once more, with nothing beside them. What passes then is told by name, since it
 * hangs on the speed of the machine and wants a better test.
 */
const runAgain = (status) => {
  const first = readReport(results);
  const files = first === undefined ? [] : failedFiles(first);
  if (files.length === 0 || files.length > MOST_RUN_AGAIN) return status;
  process.stdout.write(`\nonce more, by themselves: ${files.map((file) => relative(root, file)).join(', ')}\n`);
  const again = spawnSync('vitest', vitest(resultsAgain, files), { cwd: root, stdio: 'inherit' });
  const second = readReport(resultsAgain);
  if (second === undefined) return status;
  const { report, unsteady } = mergeReports(first, second);
  writeFileSync(results, JSON.stringify(report));
  for (const title of unsteady) process.stdout.write(`UNSTEADY, passed when run again: ${title}\n`);
  return again.status;
};

const failed = [];
for (const { name, command, args, again } of STEPS) {
  const started = Date.now();
  const first = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  const { signal } = first;
  const status = again === true && first.status === 1 ? runAgain(first.status) : first.status;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`\n${status === 0 ? 'ok' : 'FAILED'}: ${name} (${seconds} s)\n\n`);
  if (status !== 0) failed.push(name);
  if (signal === 'SIGINT' || signal === 'SIGTERM') process.exit(130);
}

const report = readReport(results);
const counts = { passed: report?.numPassedTests ?? 0, failed: report?.numFailedTests ?? 1 };
if (failed.length > 0) process.stdout.write(`failed: ${failed.join(', ')}\n`);
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
process.exitCode = failed.length > 0 || counts.failed > 0 || counts.passed === 0 ? 1 : 0;
