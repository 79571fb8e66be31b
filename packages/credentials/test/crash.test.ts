import { cpSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MogplexError } from '@mogplex/protocol';
import { beforeAll, describe, expect, test } from 'vitest';
import { openAuthFile } from '../src/auth-file.ts';
import { Secret } from '../src/secret.ts';
import { startChild } from './child.ts';
import { bundle, login, refreshAccount, refreshVault, type OperationName } from './operations.ts';
import { temporaryHome } from './temporary.ts';
import { startTokenServer, type TokenServer } from './token-server.ts';
import { NAME, testVault } from './vault-fixtures.ts';

/** The one case in which nobody can keep a login: the server rotated, and the process died with the answer in its hands. */
const ANSWER_LOST = ['refresh:answered', 'refresh:write'];

interface Crash {
  /** The step before which the process was killed; undefined when it came to its end. */
  step: string | undefined;
  home: string;
  server: TokenServer;
}

/** Runs the operation on a copy of `start` and kills it before its n-th step. */
async function crashAt(operation: OperationName, n: number, start: string, server: TokenServer): Promise<Crash> {
  const home = join(dirname(start), `${operation.replace(' ', '-')}-${n}`);
  cpSync(start, home, { recursive: true });
  const child = startChild('./walker.ts', [operation, home, server.url, String(n)]);
  const end = await child.ended;
  if (end === 'SIGKILL') return { step: child.lines[0], home, server };
  expect([end, child.errors()]).toEqual([0, '']);
  return { step: undefined, home, server };
}

/** Walks an operation: kill -9 before its first step, before its second, and so on to its end. Returns the steps met. */
async function walk(operation: OperationName, check: (crash: Crash) => Promise<void>): Promise<string[]> {
  const start = temporaryHome();
  const server = await startTokenServer();
  await testVault(start).put(NAME, bundle('old-0'));
  await openAuthFile(start).setAccount(login('old-0'));
  await openAuthFile(start).setKey('openai', new Secret('sk-old-0123456789', 'test'));
  const met: string[] = [];
  for (let n = 0; ; n += 1) {
    server.issue('old');
    const crash = await crashAt(operation, n, start, server);
    expectPrivate(crash.home);
    await check(crash);
    expect(leftovers(crash.home)).toEqual([]);
    if (crash.step === undefined) return met;
    met.push(crash.step);
  }
}

function expectPrivate(home: string): void {
  for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
    const mode = lstatSync(join(entry.parentPath, entry.name)).mode & 0o777;
    expect([entry.name, mode.toString(8)]).toEqual([entry.name, entry.isDirectory() ? '700' : '600']);
  }
}

const leftovers = (home: string): string[] =>
  readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tmp$|\.refresh$/.test(name));

const refreshToken = async (home: string): Promise<string | undefined> =>
  (await testVault(home).get(NAME))?.secrets['refreshToken']?.reveal();

const storedKeys = (home: string): string[] => [...openAuthFile(home).read().keys.keys()].toSorted();

/** A process that ends by itself leaves compiled code behind, and those that are killed start faster for it. */
beforeAll(async () => void (await startChild('./walker.ts', []).ended));

