/**
 * What happens to a login with single-use refresh tokens when everything goes wrong, as a table. The authorization
 * server is oidc-provider with reuse detection: one token used twice ends the login.
 *
 * Run: node bench/moxxy/torture.ts
 */
import { faultyServer, killEverywhere, manyProcesses, type Row } from '@moxxy/plugin-oauth/test/torture';

const PROCESSES = 8;
const REFRESHES = 200;

const print = (cells: readonly string[], widths: readonly number[]): void => {
  process.stdout.write(`| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |\n`);
};

const crowd = await manyProcesses(PROCESSES, REFRESHES);
const rows: Row[] = [
  { ...crowd, detail: `${crowd.granted} granted, ${crowd.reuses} tokens used twice, ${(crowd.ms / 1000).toFixed(1)} s` },
  ...(await killEverywhere('refresh')),
  ...(await killEverywhere('relogin')),
  ...(await killEverywhere('logout')),
  ...(await faultyServer()),
];

const header = ['what', 'login afterwards', 'detail'];
const cells = rows.map(({ name, outcome, detail }) => [name, outcome, detail]);
const widths = header.map((_, column) => Math.max(...[header, ...cells].map((row) => row[column]?.length ?? 0)));
print(header, widths);
print(
  widths.map((width) => '-'.repeat(width)),
  widths,
);
for (const row of cells) print(row, widths);

const lost = rows.filter(({ outcome }) => outcome === 'LOST');
const renewed = rows.filter(({ outcome }) => outcome === 'one new login');
const unexpected = renewed.filter(({ allowed }) => !allowed);
process.stdout.write(
  `\nlost logins: ${lost.length}; one new login needed: ${renewed.length}, of which the server had rotated and its answer never reached the disk: ${renewed.length - unexpected.length}\n`,
);
process.exitCode = lost.length + unexpected.length > 0 ? 1 : 0;
