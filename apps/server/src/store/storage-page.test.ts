import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { describeStores } from '../../test/stores.ts';

describeStores('docs/storage.md', (stores) => {
  test('every table has its row, and every row its table', async () => {
    const page = await readFile(new URL('../../../../docs/storage.md', import.meta.url), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| `') && !line.includes('0600'));
    const described = rows.flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map((match) => match[1] ?? ''));
    const { db } = await stores.open();
    const tables = (await db.introspection.getTables()).map(({ name }) => name);
    const expected = stores.dialect === 'sqlite' ? [...tables, 'rate_limit', 'cache_lease'] : [...tables, 'run_queue'];
    expect(described.toSorted()).toEqual(expected.toSorted());
  });
});
