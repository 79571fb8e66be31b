import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runMogplex } from './support/run.ts';
import { MOGPLEX } from './support/terminal.ts';

const GITHUB = `ghp_${'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7'.padEnd(36, 'x7')}`;
const OWN = 'Kn0wn-Value-of-mine-77';
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redact-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('D1 mogplex redact', () => {
  test('D1 A17 masks stdin, in any encoding, and reports by rule without the value', async () => {
    const known = join(folder, 'known.txt');
    await writeFile(known, `${OWN}\r\nshort\n`);
    const input = `push with ${GITHUB} done\nkeep sha 4f2c1d9e8b7a65544f2c1d9e8b7a65544f2c1d9e\nb64 ${Buffer.from(`user:${OWN}`).toString('base64')}\n`;
    const run = await runMogplex(['redact', '--known', known, '--report'], { HOME: folder }, input);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('push with [redacted:github-token] done\nkeep sha 4f2c1d9e8b7a65544f2c1d9e8b7a65544f2c1d9e\n');
    expect(run.stdout).toContain('[redacted:known:line-1]');
    expect(run.stdout).not.toContain(Buffer.from(OWN).toString('base64').slice(3, 16));
    const [notice, report] = run.stderr.trim().split('\n');
    expect(notice).toContain('shorter than 8 characters');
    expect(JSON.parse(report ?? '')).toEqual({
      masked: expect.arrayContaining([
        { rule: 'github-token', count: 1 },
        { rule: 'known:line-1', count: 1 },
      ]) as unknown,
    });
    expect(run.stderr).not.toContain(GITHUB);
  });

  test('D1 copies every other byte as it is, and redacting twice changes nothing', async () => {
    const file = join(folder, 'in.log');
    await writeFile(file, `plain é → ${String.fromCharCode(27)}[32mok${String.fromCharCode(27)}[0m\r\npassword: "hunter2-x"\n`);
    const once = await runMogplex(['redact', file], { HOME: folder });
    expect(once).toMatchObject({ code: 0, stderr: '' });
    expect(once.stdout).toContain('plain é → ');
    expect(once.stdout).toContain('password: "[redacted:password]"');
    const twice = await runMogplex(['redact', '-'], { HOME: folder }, once.stdout);
    expect(twice.stdout).toBe(once.stdout);
  });

  test('D1 a missing file, a folder or a missing list ends with exit code 1 and an empty stdout', async () => {
    for (const args of [
      ['redact', join(folder, 'none')],
      ['redact', folder],
      ['redact', '--known', join(folder, 'none')],
    ]) {
      const run = await runMogplex(args, { HOME: folder });
      expect(run).toMatchObject({ code: 1, stdout: '' });
      expect(run.stderr).toContain('Cannot read');
    }
  });

  test('D1 streams: a line is written before the input ends, and a reader that leaves ends it quietly', async () => {
    const child = spawn(process.execPath, [MOGPLEX, 'redact'], { env: { PATH: process.env['PATH'] ?? '', HOME: folder } });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined);
    child.stdin.write(`first ${GITHUB}\nsecond line\n`);
    const first = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve));
    expect(first).toContain('first [redacted:github-token]\n');
    child.stdout.destroy();
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    const feed = setInterval(() => child.stdin.write('more and more lines\n'.repeat(5_000)), 20);
    expect(await closed).toBe(0);
    clearInterval(feed);
    expect(stderr).toBe('');
  });
});
