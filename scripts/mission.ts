// Prints every statement of docs/mission.md with the tests that prove it, and fails where a claimed one has none.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseStatements, statementsOfTitle, titlesOfSource, type Statement } from './mission-parse.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface Proof {
  file: string;
  title: string;
}

interface TestReport {
  testResults: { name: string; assertionResults: { fullName: string; title: string; ancestorTitles: string[]; status: string }[] }[];
}

/** The tests that name a statement, read from the source without running anything. */
const proofsFromSource = (): Proof[] =>
  globSync(
    ['packages/*/{src,test}/**/*.test.{ts,tsx}', 'apps/*/{src,test}/**/*.test.{ts,tsx}', 'test/**/*.test.ts', 'scripts/**/*.test.ts'],
    {
      cwd: root,
      exclude: ['**/node_modules/**', '**/dist/**'],
    },
  ).flatMap((file) => titlesOfSource(readFileSync(join(root, file), 'utf8')).map((title) => ({ file, title })));

/** The tests that passed in a finished run, from vitest's JSON report. */
const proofsFromReport = (path: string): Proof[] => {
  const report = JSON.parse(readFileSync(path, 'utf8')) as TestReport;
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter((result) => result.status === 'passed')
      .flatMap((result) => [...result.ancestorTitles, result.title].map((title) => ({ file: relative(root, name), title }))),
  );
};

const print = (statements: readonly Statement[], proofs: ReadonlyMap<string, Proof[]>): void => {
  for (const { number, promise, claimed } of statements) {
    const found = proofs.get(number) ?? [];
    const state = found.length > 0 ? (claimed ? 'proved' : 'partly') : claimed ? 'MISSING' : 'not yet';
    process.stdout.write(`${number.padEnd(4)} ${state.padEnd(8)} ${promise}\n`);
    const files = new Map<string, number>();
    for (const { file } of found) files.set(file, (files.get(file) ?? 0) + 1);
    for (const [file, count] of files) process.stdout.write(`              ${file} (${count})\n`);
  }
};

const { values } = parseArgs({ options: { results: { type: 'string' } } });
const statements = parseStatements(readFileSync(join(root, 'docs/mission.md'), 'utf8'));
const proofs = new Map<string, Proof[]>();
for (const proof of values.results ? proofsFromReport(values.results) : proofsFromSource()) {
  for (const number of statementsOfTitle(proof.title)) {
    const list = proofs.get(number) ?? [];
    if (!list.some((other) => other.file === proof.file && other.title === proof.title)) list.push(proof);
    proofs.set(number, list);
  }
}
print(statements, proofs);

const known = new Set(statements.map(({ number }) => number));
const missing = statements.filter(({ number, claimed }) => claimed && !proofs.has(number));
const invented = [...proofs.keys()].filter((number) => !known.has(number));
process.stdout.write(
  `\n${statements.length} statements: ${statements.filter(({ claimed }) => claimed).length} claimed, ` +
    `${statements.filter(({ number }) => proofs.has(number)).length} with a test\n`,
);
if (missing.length > 0) process.stderr.write(`claimed without a passing test: ${missing.map(({ number }) => number).join(' ')}\n`);
if (invented.length > 0) process.stderr.write(`tests name statements that do not exist: ${invented.join(' ')}\n`);
process.exitCode = missing.length > 0 || invented.length > 0 ? 1 : 0;
