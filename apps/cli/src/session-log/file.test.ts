import { mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LineFile } from './file.ts';
import { pruneLogs } from './prune.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mogplex-lines-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('A17 a log that grows too large goes on in a new file, and three older parts are kept', async () => {
  const file = new LineFile(join(folder, 's.jsonl'), 100);
  for (let line = 0; line < 30; line++) await file.write(`${String(line).padStart(2, '0')} ${'x'.repeat(30)}`);
  await file.close();
  expect((await readdir(folder)).toSorted()).toEqual(['s.1.jsonl', 's.2.jsonl', 's.3.jsonl', 's.jsonl']);
  const kept = await Promise.all(['s.3.jsonl', 's.2.jsonl', 's.1.jsonl', 's.jsonl'].map((name) => readFile(join(folder, name), 'utf8')));
  const numbers = kept.flatMap((text) => text.trimEnd().split('\n')).map((line) => Number(line.slice(0, 2)));
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => 30 - numbers.length + index));
  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
});

test('A17 no file and no link that is there already is written to', async () => {
  await writeFile(join(folder, 'target'), 'precious');
  await symlink(join(folder, 'target'), join(folder, 's.jsonl'));
  await expect(new LineFile(join(folder, 's.jsonl')).write('line')).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readFile(join(folder, 'target'), 'utf8')).toBe('precious');
});

test('A17 old logs go by age, then the oldest by size, and nothing else is touched', async () => {
  const now = Date.now();
  const put = async (name: string, days: number, bytes: number): Promise<void> => {
    await writeFile(join(folder, name), 'x'.repeat(bytes));
    const time = (now - days * 86_400_000) / 1000;
    await utimes(join(folder, name), time, time);
  };
  const half = 512 * 1024;
  await put('20260101-000000-aaaaaaaa.jsonl', 40, 10);
  await put('20260102-000000-aaaaaaaa.debug.jsonl', 41, 10);
  await put('20260103-000000-aaaaaaaa.jsonl', 3, half);
  await put('20260103-000000-aaaaaaaa.1.jsonl', 2, half);
  await put('20260104-000000-aaaaaaaa.jsonl', 1, half / 2);
  await put('my notes.txt', 400, 10);
  await pruneLogs(folder, { days: 30, megabytes: 1 }, now);
  expect((await readdir(folder)).toSorted()).toEqual([
    '20260103-000000-aaaaaaaa.1.jsonl',
    '20260104-000000-aaaaaaaa.jsonl',
    'my notes.txt',
  ]);
});
