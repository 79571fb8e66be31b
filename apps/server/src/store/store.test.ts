import { randomBytes } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '@mogplex/credentials';
import { describe, expect, test } from 'vitest';
import { createDatabase, describeStores, temporaryFolder } from '../../test/stores.ts';
import { openKeyring } from './keyring.ts';
import { openStore } from './open.ts';
import type { SealedText } from './sealer.ts';

describeStores('D8 the store', (stores) => {
  test('D8 eight processes that start at once agree on one schema and one key', async () => {
    const at =
      stores.dialect === 'sqlite'
        ? { dataDir: await temporaryFolder() }
        : { dataDir: await temporaryFolder(), databaseUrl: new Secret(await createDatabase({ empty: true }), 'DATABASE_URL') };
    const opened = await Promise.all(Array.from({ length: 8 }, () => openStore(at)));
    expect(new Set(opened.map(({ sealer }) => sealer.keyId)).size).toBe(1);
    await Promise.all(opened.map((store) => store.close()));
  });

  test('D8 a process that looks for the key a moment before another one makes it takes that key', async () => {
    const at = await stores.place();
    const another = async (): Promise<boolean> => {
      await (await openStore(at)).close();
      return false;
    };
    const [key] = await openKeyring(at, another, randomBytes);
    expect(await readFile(join(at.dataDir, 'master.key'), 'utf8')).toContain(key.id);
  });

  test('D5 sealed text opens at its own place and nowhere else', async () => {
    const { sealer } = await stores.open();
    const place = { table: 'upstream', row: '1', column: 'key', owner: 'platform' };
    const text = sealer.seal(place, new Secret('a-value-to-seal', 'test'));
    expect(sealer.open(place, text).reveal()).toBe('a-value-to-seal');
    for (const moved of [{ row: '2' }, { table: 'other' }, { column: 'other' }, { owner: 'someone' }]) {
      expect(() => sealer.open({ ...place, ...moved }, text)).toThrow(/cannot be opened/);
    }
    expect(() => sealer.open(place, `${text.slice(0, -2)}AA` as SealedText)).toThrow(/cannot be opened/);
    expect(() => sealer.open(place, 'plain' as SealedText)).toThrow(/not sealed text/);
  });

  test('D5 the key file is private, and a damaged, wrong or missing one is reported and never replaced', async () => {
    const at = await stores.place();
    await (await openStore(at)).close();
    const path = join(at.dataDir, 'master.key');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const good = await readFile(path, 'utf8');

    for (const damaged of ['', 'nonsense\n', good.slice(0, -9), good.replace(/^./, (first) => (first === '0' ? '1' : '0'))]) {
      await writeFile(path, damaged);
      await expect(openStore(at)).rejects.toMatchObject({ code: 'damaged', boundary: 'configuration' });
      expect(await readFile(path, 'utf8')).toBe(damaged);
    }

    await rm(path);
    await expect(openStore(at)).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining('is gone') as string });

    const other = await stores.place();
    await (await openStore(other)).close();
    await writeFile(path, await readFile(join(other.dataDir, 'master.key')));
    await expect(openStore(at)).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining('not the one') as string });

    await writeFile(path, good);
    await (await openStore(at)).close();
  });
});

describe('the embedded file', () => {
  test('a damaged file is reported and left as it is', async () => {
    const dataDir = await temporaryFolder();
    const path = join(dataDir, 'mogplex.db');
    await writeFile(path, 'this is no database, although it is long enough to look at'.repeat(100));
    await expect(openStore({ dataDir })).rejects.toMatchObject({ code: 'damaged', boundary: 'storage' });
    expect(await readFile(path, 'utf8')).toContain('this is no database');
  });

  test('a data folder that is not a folder is reported', async () => {
    const path = join(await temporaryFolder(), 'file');
    await writeFile(path, '');
    await expect(openStore({ dataDir: path })).rejects.toMatchObject({ code: 'unavailable', boundary: 'storage' });
  });
});
