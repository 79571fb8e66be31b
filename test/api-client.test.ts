import { createClient, operations } from '@mogplex/client';
import { Secret } from '@mogplex/credentials';
import { jsonSchemaOf, readApiDocument } from '@mogplex/server/test/openapi';
import { createPerson, makeTokenFor } from '@mogplex/server/test/people';
import { expect, test } from 'vitest';
import { startPlatform } from './support/platform.ts';
import { describeStores } from './support/stores.ts';

describeStores('B22 the typed client', (stores) => {
  test('B22 every operation stands in the served document with the same schema', async () => {
    const platform = await startPlatform(await stores.place());
    const { paths } = await readApiDocument<{ properties: { data: object } }>(platform.url);
    for (const [name, { method, path, response }] of Object.entries(operations)) {
      const responses = paths[`/api/v1/mogplex${path}`]?.[method.toLowerCase()]?.responses;
      const served = (responses?.['200'] ?? responses?.['201'])?.content['application/json'].schema;
      expect({ name, schema: served?.properties.data }).toEqual({ name, schema: jsonSchemaOf(response) });
    }
    await platform.close();
  });

  test('B3 B22 it calls the real platform: pages, revocation, refusals', async () => {
    const place = await stores.place();
    const platform = await startPlatform(place);
    const store = await stores.open(place);
    const person = await createPerson(store);
    const main = await makeTokenFor(store, { accountId: person.id, name: 'main' });
    const client = createClient({ baseUrl: platform.url, token: new Secret(main.token, 'test') });
    const spare = [];
    for (let index = 0; index < 5; index++) spare.push(await makeTokenFor(store, { accountId: person.id }));

    expect(await client.me()).toEqual({ account: { email: person.email }, token: { name: 'main', scopes: ['read', 'write'] } });
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await client.listTokens({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen.toSorted()).toEqual([main.id, ...spare.map(({ id }) => id)].toSorted());
    await expect(client.listTokens({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid_request', boundary: 'request' });

    await client.revokeToken(spare[0]?.id ?? '');
    await expect(client.revokeToken('unknown')).rejects.toMatchObject({ code: 'not_found', boundary: 'token' });
    expect((await client.listNotifications()).items).toEqual([]);
    expect((await client.listModels()).models).toBeInstanceOf(Array);
    expect(await client.usage()).toMatchObject({ rows: [], credit: { payer: `account:${person.id}` } });
    expect(await client.usage({ from: '2026-01-01', to: '2026-02-28' })).toMatchObject({ from: '2026-01-01', to: '2026-02-28', rows: [] });
    await expect(client.usage({ team: 'of-others' })).rejects.toMatchObject({ code: 'forbidden', boundary: 'account' });
    await expect(client.usage({ from: '2026-02-28', to: '2026-01-01' })).rejects.toMatchObject({ code: 'invalid_request' });
    await client.revokeToken(main.id);
    await expect(client.me()).rejects.toMatchObject({ code: 'unauthenticated', boundary: 'token' });
    await platform.close();
  });
});
