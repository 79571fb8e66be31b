import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startChild } from '../test/child.ts';
import { temporaryHome } from '../test/temporary.ts';
import { withFileLock } from './lock.ts';

const lockable = (): string => {
  const home = temporaryHome();
  mkdirSync(home, { mode: 0o700 });
  return join(home, 'file');
};

describe('A3 the lock of a file', () => {
  test('lets one caller of a process in after the other', async () => {
    const path = lockable();
    const order: string[] = [];
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        withFileLock(path, async () => {
          order.push(`${name} in`);
          await sleep(5);
          order.push(`${name} out`);
        }),
      ),
    );
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });

  test('is given back when the work fails, and its file stays', async () => {
    const path = lockable();
    await expect(withFileLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withFileLock(path, () => 'in')).toBe('in');
    expect(statSync(`${path}.lock`).size).toBe(0);
    expect(existsSync(`${path}.lock-journal`)).toBe(false);
  });

  test('keeps other processes out, says so in time, and is free the moment its holder is killed', async () => {
    const path = lockable();
    const { promise: held, resolve } = Promise.withResolvers<string>();
    const holder = startChild('./lock-holder.ts', [path], resolve);
    await held;
    await expect(withFileLock(path, () => 'in', { waitMs: 60 })).rejects.toMatchObject({
      code: 'unavailable',
      message: `another process is writing ${path} and did not finish in time`,
      hint: expect.stringContaining('Try again'),
    });
    const waiting = withFileLock(path, () => 'in', { waitMs: 20_000 });
    holder.kill();
    expect(await waiting).toBe('in');
    expect(await holder.ended).toBe('SIGKILL');
  });

  test('a caller that gives up lets those behind it in', async () => {
    const path = lockable();
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = withFileLock(path, async () => await promise);
    const impatient = withFileLock(path, () => 'second', { waitMs: 20 });
    const patient = withFileLock(path, () => 'third');
    await expect(impatient).rejects.toMatchObject({ code: 'unavailable' });
    resolve();
    await first;
    expect(await patient).toBe('third');
  });

  test('a folder that is not there is named', async () => {
    await expect(withFileLock('/nowhere/file', () => 1)).rejects.toMatchObject({ code: 'unavailable', boundary: 'storage' });
  });
});
