import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { MogplexError } from '@mogplex/protocol';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isRoot, temporaryHome } from '../test/temporary.ts';
import { NAME, testVault, tokens } from '../test/vault-fixtures.ts';
import type { AccountLogin } from './account-login.ts';
import { openAuthFile } from './auth-file.ts';
import { Secret } from './secret.ts';
import { journalFile } from './vault/names.ts';
import type { RefreshOptions, Vault, VaultBundle } from './vault/types.ts';

const refused = (code: 'unauthenticated' | 'rate_limited' | 'upstream_error'): MogplexError =>
  new MogplexError(code, 'the token server said no', { boundary: 'account' });

const journalPath = (home: string): string => join(home, 'vault', 'records', journalFile(NAME));

const loggedIn = async (): Promise<{ home: string; vault: Vault }> => {
  const home = temporaryHome();
  const vault = testVault(home);
  await vault.put(NAME, tokens('1'));
  return { home, vault };
};

const answering =
  (id: string, seen: RefreshOptions['seen'] = 1): (() => RefreshOptions) =>
  () => ({ seen, exchange: async () => await Promise.resolve(tokens(id)) });

describe('C8 a refresh', () => {
  test('is durable when it returns, and leaves no journal', async () => {
    const { home, vault } = await loggedIn();
    const fresh = await vault.refresh(NAME, answering('2')());
    expect(fresh).toMatchObject({ generation: 2 });
    expect((await testVault(home).get(NAME))?.secrets['refreshToken']?.reveal()).toBe('rt-2-0123456789');
    expect(existsSync(journalPath(home))).toBe(false);
  });

  test('who waited re-reads before it refreshes (failure 2)', async () => {
    const { vault } = await loggedIn();
    let asked = 0;
    const options: RefreshOptions = {
      seen: 1,
      exchange: async () => {
        asked += 1;
        return await Promise.resolve(tokens('2'));
      },
    };
    const all = await Promise.all(Array.from({ length: 8 }, async () => await vault.refresh(NAME, options)));
    expect([asked, new Set(all.map(({ generation }) => generation))]).toEqual([1, new Set([2])]);
  });

  test('the intent is on the disk, with room for the answer, before the server is asked', async () => {
    const { home, vault } = await loggedIn();
    let journal = '';
    await vault.refresh(NAME, {
      seen: 1,
      exchange: async () => {
        journal = readFileSync(journalPath(home), 'utf8');
        expect((lstatSync(journalPath(home)).mode & 0o777).toString(8)).toBe('600');
        return await Promise.resolve(tokens('2'));
      },
    });
    expect(JSON.parse(journal)).toEqual({ refreshing: 1, startedAt: expect.any(Number) });
    expect(journal).toHaveLength(64 * 1024);
  });

  test('a server that hangs is left after the time-out, and the next attempt knows (failure 4)', async () => {
    const { vault } = await loggedIn();
    const hanging = vault.refresh(NAME, { seen: 1, timeoutMs: 30, exchange: () => new Promise<VaultBundle>(() => undefined) });
    await expect(hanging).rejects.toMatchObject({
      code: 'upstream_timeout',
      message: `the token server did not answer the refresh of the login ${NAME} in time`,
    });
    let startedAt: number | undefined;
    await vault.refresh(NAME, {
      seen: 1,
      exchange: async ({ unfinished }) => {
        startedAt = unfinished?.startedAt;
        return await Promise.resolve(tokens('2'));
      },
    });
    expect(startedAt).toBeTypeOf('number');
    expect((await vault.verify())?.unfinished).toEqual([]);
  });

  test('who waits for a hung one in vain is told what for', async () => {
    const { vault } = await loggedIn();
    const exchange = (): Promise<VaultBundle> => new Promise(() => undefined);
    const hanging = vault.refresh(NAME, { seen: 1, timeoutMs: 2_000, exchange });
    const waiting = vault.refresh(NAME, { seen: 1, timeoutMs: 20, exchange });
    await expect(waiting).rejects.toMatchObject({
      code: 'unavailable',
      message: `another process is refreshing the login ${NAME} and did not finish in time`,
    });
    await expect(hanging).rejects.toMatchObject({ code: 'upstream_timeout' });
  });

  test.each([
    ['unauthenticated', false],
    ['rate_limited', false],
    ['upstream_error', true],
  ] as const)('after %s the next attempt is told of an unfinished one: %s', async (code, told) => {
    const { vault } = await loggedIn();
    const failing = vault.refresh(NAME, { seen: 1, exchange: async () => await Promise.reject(refused(code)) });
    await expect(failing).rejects.toMatchObject({ code });
    expect((await vault.get(NAME))?.generation).toBe(1);
    expect((await vault.verify())?.unfinished).toEqual(told ? [NAME] : []);
  });

  test('haste says nothing about an earlier attempt', async () => {
    const { vault } = await loggedIn();
    for (const code of ['upstream_error', 'rate_limited'] as const) {
      await expect(vault.refresh(NAME, { seen: 1, exchange: async () => await Promise.reject(refused(code)) })).rejects.toMatchObject({
        code,
      });
    }
    expect((await vault.verify())?.unfinished).toEqual([NAME]);
  });

  test('a logout during it is not undone, and the answer is handed back for revocation (failure 5)', async () => {
    const { home, vault } = await loggedIn();
    const discarded: VaultBundle[] = [];
    const refreshing = vault.refresh(NAME, {
      seen: 1,
      exchange: async () => {
        await testVault(home).remove(NAME);
        return tokens('2');
      },
      discarded: (bundle) => void discarded.push(bundle),
    });
    await expect(refreshing).rejects.toMatchObject({ code: 'gone' });
    expect(await vault.get(NAME)).toBeUndefined();
    expect(discarded[0]?.secrets['refreshToken']?.reveal()).toBe('rt-2-0123456789');
    expect(readdirSync(join(home, 'vault', 'records'))).toEqual([expect.stringMatching(/\.json$/)]);
    await expect(vault.refresh(NAME, answering('3')())).rejects.toMatchObject({ code: 'gone' });
  });

  test('a login during it wins (failure 6)', async () => {
    const { home, vault } = await loggedIn();
    const refreshing = vault.refresh(NAME, {
      seen: 1,
      exchange: async () => {
        await testVault(home).put(NAME, tokens('new'));
        return tokens('2');
      },
    });
    await expect(refreshing).rejects.toMatchObject({ code: 'gone' });
    expect((await vault.get(NAME))?.secrets['refreshToken']?.reveal()).toBe('rt-new-0123456789');
  });

  test('without a login it asks nobody', async () => {
    const vault = testVault(temporaryHome());
    await expect(vault.refresh(NAME, answering('2')())).rejects.toMatchObject({ code: 'gone', hint: 'Log in again.' });
  });
});

