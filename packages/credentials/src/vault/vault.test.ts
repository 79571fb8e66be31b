import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryHome } from '../../test/temporary.ts';
import { NAME, testVault, tokens } from '../../test/vault-fixtures.ts';
import { Secret } from '../secret.ts';
import { recordFile } from './names.ts';
import { readVaultIndex } from './records.ts';
import type { VaultBundle } from './types.ts';

const mode = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);
const recordPath = (home: string, name = NAME): string => join(home, 'vault', 'records', recordFile(name));
const everyFile = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

interface Editable {
  sealed: string;
  [field: string]: unknown;
}

const edit = (home: string, change: (record: Editable) => void, name = NAME): string => {
  const record = JSON.parse(readFileSync(recordPath(home, name), 'utf8')) as Editable;
  change(record);
  const text = `${JSON.stringify(record)}\n`;
  writeFileSync(recordPath(home, name), text);
  return text;
};

describe('C11 the vault keeps records', () => {
  test('for a later process', async () => {
    const home = temporaryHome();
    const stored = await testVault(home).put(NAME, tokens('1'));
    const read = await testVault(home).get(NAME);
    expect(read).toMatchObject({ name: NAME, generation: 1, meta: { scope: 'read write' }, updatedAt: stored.updatedAt });
    expect(read?.secrets['refreshToken']?.reveal()).toBe('rt-1-0123456789');
  });

  test('a login replaces the record whole (failure 6)', async () => {
    const vault = testVault(temporaryHome());
    await vault.put(NAME, { secrets: { clientSecret: new Secret('cs-0123456789', 'x') }, meta: { account: 'old' } });
    await vault.put(NAME, tokens('2'));
    const read = await vault.get(NAME);
    expect(Object.keys(read?.secrets ?? {})).toEqual(['accessToken', 'refreshToken']);
    expect(read?.meta).not.toHaveProperty('account');
    expect(read?.generation).toBe(2);
  });

  test('a removed record is gone and its generation is not', async () => {
    const home = temporaryHome();
    const vault = testVault(home);
    expect(await vault.remove(NAME)).toBe(false);
    expect(existsSync(home)).toBe(false);
    await vault.put(NAME, tokens('1'));
    expect([await vault.remove(NAME), await vault.remove(NAME)]).toEqual([true, false]);
    expect(await vault.get(NAME)).toBeUndefined();
    expect(vault.list().entries).toEqual([]);
    expect((await vault.put(NAME, tokens('2'))).generation).toBe(3);
  });

  test('C3 list names what is stored without a key and without a secret', async () => {
    const home = temporaryHome();
    const vault = testVault(home, { now: () => 42 });
    for (const name of ['oauth/acme/tokens', 'oauth/beta/tokens', 'other/x']) await vault.put(name, tokens('1'));
    writeFileSync(join(home, 'vault', 'key'), 'gone');
    const { entries } = testVault(home).list('oauth/');
    expect(entries.map(({ name }) => name)).toEqual(['oauth/acme/tokens', 'oauth/beta/tokens']);
    expect(entries[0]).toEqual({
      name: NAME,
      generation: 1,
      updatedAt: 42,
      keyId: expect.stringMatching(/^[0-9a-f]{12}$/),
      meta: { expiresAt: 1_800_000_000_000, scope: 'read write' },
    });
  });

  test('nothing is created by reading', async () => {
    const home = temporaryHome();
    const vault = testVault(home);
    expect([await vault.get(NAME), vault.list(), await vault.verify()]).toEqual([undefined, { entries: [], damaged: [] }, undefined]);
    expect(existsSync(home)).toBe(false);
  });

  test.each(['', 'UPPER', '../x', 'oauth//x', 'oauth/../x', '/etc/passwd', 'a b', 'a\0', 'oauth/x/', '.hidden', 'a/b/c/d/e/f/g'])(
    'the name %j is refused',
    async (name) => {
      await expect(testVault(temporaryHome()).put(name, tokens('1'))).rejects.toMatchObject({ code: 'invalid_request' });
    },
  );

  test('metadata that holds a secret of the record is refused', async () => {
    const { secrets } = tokens('1');
    const leak = { secrets, meta: { note: 'it is at-1-0123456789!' } };
    await expect(testVault(temporaryHome()).put(NAME, leak)).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('C11 what lies on the disk', () => {
  test('is private, and sealed', async () => {
    const home = temporaryHome();
    const vault = testVault(home);
    await vault.put(NAME, tokens('1'));
    for (const folder of [home, join(home, 'vault'), join(home, 'vault', 'records')]) expect(mode(folder)).toBe('700');
    for (const file of everyFile(home)) {
      expect([file, mode(file)]).toEqual([file, '600']);
      expect(readFileSync(file, 'latin1')).not.toMatch(/[ar]t-1-0123456789/);
    }
  });

  test('is narrowed with a warning where it was open', async () => {
    const home = temporaryHome();
    await testVault(home).put(NAME, tokens('1'));
    chmodSync(join(home, 'vault', 'key'), 0o640);
    const warnings: string[] = [];
    await testVault(home, { warn: (line) => warnings.push(line) }).get(NAME);
    expect(mode(join(home, 'vault', 'key'))).toBe('600');
    expect(warnings).toEqual([`mogplex: ${join(home, 'vault', 'key')} was open to other users (mode 0640); its mode is 0600 now`]);
  });

  test('is left as it is where nobody can be told', async () => {
    const home = temporaryHome();
    await testVault(home).put(NAME, tokens('1'));
    chmodSync(join(home, 'vault'), 0o755);
    chmodSync(recordPath(home), 0o644);
    expect(readVaultIndex(home, 'oauth/').entries).toHaveLength(1);
    expect([mode(join(home, 'vault')), mode(recordPath(home))]).toEqual(['755', '644']);
    const warnings: string[] = [];
    readVaultIndex(home, 'oauth/', (line) => warnings.push(line));
    expect([mode(join(home, 'vault')), mode(recordPath(home)), warnings.length]).toEqual(['700', '600', 2]);
  });

  test('is never reached through a symlink', async () => {
    const home = temporaryHome();
    mkdirSync(`${home}/elsewhere`, { recursive: true, mode: 0o700 });
    chmodSync(home, 0o700);
    symlinkSync(`${home}/elsewhere`, join(home, 'vault'));
    await expect(testVault(home).put(NAME, tokens('1'))).rejects.toMatchObject({ code: 'damaged' });
    expect(readdirSync(`${home}/elsewhere`)).toEqual([]);
  });
});

describe('C11 a record that was tampered with is refused and kept', () => {
  const tampered: [string, (record: Editable) => void][] = [
    ['another name', (record) => (record['name'] = 'oauth/evil/tokens')],
    ['another generation', (record) => (record['generation'] = 7)],
    ['another time', (record) => (record['updatedAt'] = 7)],
    ['changed metadata', (record) => (record['meta'] = { scope: 'admin' })],
    ['an unknown key', (record) => (record['keyId'] = '000000000000')],
    ['one bit of the sealed text', (record) => (record.sealed = flip(record.sealed, 14))],
    ['one bit of the nonce', (record) => (record.sealed = flip(record.sealed, 0))],
    ['one bit of the tag', (record) => (record.sealed = flip(record.sealed, -1))],
    ['a shorter tag', (record) => (record.sealed = Buffer.from(record.sealed, 'base64').subarray(0, -4).toString('base64'))],
    ['no sealed text', (record) => (record.sealed = '')],
    ['a field of the wrong type', (record) => (record['generation'] = '1')],
  ];
  test.each(tampered)('%s', async (_, change) => {
    const home = temporaryHome();
    const vault = testVault(home);
    await vault.put(NAME, tokens('1'));
    const text = edit(home, change);
    await expect(vault.get(NAME)).rejects.toMatchObject({ code: 'damaged' });
    expect(readFileSync(recordPath(home), 'utf8')).toBe(text);
    expect((await vault.verify())?.damaged).toHaveLength(1);
    await expect(vault.rekey()).rejects.toMatchObject({ code: 'damaged' });
    await expect(vault.put(NAME, tokens('2'))).rejects.toMatchObject({ code: 'damaged' });
    expect(readFileSync(recordPath(home), 'utf8')).toBe(text);
  });

  test('a record copied over another', async () => {
    const home = temporaryHome();
    const vault = testVault(home);
    await vault.put(NAME, tokens('1'));
    await vault.put('oauth/other/tokens', tokens('2'));
    writeFileSync(recordPath(home), readFileSync(recordPath(home, 'oauth/other/tokens')));
    await expect(vault.get(NAME)).rejects.toMatchObject({ code: 'damaged' });
    expect((await vault.get('oauth/other/tokens'))?.generation).toBe(1);
  });

  test('the sealed text of another record under this name', async () => {
    const home = temporaryHome();
    const vault = testVault(home, { now: () => 42 });
    await vault.put(NAME, tokens('1'));
    await vault.put('oauth/other/tokens', tokens('2'));
    const { sealed } = JSON.parse(readFileSync(recordPath(home, 'oauth/other/tokens'), 'utf8')) as Editable;
    edit(home, (record) => (record.sealed = sealed));
    await expect(vault.get(NAME)).rejects.toMatchObject({ code: 'damaged' });
  });

  test('a tombstone made to look alive', async () => {
    const home = temporaryHome();
    const vault = testVault(home);
    await vault.put(NAME, tokens('1'));
    await vault.remove(NAME);
    edit(home, (record) => (record['removed'] = false));
    await expect(vault.get(NAME)).rejects.toMatchObject({ code: 'damaged' });
  });

  test('a file that was cut is kept, and a login does not overwrite it', async () => {
    const home = temporaryHome();
    const vault = testVault(home);
    await vault.put(NAME, tokens('1'));
    writeFileSync(recordPath(home), readFileSync(recordPath(home)).subarray(0, 60));
    await expect(vault.put(NAME, tokens('2'))).rejects.toMatchObject({ code: 'damaged', hint: expect.stringContaining('Move it away') });
    expect(vault.list()).toEqual({
      entries: [],
      damaged: [{ file: recordFile(NAME), why: expect.stringContaining('no readable record') }],
    });
  });
});

describe('D5 moxxy vault rekey', () => {
  test('seals everything with a new key and forgets the old one', async () => {
    const home = temporaryHome();
    const vault = testVault(home);
    for (const name of ['oauth/a/tokens', 'oauth/b/tokens']) await vault.put(name, tokens('1'));
    await vault.remove('oauth/b/tokens');
    const oldKey = readFileSync(join(home, 'vault', 'key'), 'utf8');
    const before = vault.list().entries[0];
    const { keyId, records } = await vault.rekey();
    expect(records).toBe(1);
    const [after] = vault.list().entries;
    expect(after).toEqual({ ...before, keyId });
    expect(after?.keyId).not.toBe(before?.keyId);
    expect((await testVault(home).get('oauth/a/tokens'))?.secrets['accessToken']?.reveal()).toBe('at-1-0123456789');
    writeFileSync(join(home, 'vault', 'key'), oldKey);
    await expect(testVault(home).get('oauth/a/tokens')).rejects.toMatchObject({ code: 'damaged' });
  });

  test('is followed by a process that had the old key', async () => {
    const home = temporaryHome();
    const other = testVault(home);
    await other.put(NAME, tokens('1'));
    await testVault(home).rekey();
    expect((await other.get(NAME))?.generation).toBe(1);
    await other.put(NAME, tokens('2'));
    expect((await testVault(home).verify())?.sound).toEqual([NAME]);
  });

  test('waits for a refresh in flight, and both are there afterwards', async () => {
    const home = temporaryHome();
    const vault = testVault(home);
    await vault.put(NAME, tokens('1'));
    const { promise: answer, resolve } = Promise.withResolvers<VaultBundle>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const refreshing = vault.refresh(NAME, {
      seen: 1,
      exchange: async () => {
        ask();
        return await answer;
      },
    });
    await asked;
    const rekeying = testVault(home).rekey();
    resolve(tokens('2'));
    expect(await refreshing).toMatchObject({ generation: 2 });
    const { keyId } = await rekeying;
    expect(await vault.verify()).toMatchObject({ sound: [NAME], damaged: [], unfinished: [], keyId });
    expect((await testVault(home).get(NAME))?.secrets['refreshToken']?.reveal()).toBe('rt-2-0123456789');
  });
});

function flip(sealed: string, at: number): string {
  const bytes = Buffer.from(sealed, 'base64');
  const index = at < 0 ? bytes.length + at : at;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return bytes.toString('base64');
}
