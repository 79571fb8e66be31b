import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryHome } from '../../test/temporary.ts';
import { MemoryKeyring, NAME, testVault, tokens } from '../../test/vault-fixtures.ts';
import { Secret } from '../secret.ts';

const vaultFile = (home: string, name: string): string => join(home, 'vault', name);
const sourceOf = (home: string): unknown => JSON.parse(readFileSync(vaultFile(home, 'vault.json'), 'utf8'));

describe('C11 the key of the vault', () => {
  test('is kept in the keyring where there is one, and never on the disk', async () => {
    const home = temporaryHome();
    const keyring = new MemoryKeyring();
    await testVault(home, { keyring }).put(NAME, tokens('1'));
    expect(sourceOf(home)).toEqual({ version: 1, keySource: 'keyring' });
    const [ring] = [...keyring.held.values()].map((held) => JSON.parse(held.reveal()) as { keys: Record<string, string> });
    const [key] = Object.values(ring?.keys ?? {});
    for (const file of readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
      expect(readFileSync(join(file.parentPath, file.name), 'latin1')).not.toContain(key);
    }
    expect((await testVault(home, { keyring }).verify())?.keySource).toBe('keyring');
    await testVault(home, { keyring }).rekey();
    expect((await testVault(home, { keyring }).get(NAME))?.generation).toBe(1);
    expect(existsSync(vaultFile(home, 'key'))).toBe(false);
  });

  test('that is in a locked or missing keyring is asked for, not replaced', async () => {
    const home = temporaryHome();
    const keyring = new MemoryKeyring();
    await testVault(home, { keyring }).put(NAME, tokens('1'));
    keyring.locked = true;
    await expect(testVault(home, { keyring }).get(NAME)).rejects.toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('Unlock'),
    });
    await expect(testVault(home, { keyring }).put(NAME, tokens('2'))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(testVault(home, { keyring: null }).put(NAME, tokens('2'))).rejects.toMatchObject({ code: 'unavailable' });
    expect(testVault(home, { keyring: null }).list().entries).toHaveLength(1);
    await expect(testVault(home, { keyring: new MemoryKeyring() }).get(NAME)).rejects.toMatchObject({ code: 'damaged' });
    keyring.locked = false;
    expect((await testVault(home, { keyring }).get(NAME))?.generation).toBe(1);
  });

  test('is a 0600 file where the keyring does not work', async () => {
    const home = temporaryHome();
    const keyring = new MemoryKeyring();
    keyring.locked = true;
    await testVault(home, { keyring }).put(NAME, tokens('1'));
    expect(sourceOf(home)).toEqual({ version: 1, keySource: 'file' });
    expect((await testVault(home).verify())?.keySource).toBe('file');
  });

  test('is never made anew while records are there', async () => {
    const home = temporaryHome();
    await testVault(home).put(NAME, tokens('1'));
    rmSync(vaultFile(home, 'key'));
    await expect(testVault(home).put(NAME, tokens('2'))).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('missing'),
    });
    rmSync(vaultFile(home, 'vault.json'));
    await expect(testVault(home).put('oauth/other/tokens', tokens('2'))).rejects.toMatchObject({ code: 'damaged' });
    expect(existsSync(vaultFile(home, 'key'))).toBe(false);
  });

  test.each(['', '{}', '{"version":1,"current":"a","keys":{"a":"c2hvcnQ"}}', '{"version":1,"current":"b","keys":{}}'])(
    'that is damaged (%j) is kept',
    async (text) => {
      const home = temporaryHome();
      await testVault(home).put(NAME, tokens('1'));
      writeFileSync(vaultFile(home, 'key'), text);
      await expect(testVault(home).get(NAME)).rejects.toMatchObject({ code: 'damaged' });
      await expect(testVault(home).rekey()).rejects.toMatchObject({ code: 'damaged' });
      expect(readFileSync(vaultFile(home, 'key'), 'utf8')).toBe(text);
    },
  );

  test('a source that is none of the three is refused', async () => {
    const wrong = testVault(temporaryHome(), { env: { MOGPLEX_VAULT_KEY: 'usb' } });
    await expect(wrong.put(NAME, tokens('1'))).rejects.toMatchObject({ code: 'usage' });
    const home = temporaryHome();
    await testVault(home).put(NAME, tokens('1'));
    writeFileSync(vaultFile(home, 'vault.json'), '{"version":1,"keySource":"usb"}\n');
    await expect(testVault(home).get(NAME)).rejects.toMatchObject({ code: 'damaged' });
  });
});

describe('C11 a passphrase', () => {
  const env = { MOGPLEX_VAULT_PASSPHRASE: 'correct horse battery staple' };

  test('seals the key with scrypt, and only it opens the vault', async () => {
    const home = temporaryHome();
    await testVault(home, { env }).put(NAME, tokens('1'));
    expect(JSON.parse(readFileSync(vaultFile(home, 'key.sealed'), 'utf8'))).toMatchObject({ kdf: 'scrypt', N: 131_072, r: 8, p: 1 });
    const asked = testVault(home, { askPassphrase: () => Promise.resolve(new Secret(env.MOGPLEX_VAULT_PASSPHRASE, 'asked')) });
    expect((await asked.get(NAME))?.generation).toBe(1);
    await asked.rekey();
    expect((await testVault(home, { env }).verify())?.keySource).toBe('passphrase');
    const wrong = testVault(home, { env: { MOGPLEX_VAULT_PASSPHRASE: 'wrong' } });
    await expect(wrong.get(NAME)).rejects.toMatchObject({ code: 'unavailable', message: 'the passphrase does not open the vault' });
    await expect(wrong.rekey()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(testVault(home).get(NAME)).rejects.toMatchObject({ hint: 'Set MOGPLEX_VAULT_PASSPHRASE.' });
    expect(testVault(home).list().entries).toHaveLength(1);
  });

  test.each([
    ['weaker', { N: 1024 }],
    ['far stronger', { N: 2 ** 30 }],
    ['saltless', { salt: '' }],
  ])('a %s derivation in the file is refused', async (_, change) => {
    const home = temporaryHome();
    await testVault(home, { env }).put(NAME, tokens('1'));
    const sealed = JSON.parse(readFileSync(vaultFile(home, 'key.sealed'), 'utf8')) as object;
    writeFileSync(vaultFile(home, 'key.sealed'), JSON.stringify({ ...sealed, ...change }));
    await expect(testVault(home, { env }).get(NAME)).rejects.toMatchObject({ code: 'damaged' });
  });
});
