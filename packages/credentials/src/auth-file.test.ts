import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MogplexError } from '@mogplex/protocol';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isRoot, temporaryHome } from '../test/temporary.ts';
import type { AccountLogin } from './account-login.ts';
import { openAuthFile, type AuthContents, type AuthFile } from './auth-file.ts';
import { Secret } from './secret.ts';

const KEY = new Secret('sk-stored-0123456789', 'test key');
const ACCOUNT: AccountLogin = {
  origin: 'http://127.0.0.1:4100',
  accessToken: new Secret('mog_at_0123456789', 'test access'),
  refreshToken: new Secret('mog_rt_0123456789', 'test refresh'),
  expiresAt: 1_800_000_000_000,
  email: 'you@example.com',
  clientId: 'mogplex-cli',
};

const mode = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);

const failure = async (work: () => Promise<unknown>): Promise<MogplexError> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof MogplexError) return error;
    throw error;
  }
  throw new Error('nothing failed');
};

interface Opened {
  home: string;
  file: AuthFile;
  warnings: string[];
}

const open = (home = temporaryHome()): Opened => {
  const warnings: string[] = [];
  return { home, warnings, file: openAuthFile(home, { warn: (line) => warnings.push(line) }) };
};

describe('A3 auth.json holds keys and the account', () => {
  test('what is stored is read again, by another opener too', async () => {
    const { home, file } = open();
    await file.setKey('openai', KEY);
    await file.setAccount(ACCOUNT);
    const { keys, account, damage } = open(home).file.read();
    expect(damage).toBeUndefined();
    expect([...keys.keys()]).toEqual(['openai']);
    expect(keys.get('openai')?.equals(KEY)).toBe(true);
    expect(account?.accessToken.equals(ACCOUNT.accessToken)).toBe(true);
    expect(account?.refreshToken?.equals(ACCOUNT.refreshToken!)).toBe(true);
    expect(JSON.parse(JSON.stringify(account))).toEqual({
      origin: 'http://127.0.0.1:4100',
      email: 'you@example.com',
      clientId: 'mogplex-cli',
      accessToken: '[secret:account access token]',
      refreshToken: '[secret:account refresh token]',
      expiresAt: 1_800_000_000_000,
    });
  });

  test('A8 the account stands under the name mogplex', async () => {
    const { file } = open();
    await file.setAccount(ACCOUNT);
    expect(JSON.parse(readFileSync(file.path, 'utf8'))).toMatchObject({ mogplex: { accessToken: 'mog_at_0123456789' } });
  });

  test('A8 a new login replaces the old one whole', async () => {
    const { file } = open();
    await file.setAccount(ACCOUNT);
    await file.setAccount({ origin: 'https://other.example', accessToken: KEY, email: 'me@example.com', clientId: 'c' });
    expect(file.read().account).toMatchObject({ origin: 'https://other.example', email: 'me@example.com' });
    expect(file.read().account).not.toHaveProperty('refreshToken');
    expect(file.read().account).not.toHaveProperty('expiresAt');
  });

  test('A14 removing says whether there was something, and leaves the rest', async () => {
    const { file } = open();
    await file.setKey('openai', KEY);
    await file.setKey('groq', KEY);
    await file.setAccount(ACCOUNT);
    expect([await file.removeKey('openai'), await file.removeKey('openai')]).toEqual([true, false]);
    expect([await file.removeAccount(), await file.removeAccount()]).toEqual([true, false]);
    expect([...file.read().keys.keys()]).toEqual(['groq']);
    expect(readFileSync(file.path, 'utf8')).not.toContain('mog_at_');
  });

  test('A13 the name of an account comes without what a terminal would act on', async () => {
    const { file } = open();
    await file.setAccount({ ...ACCOUNT, email: 'you\u001b]0;x\u0007\u202e@example.com' });
    expect(file.read().account?.email).toBe('you]0;x@example.com');
  });

  test('nothing is created by reading or removing', async () => {
    const { home, file } = open();
    expect([await file.removeKey('openai'), await file.removeAccount()]).toEqual([false, false]);
    expect(file.read()).toEqual({ keys: new Map(), account: undefined, damage: undefined });
    expect(existsSync(home)).toBe(false);
  });

  test('fields of a later version are kept', async () => {
    const { home, file } = open();
    await file.setKey('openai', KEY);
    writeFileSync(file.path, JSON.stringify({ ...JSON.parse(readFileSync(file.path, 'utf8')), later: { a: 1 } }), { mode: 0o600 });
    await open(home).file.setKey('groq', KEY);
    expect(JSON.parse(readFileSync(file.path, 'utf8'))).toMatchObject({ later: { a: 1 }, providers: { openai: {}, groq: {} } });
  });

  test.each(['', '__proto__', 'Open AI', '../x', 'a'.repeat(65)])('a provider named %j is refused', async (name) => {
    expect((await failure(() => open().file.setKey(name, KEY))).code).toBe('invalid_request');
  });

  test('an account bound to no origin is refused', async () => {
    const { file } = open();
    const wrong = await failure(() => file.setAccount({ ...ACCOUNT, origin: 'http://127.0.0.1:4100/path' }));
    expect(wrong.code).toBe('invalid_request');
  });
});