describe('D4 kill -9 at every write boundary', { timeout: 120_000 }, () => {
  test('of a login leaves the old or the new one', async () => {
    const met = await walk('vault put', async ({ step, home }) => {
      const done = step === undefined || ['sync-folder', 'done'].includes(step);
      expect([step, await refreshToken(home)]).toEqual([step, done ? 'new-0' : 'old-0']);
      await testVault(home).put(NAME, bundle('later-0'));
      expect(await testVault(home).verify()).toMatchObject({ sound: [NAME], damaged: [] });
    });
    expect(met).toEqual(['open', 'write', 'sync', 'rename', 'sync-folder', 'done']);
  });

  test('of a logout leaves the login or none, and never both', async () => {
    await walk('vault remove', async ({ step, home }) => {
      const done = step === undefined || ['sync-folder', 'done'].includes(step);
      expect([step, await refreshToken(home)]).toEqual([step, done ? undefined : 'old-0']);
      await testVault(home).remove(NAME);
      expect(await testVault(home).get(NAME)).toBeUndefined();
    });
  });

  test('D5 of a rekey loses nothing, and repeating it ends with one key', async () => {
    const met = await walk('vault rekey', async ({ home }) => {
      expect(await refreshToken(home)).toBe('old-0');
      const { keyId } = await testVault(home).rekey();
      expect(await testVault(home).verify()).toMatchObject({ sound: [NAME], damaged: [], keyId });
      const ring = JSON.parse(readFileSync(join(home, 'vault', 'key'), 'utf8')) as { keys: object };
      expect(Object.keys(ring.keys)).toEqual([keyId]);
    });
    expect(met.filter((step) => step.startsWith('rekey:'))).toEqual(['rekey:add-key', 'rekey:forget-keys', 'rekey:done']);
    expect(met.filter((step) => step === 'rename')).toHaveLength(3);
  });

  test('C8 of a refresh loses no login but the one whose answer never arrived', async () => {
    const met = await walk('vault refresh', async ({ step, home, server }) => {
      const lost = step !== undefined && ANSWER_LOST.includes(step);
      const again = refreshVault(home, server.url).catch((error: unknown) => error);
      const outcome = await again;
      expect([step, outcome instanceof MogplexError]).toEqual([step, lost]);
      expect([step, server.ended.has('old')]).toEqual([step, lost]);
      if (lost) await testVault(home).put(NAME, bundle(server.issue('old')));
      await refreshVault(home, server.url);
      expect(await refreshToken(home)).toBe(`old-${server.rotations('old')}`);
      expect(await testVault(home).verify()).toMatchObject({ sound: [NAME], damaged: [], unfinished: [] });
    });
    expect(met).toEqual([
      'refresh:reserve',
      'refresh:exchange',
      'refresh:answered',
      'refresh:write',
      'refresh:truncate',
      'refresh:sync',
      'refresh:durable',
      'refresh:rename',
      'refresh:sync-folder',
      'refresh:done',
    ]);
  });

  test('A3 of auth.json leaves the old or the new file', async () => {
    await walk('key written', async ({ step, home }) => {
      const done = step === undefined || ['sync-folder', 'done'].includes(step);
      expect([step, storedKeys(home)]).toEqual([step, done ? ['groq', 'openai'] : ['openai']]);
      await openAuthFile(home).setKey('xai', new Secret('sk-later-0123456789', 'test'));
      expect(storedKeys(home)).toContain('xai');
    });
  });

  test.each(['account login', 'account logout'] as const)('A8 A14 of an %s leaves the one before or the one after', async (operation) => {
    const after = operation === 'account login' ? 'new-0' : undefined;
    await walk(operation, async ({ step, home }) => {
      const done = step === undefined || ['sync-folder', 'done'].includes(step);
      expect([step, openAuthFile(home).read().account?.refreshToken?.reveal()]).toEqual([step, done ? after : 'old-0']);
      await openAuthFile(home).setAccount(login('later-0'));
      expect(storedKeys(home)).toEqual(['openai']);
    });
  });

  test('D4 of an account refresh loses no login but the one whose answer never arrived', async () => {
    const met = await walk('account refresh', async ({ step, home, server }) => {
      const lost = step !== undefined && ANSWER_LOST.includes(step);
      const outcome = await refreshAccount(home, server.url).catch((error: unknown) => error);
      expect([step, outcome instanceof MogplexError, server.ended.has('old')]).toEqual([step, lost, lost]);
      if (lost) await openAuthFile(home).setAccount(login(server.issue('old')));
      await refreshAccount(home, server.url);
      expect(openAuthFile(home).read().account?.refreshToken?.reveal()).toBe(`old-${server.rotations('old')}`);
    });
    expect(met).toContain('refresh:durable');
    expect(met.at(-1)).toBe('done');
  });

  test('of the first login of all leaves nothing that stops the next', async () => {
    const server = await startTokenServer();
    for (let n = 0, end: unknown = 'SIGKILL'; end === 'SIGKILL'; n += 1) {
      const home = temporaryHome();
      end = await startChild('./walker.ts', ['vault put', home, server.url, String(n)]).ended;
      await testVault(home).put(NAME, bundle('later-0'));
      expect(await refreshToken(home)).toBe('later-0');
      expect(await testVault(home).verify()).toMatchObject({ sound: [NAME], damaged: [] });
    }
  });
});
