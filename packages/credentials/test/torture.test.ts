import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openAuthFile } from '../src/auth-file.ts';
import { parseDocument } from '../src/auth-document.ts';
import { startChild } from './child.ts';
import { bundle } from './operations.ts';
import { temporaryHome } from './temporary.ts';
import { startTokenServer } from './token-server.ts';
import { NAME, testVault } from './vault-fixtures.ts';

const PROCESSES = 8;
const TIMES = 200;
/** Long enough for a loaded machine of two cores. */
const LIMIT = 240_000;

const workers = Array.from({ length: PROCESSES }, (_, index) => `w${index}`);

interface Work {
  script: string;
  /** Arguments to go on from the n-th time. */
  args: (from: number) => readonly string[];
  /** After how many more acknowledged times the process is killed; undefined for never. */
  killAfter?: () => number | undefined;
}

/** Runs a process to its end; one that is killed is started again where its last acknowledged time was. Returns the deaths. */
async function persist({ script, args, killAfter }: Work): Promise<number> {
  for (let deaths = 0, next = 0; ; deaths += 1) {
    const last = killAfter?.();
    const begin = next;
    const child = startChild(script, args(next), (line) => {
      next = Number(line) + 1;
      if (last !== undefined && next - begin >= last) child.kill();
    });
    const end = await child.ended;
    if (end === 0 && child.errors() === '') return deaths;
    if (end !== 'SIGKILL') throw new Error(`${script} ended with ${end}: ${child.errors()}`);
  }
}

/** So many deaths of a process, each within its next 60 times. */
const sprinkled = (deaths: number): (() => number | undefined) => {
  let left = deaths;
  return () => (left-- > 0 ? 10 + Math.floor(Math.random() * 50) : undefined);
};

/** Does something again and again while `work` goes on. Returns how often. */
async function meanwhile(work: Promise<unknown>, act: () => Promise<void>): Promise<number> {
  let done = false;
  void Promise.allSettled([work]).then(() => (done = true));
  let times = 0;
  while (!done) {
    await act();
    times += 1;
    await sleep(10);
  }
  await work;
  return times;
}

/** Looks at a file again and again while `work` goes on. Returns how often it was there. */
async function watch(path: string, look: (path: string) => void, work: Promise<unknown>): Promise<number> {
  let seen = 0;
  await meanwhile(work, async () => {
    if (!existsSync(path)) return await Promise.resolve();
    look(path);
    seen += 1;
  });
  return seen;
}

const expectPrivate = (path: string): void => {
  expect((lstatSync(path).mode & 0o777).toString(8)).toBe('600');
};

describe('8 processes, 200 times each, with kill -9 sprinkled in', () => {
  test('A3 lose no entry of auth.json, tear no file, keep it 0600', { timeout: LIMIT }, async () => {
    const home = temporaryHome();
    const path = join(home, 'auth.json');
    const all = Promise.all(
      workers.map(
        async (name) =>
          await persist({ script: './key-writer.ts', args: (from) => [home, name, String(from), String(TIMES)], killAfter: sprinkled(2) }),
      ),
    );
    const look = (file: string): void => {
      expectPrivate(file);
      parseDocument(readFileSync(file, 'utf8'), file);
    };
    expect(await watch(path, look, all)).toBeGreaterThan(50);
    expect((await all).reduce((sum, deaths) => sum + deaths, 0)).toBeGreaterThan(PROCESSES);
    const { keys, damage } = openAuthFile(home).read();
    expect(damage).toBeUndefined();
    const missing = workers.flatMap((name) => Array.from({ length: TIMES }, (_, n) => `${name}-${n}`)).filter((key) => !keys.has(key));
    expect([keys.size, missing]).toEqual([PROCESSES * TIMES, []]);
    expect(keys.get('w7-199')?.reveal()).toBe('sk-w7-199-0123456789');
  });

  test('C11 lose no record of the vault (failure 1)', { timeout: LIMIT }, async () => {
    const home = temporaryHome();
    const all = Promise.all(
      workers.map(
        async (name) =>
          await persist({
            script: './record-writer.ts',
            args: (from) => [home, name, String(from), String(TIMES)],
            killAfter: sprinkled(1),
          }),
      ),
    );
    expect(await watch(join(home, 'vault', 'key'), expectPrivate, all)).toBeGreaterThan(50);
    const verified = await testVault(home).verify();
    expect([verified?.sound.length, verified?.damaged]).toEqual([PROCESSES * 20, []]);
    for (const name of workers) {
      for (let slot = 0; slot < 20; slot += 1) {
        const record = await testVault(home).get(`oauth/${name}/tokens-${slot}`);
        expect(record?.secrets['refreshToken']?.reveal()).toBe(`${name}-${180 + slot}-0123456789`);
        expectPrivate(join(home, 'vault', 'records', `oauth%2F${name}%2Ftokens-${slot}.json`));
      }
    }
  });

  test(
    'C8 D4 D5 spend no single-use refresh token twice, while the key is changed again and again (failures 2 and 3)',
    { timeout: LIMIT },
    async () => {
      const home = temporaryHome();
      const server = await startTokenServer();
      await testVault(home).put(NAME, bundle(server.issue('login')));
      const all = Promise.all(
        workers.map(
          async () => await persist({ script: './refresher.ts', args: (from) => [home, server.url, String(from), String(TIMES), '800'] }),
        ),
      );
      expect(await meanwhile(all, async () => void (await testVault(home).rekey()))).toBeGreaterThan(3);
      expect([...server.ended]).toEqual([]);
      const record = await testVault(home).get(NAME);
      expect(record?.secrets['refreshToken']?.reveal()).toBe(`login-${server.rotations('login')}`);
      expect(server.rotations('login')).toBeGreaterThan(TIMES);
      expect((await testVault(home).verify())?.unfinished.length).toBeLessThanOrEqual(1);
    },
  );
});