describe('A3 modes', () => {
  test('the file is 0600 and the folder 0700 whatever the umask', async () => {
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const { home, file } = open();
    await file.setKey('openai', KEY);
    expect([mode(home), mode(file.path), mode(`${file.path}.lock`)]).toEqual(['700', '600', '600']);
    process.umask(0o777);
    await file.setKey('groq', KEY);
    expect(mode(file.path)).toBe('600');
  });

  test('wider modes are narrowed with a warning', async () => {
    const { home, file, warnings } = open();
    await file.setKey('openai', KEY);
    chmodSync(home, 0o755);
    chmodSync(file.path, 0o644);
    expect([...file.read().keys.keys()]).toEqual(['openai']);
    expect([mode(home), mode(file.path)]).toEqual(['700', '600']);
    expect(warnings).toEqual([
      `mogplex: ${home} was open to other users (mode 0755); its mode is 0700 now`,
      `mogplex: ${file.path} was open to other users (mode 0644); its mode is 0600 now`,
    ]);
  });
});

describe('A3 never through a symlink', () => {
  test('a linked file is neither read nor written', async () => {
    const { home, file } = open();
    mkdirSync(home, { mode: 0o700 });
    const elsewhere = join(home, 'elsewhere.json');
    writeFileSync(elsewhere, '{"version":1,"providers":{}}', { mode: 0o600 });
    symlinkSync(elsewhere, file.path);
    expect(file.read().damage?.message).toContain('is a symbolic link');
    expect((await failure(() => file.setKey('openai', KEY))).message).toContain('is a symbolic link');
    expect(readFileSync(elsewhere, 'utf8')).toBe('{"version":1,"providers":{}}');
    expect(lstatSync(file.path).isSymbolicLink()).toBe(true);
  });

  test('a dangling link is not written through', async () => {
    const { home, file } = open();
    mkdirSync(home, { mode: 0o700 });
    symlinkSync(join(home, 'absent'), file.path);
    expect((await failure(() => file.setKey('openai', KEY))).message).toContain('is a symbolic link');
    expect(existsSync(join(home, 'absent'))).toBe(false);
  });

  test.each(['', '/'])('a linked folder is refused (path ends in %j)', async (end) => {
    const { home } = open();
    const real = `${home}-real`;
    mkdirSync(real, { mode: 0o700 });
    symlinkSync(real, home);
    const { file } = open(`${home}${end}`);
    expect(file.read().damage?.message).toContain('is a symbolic link');
    expect((await failure(() => file.setKey('openai', KEY))).hint).toContain('MOGPLEX_HOME');
    expect(readdirSync(real)).toEqual([]);
  });

  test('a linked lock is refused', async () => {
    const { home, file } = open();
    mkdirSync(home, { mode: 0o700 });
    symlinkSync(join(home, 'absent'), `${file.path}.lock`);
    expect((await failure(() => file.setKey('openai', KEY))).code).toBe('damaged');
    expect(existsSync(join(home, 'absent'))).toBe(false);
  });

  test.runIf(isRoot)('what another user put there is refused', () => {
    const { home, file } = open();
    mkdirSync(home, { mode: 0o700 });
    writeFileSync(file.path, '{"version":1,"providers":{"openai":{"apiKey":"sk-planted-0123","savedAt":1}}}', { mode: 0o644 });
    chmodSync(dirname(home), 0o755);
    const reader = 65_534;
    const readAsReader = (): AuthContents => {
      process.seteuid?.(reader);
      try {
        return file.read();
      } finally {
        process.seteuid?.(0);
      }
    };
    expect(readAsReader()).toMatchObject({ keys: new Map(), damage: { message: `${home} belongs to another user` } });
    chownSync(home, reader, reader);
    expect(readAsReader()).toMatchObject({ keys: new Map(), damage: { message: `${file.path} belongs to another user` } });
  });

  test('a pipe in its place neither hangs nor passes', () => {
    const { home, file } = open();
    mkdirSync(home, { mode: 0o700 });
    execFileSync('mkfifo', [file.path]);
    expect(file.read().damage?.message).toContain('is not a plain file');
  });
});

