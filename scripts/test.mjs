// Everything that must hold before a change lands, in the order in which it fails soonest. `npm test` runs it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const results = join(root, 'node_modules', '.cache', 'mogplex', 'tests.json');

const STEPS = [
  { name: 'types', command: 'tsc', args: ['-b'] },
  { name: 'lint', command: 'oxlint', args: ['--deny-warnings'] },
  { name: 'format', command: 'oxfmt', args: ['--check', '.'] },
  { name: 'unused code', command: 'knip', args: [] },
  { name: 'package', command: 'publint', args: ['apps/cli'] },
  { name: 'tests', command: 'vitest', args: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`] },
  { name: 'mission', command: 'node', args: ['scripts/mission.ts', '--results', results] },
];

mkdirSync(dirname(results), { recursive: true });
rmSync(results, { force: true });

const failed = [];
for (const { name, command, args } of STEPS) {
  const started = Date.now();
  const { status, signal } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`\n${status === 0 ? 'ok' : 'FAILED'}: ${name} (${seconds} s)\n\n`);
  if (status !== 0) failed.push(name);
  if (signal === 'SIGINT' || signal === 'SIGTERM') process.exit(130);
}

const readCounts = () => {
  try {
    const report = JSON.parse(readFileSync(results, 'utf8'));
    return { passed: report.numPassedTests, failed: report.numFailedTests };
  } catch (error) {
    process.stdout.write(`no test report was written: ${error.message}\n`);
    return { passed: 0, failed: 1 };
  }
};

const counts = readCounts();
if (failed.length > 0) process.stdout.write(`failed: ${failed.join(', ')}\n`);
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
process.exitCode = failed.length > 0 || counts.failed > 0 || counts.passed === 0 ? 1 : 0;
