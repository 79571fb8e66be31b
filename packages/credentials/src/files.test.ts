import { lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryHome } from '../test/temporary.ts';
import { atomicWrite } from './files.ts';

const folder = (): string => {
  const home = temporaryHome();
  mkdirSync(home, { mode: 0o700 });
  return home;
};

describe('A3 an atomic write', () => {
  test('goes through temporary file, fsync, rename and fsync of the folder, in that order', async () => {
    const path = join(folder(), 'file');
    const steps: string[] = [];
    await atomicWrite(path, 'new', 0o640, { onStep: (step) => steps.push(step) });
    expect(steps).toEqual(['open', 'write', 'sync', 'rename', 'sync-folder', 'done']);
    expect([readFileSync(path, 'utf8'), (lstatSync(path).mode & 0o777).toString(8)]).toEqual(['new', '640']);
  });

  test('replaces no symlink and writes through none', async () => {
    const home = folder();
    writeFileSync(join(home, 'target'), 'old');
    symlinkSync(join(home, 'target'), join(home, 'link'));
    await expect(atomicWrite(join(home, 'link'), 'new', 0o600)).rejects.toMatchObject({ code: 'damaged' });
    expect([readFileSync(join(home, 'target'), 'utf8'), lstatSync(join(home, 'link')).isSymbolicLink()]).toEqual(['old', true]);
  });

  test('leaves the old file and nothing else where it fails', async () => {
    const home = folder();
    writeFileSync(join(home, 'file'), 'old');
    const failing = (step: string): void => {
      if (step === 'sync') throw Object.assign(new Error('EIO'), { code: 'EIO' });
    };
    await expect(atomicWrite(join(home, 'file'), 'new', 0o600, { onStep: failing })).rejects.toMatchObject({ code: 'unavailable' });
    expect([readFileSync(join(home, 'file'), 'utf8'), readdirSync(home)]).toEqual(['old', ['file']]);
  });

  test('into a folder that is not there says so', async () => {
    await expect(atomicWrite('/nowhere/file', 'x', 0o600)).rejects.toMatchObject({
      code: 'unavailable',
      hint: 'Check that its folder exists and belongs to you.',
    });
  });
});
