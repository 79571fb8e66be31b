import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryHome } from '../test/temporary.ts';
import { openAuthFile, type AuthFile } from './auth-file.ts';
import type { AccountLogin } from './account-login.ts';
import type { AuthKeyring } from './auth-keyring.ts';
import { Secret } from './secret.ts';

class MemoryKeyring implements AuthKeyring {
  readonly held = new Map<string, string>();
  locked = false;

  read(account: string): string | undefined {
    this.#check();
    return this.held.get(account);
  }

  write(account: string, text: string): void {
    this.#check();
    this.held.set(account, text);
  }

  remove(account: string): void {
    this.#check();
    this.held.delete(account);
  }

  #check(): void {
    if (this.locked) throw new Error('locked');
  }
}

const KEY = new Secret('sk-keyring-canary-0123456789', 'test');

const login = (id: string): AccountLogin => ({
  origin: 'http://127.0.0.1:4100',
  accessToken: new Secret(`mog_at_keyring_canary_${id}`, 'test'),
  refreshToken: new Secret(`mog_rt_keyring_canary_${id}`, 'test'),
  email: 'you@example.com',
  clientId: 'mogplex-cli',
});

const opener = (): { home: string; keyring: MemoryKeyring; open: (store?: string) => AuthFile } => {
  const home = temporaryHome();
  const keyring = new MemoryKeyring();
  const open = (store?: string): AuthFile =>
    openAuthFile(home, { env: store === undefined ? {} : { MOGPLEX_AUTH_STORE: store }, keyring, warn: () => undefined });
  return { home, keyring, open };
};

/** Every byte below the home folder. */
const onDisk = (home: string): string => readdirSync(home).reduce((all, name) => all + readFileSync(join(home, name), 'latin1'), '');

describe('A3 credentials in the keyring of the operating system, behind the same interface', () => {
  test('are read and changed there, and never touch the disk', async () => {
    const { home, keyring, open } = opener();
    await open('keyring').setKey('openai', KEY);
    await open().setAccount(login('1'));
    expect(open().read().keys.get('openai')?.equals(KEY)).toBe(true);
    expect(open().read().account?.accessToken.reveal()).toBe('mog_at_keyring_canary_1');
    expect(keyring.held.size).toBe(1);
    expect(onDisk(home)).toBe('{"version":1,"store":"keyring"}\n');
    expect([await open().removeKey('openai'), await open().removeAccount()]).toEqual([true, true]);
    expect([...keyring.held.values()].join()).not.toContain('canary');
  });

  test('are refreshed without a token in the journal', async () => {
    const { home, keyring, open } = opener();
    await open('keyring').setAccount(login('1'));
    const seen: string[] = [];
    const file = openAuthFile(home, { env: {}, keyring, onStep: () => seen.push(onDisk(home)) });
    const fresh = await file.refreshAccount(login('1').accessToken, { exchange: async () => await Promise.resolve(login('2')) });
    expect(fresh.refreshToken?.reveal()).toBe('mog_rt_keyring_canary_2');
    expect(open().read().account?.refreshToken?.reveal()).toBe('mog_rt_keyring_canary_2');
    expect(seen.length).toBeGreaterThan(4);
    expect(seen.filter((disk) => disk.includes('canary'))).toEqual([]);
    expect(existsSync(`${file.path}.refresh`)).toBe(false);
  });

  test('move there and back with the next change', async () => {
    const { home, keyring, open } = opener();
    await open().setKey('openai', KEY);
    await open('keyring').setKey('groq', KEY);
    expect(onDisk(home)).not.toContain('canary');
    await open('file').removeKey('groq');
    expect([[...open().read().keys.keys()], keyring.held.size]).toEqual([['openai'], 0]);
    expect(onDisk(home)).toContain('canary');
  });

  test('that a locked keyring keeps back are reported, and nothing is overwritten', async () => {
    const { keyring, open } = opener();
    await open('keyring').setKey('openai', KEY);
    keyring.locked = true;
    expect(open().read()).toMatchObject({ keys: new Map(), damage: { code: 'unavailable', hint: expect.stringContaining('Unlock') } });
    await expect(open().setKey('groq', KEY)).rejects.toMatchObject({ code: 'unavailable' });
    keyring.locked = false;
    expect([...open().read().keys.keys()]).toEqual(['openai']);
  });

  test('that are gone from the keyring are reported', async () => {
    const { keyring, open } = opener();
    await open('keyring').setKey('openai', KEY);
    keyring.held.clear();
    expect(open().read().damage?.message).toContain('they are not there');
    await expect(open().setKey('groq', KEY)).rejects.toMatchObject({ code: 'damaged' });
  });

  test('any other place is refused', async () => {
    const { home, open } = opener();
    await expect(open('cloud').setKey('openai', KEY)).rejects.toMatchObject({ code: 'usage' });
    expect(existsSync(join(home, 'auth.json'))).toBe(false);
    writeFileSync(join(home, 'auth.json'), '{"version":1,"store":"cloud","providers":{"x":1}}', { mode: 0o600 });
    expect(open().read().damage?.code).toBe('damaged');
  });
});