describe('C8 an answer that is on the disk and not yet in its place', () => {
  /** As after a crash before the rename. */
  const answered = async (): Promise<{ home: string; vault: Vault }> => {
    const { home, vault } = await loggedIn();
    const stuck = testVault(home, {
      onStep: (step) => {
        if (step === 'refresh:rename') throw new Error('not now');
      },
    });
    expect(await stuck.refresh(NAME, answering('2')())).toMatchObject({ generation: 2 });
    expect((await vault.get(NAME))?.generation).toBe(1);
    expect(existsSync(journalPath(home))).toBe(true);
    return { home, vault };
  };
  const refreshToken = async (vault: Vault): Promise<string | undefined> => (await vault.get(NAME))?.secrets['refreshToken']?.reveal();

  test('is taken over by the next refresh, which asks nobody', async () => {
    const { vault } = await answered();
    const exchange = (): Promise<VaultBundle> => Promise.reject(new Error('asked'));
    expect(await vault.refresh(NAME, { seen: 1, exchange })).toMatchObject({ generation: 2 });
    expect(await refreshToken(vault)).toBe('rt-2-0123456789');
  });

  test('D5 survives a rekey', async () => {
    const { vault } = await answered();
    await vault.rekey();
    expect(await refreshToken(vault)).toBe('rt-2-0123456789');
  });

  test('is dropped by a login', async () => {
    const { home, vault } = await answered();
    await vault.put(NAME, tokens('new'));
    expect(existsSync(journalPath(home))).toBe(false);
    expect(await vault.refresh(NAME, answering('3', 2)())).toMatchObject({ generation: 3 });
    expect(await refreshToken(vault)).toBe('rt-3-0123456789');
  });

  test('is dropped by a logout (failure 5)', async () => {
    const { home, vault } = await answered();
    await vault.remove(NAME);
    expect(existsSync(journalPath(home))).toBe(false);
    expect(await vault.get(NAME)).toBeUndefined();
  });

  test('is not believed when it was tampered with', async () => {
    const { home, vault } = await answered();
    writeFileSync(journalPath(home), readFileSync(journalPath(home), 'utf8').replace('read write', 'read admin'));
    let asked = 0;
    const exchange = async (): Promise<VaultBundle> => {
      asked += 1;
      return await Promise.resolve(tokens('3'));
    };
    expect(await vault.refresh(NAME, { seen: 1, exchange })).toMatchObject({ generation: 2, meta: { scope: 'read write' } });
    expect([asked, await refreshToken(vault)]).toEqual([1, 'rt-3-0123456789']);
  });

  test('D5 is cleared away by a rekey when it was tampered with', async () => {
    const { home, vault } = await answered();
    writeFileSync(journalPath(home), readFileSync(journalPath(home), 'utf8').replace('read write', 'read admin'));
    await vault.rekey();
    expect([existsSync(journalPath(home)), await refreshToken(vault)]).toEqual([false, 'rt-1-0123456789']);
  });
});