describe('A3 a damaged file is reported and kept', () => {
  const damaged: [string, string][] = [
    ['cut in the middle', '{"version":1,"providers":{"openai":{"apiKey":"sk-damaged-01234'],
    ['empty', ''],
    ['zeros', '\0'.repeat(40)],
    ['not an object', '[]'],
    ['another program', '{"OPENAI_API_KEY":"sk-damaged-0123456789","tokens":{}}'],
    ['a newer version', '{"version":2,"providers":{}}'],
    ['a key of the wrong type', '{"version":1,"providers":{"openai":{"apiKey":["sk-damaged-0123"],"savedAt":1}}}'],
    ['an account without a token', '{"version":1,"providers":{},"mogplex":{"origin":"http://h","email":"","clientId":"c"}}'],
    ['an account bound to no origin', '{"version":1,"providers":{},"mogplex":{"origin":"h","email":"","clientId":"c","accessToken":"x"}}'],
    ['too large', `{"version":1,"providers":{},"x":"${'x'.repeat(1024 * 1024)}"}`],
  ];
  test.each(damaged)('%s', async (_, text) => {
    const { home, file } = open();
    mkdirSync(home, { mode: 0o700 });
    writeFileSync(file.path, text, { mode: 0o600 });
    const { keys, account, damage } = file.read();
    expect([keys.size, account, damage?.code]).toEqual([0, undefined, 'damaged']);
    expect(damage?.message).toContain(file.path);
    expect(damage?.hint).toMatch(/Move|Update/);
    expect(String(damage?.stack)).not.toContain('sk-damaged');
    for (const change of [() => file.setKey('openai', KEY), () => file.setAccount(ACCOUNT), () => file.removeAccount()]) {
      expect((await failure(change)).code).toBe('damaged');
    }
    expect(readFileSync(file.path, 'utf8')).toBe(text);
  });
});

describe('A3 a write that fails leaves the old file', () => {
  const failAt = async (step: string, code: string): Promise<{ message: string; left: string[]; keys: string[] }> => {
    const { home, file } = open();
    await file.setKey('openai', KEY);
    const failing = openAuthFile(home, {
      onStep: (name) => {
        if (name === step) throw Object.assign(new Error(code), { code });
      },
    });
    const { message } = await failure(() => failing.setKey('groq', KEY));
    return { message, left: readdirSync(home).toSorted(), keys: [...file.read().keys.keys()] };
  };

  test.each(['open', 'write', 'sync', 'rename'])('no space left at %s', async (step) => {
    const { message, left, keys } = await failAt(step, 'ENOSPC');
    expect(message).toContain('no space left');
    expect(left).toEqual(['auth.json', 'auth.json.lock']);
    expect(keys).toEqual(['openai']);
  });

  test.runIf(isRoot)('a full disk', async () => {
    const { home } = open();
    mkdirSync(home, { recursive: true, mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', home]);
    onTestFinished(() => void execFileSync('umount', ['-l', home]));
    const { file } = open(home);
    await file.setKey('openai', KEY);
    const before = readFileSync(file.path, 'utf8');
    writeFileSync(join(home, 'filler'), Buffer.alloc(1));
    expect(() => writeFileSync(join(home, 'filler'), Buffer.alloc(128 * 1024))).toThrow('ENOSPC');
    const refused = await failure(() => file.setKey('groq', KEY));
    expect([refused.code, refused.message]).toEqual(['unavailable', `no space left to write ${file.path}; nothing was changed`]);
    expect(readFileSync(file.path, 'utf8')).toBe(before);
    expect(readdirSync(home).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('what a killed writer left is swept by the next', async () => {
    const { home, file } = open();
    await file.setKey('openai', KEY);
    writeFileSync(join(home, '.auth.json.0123456789ab.tmp'), 'half', { mode: 0o600 });
    await file.setKey('groq', KEY);
    expect(readdirSync(home).toSorted()).toEqual(['auth.json', 'auth.json.lock']);
  });
});