describe('C8 a full disk loses no token', () => {
  test('told by a failing write, before the token is spent', async () => {
    const { home } = await loggedIn();
    let asked = 0;
    const full = testVault(home, {
      onStep: (step) => {
        if (step === 'refresh:reserve') throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      },
    });
    const exchange = async (): Promise<VaultBundle> => {
      asked += 1;
      return await Promise.resolve(tokens('2'));
    };
    await expect(full.refresh(NAME, { seen: 1, exchange })).rejects.toThrow('full');
    expect([asked, (await full.get(NAME))?.generation]).toEqual([0, 1]);
  });

  test.runIf(isRoot)('found out on a full disk before the token is spent', async () => {
    const home = temporaryHome();
    mkdirSync(home, { recursive: true, mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=700', 'tmpfs', home]);
    onTestFinished(() => void execFileSync('umount', ['-l', home]));
    const vault = testVault(home);
    await vault.put(NAME, tokens('1'));
    const fill = (): void => {
      writeFileSync(join(home, 'filler'), '');
      expect(() => writeFileSync(join(home, 'filler'), Buffer.alloc(512 * 1024))).toThrow('ENOSPC');
    };
    fill();
    let asked = 0;
    const exchange = async (): Promise<VaultBundle> => {
      asked += 1;
      return await Promise.resolve(tokens('2'));
    };
    await expect(vault.refresh(NAME, { seen: 1, exchange })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no space left'),
    });
    expect([asked, (await vault.get(NAME))?.generation]).toEqual([0, 1]);

    writeFileSync(join(home, 'filler'), '');
    const filledMeanwhile = async (): Promise<VaultBundle> => {
      fill();
      return await exchange();
    };
    expect(await vault.refresh(NAME, { seen: 1, exchange: filledMeanwhile })).toMatchObject({ generation: 2 });
    expect((await testVault(home).get(NAME))?.secrets['refreshToken']?.reveal()).toBe('rt-2-0123456789');
  });
});

describe('C8 D4 the account login of the terminal is refreshed by the same discipline', () => {
  const account = (id: string): AccountLogin => ({
    origin: 'http://127.0.0.1:4100',
    accessToken: new Secret(`mog_at_${id}_0123456789`, 'test'),
    refreshToken: new Secret(`mog_rt_${id}_0123456789`, 'test'),
    email: 'you@example.com',
    clientId: 'mogplex-cli',
  });
  const open = async (): Promise<ReturnType<typeof openAuthFile>> => {
    const file = openAuthFile(temporaryHome(), { warn: () => undefined });
    await file.setAccount(account('1'));
    return file;
  };

  test('one exchange for many callers, durable, without a journal left', async () => {
    const file = await open();
    let asked = 0;
    const exchange = async (): Promise<AccountLogin> => {
      asked += 1;
      return await Promise.resolve(account('2'));
    };
    const all = await Promise.all(Array.from({ length: 4 }, async () => await file.refreshAccount(account('1').accessToken, { exchange })));
    expect([asked, all.map(({ accessToken }) => accessToken.reveal())]).toEqual([
      1,
      Array.from({ length: 4 }, () => 'mog_at_2_0123456789'),
    ]);
    expect(file.read().account?.refreshToken?.reveal()).toBe('mog_rt_2_0123456789');
    expect(existsSync(`${file.path}.refresh`)).toBe(false);
  });

  test('a logout during it is not undone', async () => {
    const file = await open();
    let handedBack: string | undefined;
    const refreshing = file.refreshAccount(account('1').accessToken, {
      exchange: async () => {
        await file.removeAccount();
        return account('2');
      },
      discarded: ({ refreshToken }) => void (handedBack = refreshToken?.reveal()),
    });
    await expect(refreshing).rejects.toMatchObject({ code: 'gone' });
    expect([file.read().account, handedBack]).toEqual([undefined, 'mog_rt_2_0123456789']);
  });

  test('an unfinished one is known to the next, and a refusal ends it', async () => {
    const file = await open();
    const seen = account('1').accessToken;
    const told: boolean[] = [];
    for (const code of ['upstream_error', 'unauthenticated', 'unauthenticated'] as const) {
      const failing = file.refreshAccount(seen, {
        exchange: async ({ unfinished }) => {
          told.push(unfinished !== undefined);
          return await Promise.reject(refused(code));
        },
      });
      await expect(failing).rejects.toMatchObject({ code });
    }
    expect(told).toEqual([false, true, false]);
    expect(file.read().account?.accessToken.equals(seen)).toBe(true);
  });

  test('without an account it asks nobody', async () => {
    const file = openAuthFile(temporaryHome(), { warn: () => undefined });
    const exchange = (): Promise<AccountLogin> => Promise.reject(new Error('asked'));
    await expect(file.refreshAccount(account('1').accessToken, { exchange })).rejects.toMatchObject({ code: 'gone' });
  });
});
