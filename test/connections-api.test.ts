import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection, McpServers } from '@mogplex/protocol';
import { openAdmin } from '@mogplex/server/admin';
import { createPerson, makeTokenFor, type Person as Account } from '@mogplex/server/test/people';
import { everyRow } from '@mogplex/server/test/rows';
import { expect, test } from 'vitest';
import { sealingKeys } from './support/gateway.ts';
import { Person } from './support/person.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { describeStores, type StorePlace, type TestStores } from './support/stores.ts';

type Store = Awaited<ReturnType<TestStores['open']>>;
type Role = 'owner' | 'admin' | 'member' | 'viewer';

const MCP = {
  kind: 'mcp',
  name: 'tracker',
  url: 'https://mcp.example.com/mcp',
  auth: { type: 'bearer', token: 'tok-canary-0123456789abcdef' },
};

/** Every kind of secret that a connection holds, marked so that it can be found. */
const SECRETS = {
  key: 'CANARY-apikey-7f3a91c2d4e85b60',
  bearer: 'CANARY-bearer-19d0c7e4b2a85f36',
  basic: 'CANARY-basic-e57a20c91b4d8f63',
  client: 'CANARY-client-0b9c4d71f2e6a835',
};

const encodings = (secret: string): string[] => [
  secret,
  Buffer.from(secret).toString('base64').slice(0, -4),
  Buffer.from(secret).toString('hex'),
  encodeURIComponent(secret),
];

const found = (text: string): string[] => Object.values(SECRETS).filter((secret) => encodings(secret).some((form) => text.includes(form)));

interface World {
  platform: TestPlatform;
  store: Store;
  place: StorePlace;
  boss: Person;
  account: Account;
  token(accountId?: string, scopes?: ('read' | 'write')[]): Promise<string>;
  mcp(token: string, query?: string): Promise<{ status: number; headers: Headers; text: string; data: McpServers }>;
  person(account: Account): Promise<Person>;
}

const open = async (stores: TestStores, env: Record<string, string> = {}): Promise<World> => {
  const place = await stores.place();
  const platform = await startPlatform(place, env);
  const store = await stores.open(place);
  const account = await createPerson(store);
  const person = async ({ email, password }: Account): Promise<Person> => {
    const someone = new Person(platform.url);
    expect((await someone.signIn(email, password)).status).toBe(200);
    return someone;
  };
  return {
    platform,
    store,
    place,
    account,
    person,
    boss: await person(account),
    token: async (accountId = account.id, scopes = ['read', 'write']) =>
      (await makeTokenFor(store, { accountId, scopes: new Set(scopes) })).token,
    mcp: async (token, query = '') => {
      const response = await fetch(`${platform.url}/api/v1/mogplex/mcp/servers${query}`, { headers: { authorization: `Bearer ${token}` } });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, data: (JSON.parse(text) as { data: McpServers }).data };
    },
  };
};

const make = async (person: Person, body: object): Promise<Connection> => {
  const { status, data, error } = await person.call<Connection>('POST', '/connections', body);
  expect(error).toBeUndefined();
  expect(status).toBe(201);
  return data;
};

const basicOf = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** One connection of each kind of authentication, with marked secrets. */
const makeEach = async (boss: Person): Promise<Connection[]> => [
  await make(boss, { ...MCP, name: 'open', auth: { type: 'none' } }),
  await make(boss, { ...MCP, name: 'key', auth: { type: 'api_key', header: 'X-Api-Key', value: SECRETS.key } }),
  await make(boss, { ...MCP, name: 'bearer', transport: 'sse', auth: { type: 'bearer', token: SECRETS.bearer } }),
  await make(boss, { ...MCP, name: 'basic', auth: { type: 'basic', username: 'ada', password: SECRETS.basic } }),
  await make(boss, { ...MCP, name: 'granted', auth: { type: 'oauth', clientId: 'client-1', clientSecret: SECRETS.client } }),
  await make(boss, { ...MCP, kind: 'rest', name: 'rest', url: 'https://api.example.com/v1' }),
];

describeStores('B8 connections', (stores) => {
  test('B8 B10 D2 each kind is sealed, shown without its secret, and handed out whole to a token that may write', async () => {
    const world = await open(stores);
    const { boss, store, platform } = world;
    const made = await makeEach(boss);
    expect(made.map(({ auth }) => auth)).toEqual([
      { type: 'none' },
      { type: 'api_key', header: 'X-Api-Key', hint: '…5b60' },
      { type: 'bearer', hint: '…5f36' },
      { type: 'basic', username: 'ada', hint: '…8f63' },
      { type: 'oauth', status: 'not_connected', scope: null, expiresAt: null },
      { type: 'bearer', hint: '…cdef' },
    ]);
    const seen: string[] = [JSON.stringify(made)];
    for (const { id } of made) seen.push(await (await boss.fetch(`/api/v1/mogplex/connections/${id}`)).text());
    seen.push(await (await boss.fetch('/api/v1/mogplex/connections')).text());
    // A browser page has no use for credentials, and a token that may only read gets no power over other people's servers.
    seen.push(await (await boss.fetch('/api/v1/mogplex/mcp/servers')).text());
    const reading = await world.mcp(await world.token(world.account.id, ['read']));
    expect(reading.data).toMatchObject({ withheld: true, problems: [] });
    expect(reading.data.servers.map(({ headers }) => headers)).toEqual([{}, {}, {}, {}, {}]);
    seen.push(reading.text);

    const writing = await world.mcp(await world.token());
    expect(writing.headers.get('cache-control')).toBe('no-store');
    expect(writing.data.withheld).toBe(false);
    expect(writing.data.servers).toEqual([
      { name: 'open', type: 'http', url: MCP.url, headers: {} },
      { name: 'key', type: 'http', url: MCP.url, headers: { 'X-Api-Key': SECRETS.key } },
      { name: 'bearer', type: 'sse', url: MCP.url, headers: { Authorization: `Bearer ${SECRETS.bearer}` } },
      { name: 'basic', type: 'http', url: MCP.url, headers: { Authorization: basicOf('ada', SECRETS.basic) } },
    ]);
    expect(writing.data.problems).toMatchObject([{ name: 'granted', boundary: 'connection' }]);

    const disk = world.place.databaseUrl
      ? ''
      : (await Promise.all(['mogplex.db', 'mogplex.db-wal'].map((file) => readFile(join(world.place.dataDir, file), 'latin1')))).join('');
    expect(found([...seen, await everyRow(store), disk, platform.logged()].join('\n'))).toEqual([]);

    const audit = await store.db.selectFrom('audit_event').selectAll().where('action', '=', 'mcp.servers_read').execute();
    expect(audit).toHaveLength(1);
    expect(audit[0]).toMatchObject({ actor: world.account.id, account_id: world.account.id });
    const handed = made.filter(({ name }) => ['open', 'key', 'bearer', 'basic'].includes(name)).map(({ id }) => id);
    expect(JSON.parse(audit[0]?.details ?? '')).toEqual({ connections: handed });
    await platform.close();
  });

  test('B10 one broken row is named as a problem and hides none of the rest', async () => {
    const world = await open(stores);
    const { boss, store, platform } = world;
    const [unsealable, moved, malformed] = [
      await make(boss, { ...MCP, name: 'unsealable' }),
      await make(boss, { ...MCP, name: 'moved' }),
      await make(boss, { ...MCP, name: 'malformed' }),
    ];
    await make(boss, { ...MCP, name: 'fine' });
    const row = async (id: string) => store.db.selectFrom('connection').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const set = async (id: string, change: { sealed_secret?: string | null; url?: string }): Promise<void> => {
      // What a damaged disk or a clumsy hand writes, no code of ours would.
      await store.db
        .updateTable('connection')
        .set(change as never)
        .where('id', '=', id)
        .execute();
    };
    await set(unsealable.id, { sealed_secret: 'v1.deadbeef.AAAA' });
    const { sealed_secret: other } = await row(malformed.id);
    await set(moved.id, { sealed_secret: other });
    await set(malformed.id, { url: 'not a url' });
    const { status, data } = await world.mcp(await world.token());
    expect(status).toBe(200);
    expect(data.servers.map(({ name }) => name)).toEqual(['fine']);
    expect(data.problems.map(({ name, boundary, connection }) => [name, boundary, connection])).toEqual([
      ['unsealable', 'connection', unsealable.id],
      ['moved', 'connection', moved.id],
      ['malformed', 'connection', malformed.id],
    ]);
    expect(JSON.stringify(data.problems)).not.toContain('tok-canary');
    expect(platform.logged()).toContain(unsealable.id);
    await platform.close();
  });

  test('B9 a global connection is kept from a repository, a project one is for its own, a disabled one for none', async () => {
    const world = await open(stores);
    const { boss, platform } = world;
    const everywhere = await make(boss, { ...MCP, name: 'everywhere', excludedRepositories: ['Acme/Secret'] });
    await make(boss, { ...MCP, name: 'project', scope: 'project', repositories: ['acme/web'] });
    await make(boss, { ...MCP, name: 'off', enabled: false });
    const token = await world.token();
    const names = async (query = ''): Promise<string[]> => (await world.mcp(token, query)).data.servers.map(({ name }) => name);
    expect(everywhere.excludedRepositories).toEqual(['acme/secret']);
    expect(await names()).toEqual(['everywhere']);
    expect(await names('?repository=acme/secret')).toEqual([]);
    expect(await names('?repository=ACME/secret')).toEqual([]);
    expect(await names('?repository=acme/web')).toEqual(['everywhere', 'project']);
    expect(await names('?repository=acme/other')).toEqual(['everywhere']);
    const changed = await boss.call('PATCH', `/connections/${everywhere.id}`, { excludedRepositories: [] });
    expect(changed.status).toBe(200);
    expect(await names('?repository=acme/secret')).toEqual(['everywhere']);
    await platform.close();
  });

  test('B8 B22 owners and admins change, members use, viewers see, and to everybody else there is nothing', async () => {
    const world = await open(stores);
    const { boss, store, platform } = world;
    const team = (await boss.call<{ id: string }>('POST', '/teams', { name: 'Acme' })).data.id;
    const join = async (role: Role): Promise<{ person: Person; token: string }> => {
      const account = await createPerson(store);
      await store.db.insertInto('team_member').values({ team_id: team, user_id: account.id, role, created_at: Date.now() }).execute();
      return { person: await world.person(account), token: await world.token(account.id) };
    };
    const made = await make(boss, { ...MCP, teamId: team });
    const path = `/connections/${made.id}`;
    const outsider = await createPerson(store);
    const expected: [Awaited<ReturnType<typeof join>>, Record<string, number>][] = [
      [await join('admin'), { see: 200, use: 1, test: 200, change: 200, create: 201 }],
      [await join('member'), { see: 200, use: 1, test: 200, change: 403, create: 403 }],
      [await join('viewer'), { see: 200, use: 0, test: 403, change: 403, create: 403 }],
      [
        { person: await world.person(outsider), token: await world.token(outsider.id) },
        { see: 404, use: 0, test: 404, change: 404, create: 404 },
      ],
    ];
    for (const [{ person, token }, wanted] of expected) {
      const got = {
        see: (await person.call('GET', path)).status,
        use: (await world.mcp(token)).data.servers.length,
        test: (await person.call('POST', `${path}/test`)).status,
        change: (await person.call('PATCH', path, { enabled: true })).status,
        create: (
          await person.call('POST', '/connections', { ...MCP, name: `by-${crypto.randomUUID().slice(0, 8)}`, enabled: false, teamId: team })
        ).status,
      };
      expect(got).toEqual(wanted);
    }
    const machine = { id: crypto.randomUUID(), team_id: team, name: 'ci', created_by: world.account.id, created_at: Date.now() };
    await store.db.insertInto('service_account').values(machine).execute();
    const { token: ofMachine } = await makeTokenFor(store, { accountId: machine.id, teamId: team });
    expect((await world.mcp(ofMachine)).data.servers.map(({ name }) => name)).toEqual(['tracker']);
    expect((await world.mcp(ofMachine, `?teamId=${(await make(boss, { ...MCP, name: 'own' })).teamId}`)).status).toBe(404);
    const [, , viewer, stranger] = expected.map(([who]) => who);
    expect((await viewer?.person.call<{ items: Connection[] }>('GET', '/connections'))?.data.items.map(({ name }) => name)).toContain(
      'tracker',
    );
    expect((await stranger?.person.call<{ items: Connection[] }>('GET', '/connections'))?.data.items).toEqual([]);
    expect((await stranger?.person.call('GET', `/connections?teamId=${team}`))?.status).toBe(404);
    const refused = await stranger?.person.call('DELETE', path);
    expect(refused?.error).toMatchObject({ code: 'not_found', boundary: 'connection' });
    expect((await boss.call('DELETE', path)).status).toBe(200);
    expect((await boss.call('GET', path)).status).toBe(404);
    expect((await boss.call('DELETE', `/teams/${team}`)).status).toBe(200);
    expect(await store.db.selectFrom('connection').select('id').where('team_id', '=', team).execute()).toEqual([]);
    const actions = (await store.db.selectFrom('audit_event').select('action').where('subject', '=', made.id).orderBy('at').execute()).map(
      ({ action }) => action,
    );
    expect(new Set(actions)).toEqual(new Set(['connection.created', 'connection.tested', 'connection.changed', 'connection.deleted']));
    await platform.close();
  });

  test('B8 a secret does not follow to another origin, a name is taken once, and a repeated request makes one', async () => {
    const world = await open(stores);
    const { boss, platform } = world;
    const body = { ...MCP, auth: { type: 'bearer', token: SECRETS.bearer } };
    const create = () =>
      boss.fetch('/api/v1/mogplex/connections', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'make-tracker' },
        body: JSON.stringify(body),
      });
    const first = (await (await create()).json()) as { data: Connection };
    const second = (await (await create()).json()) as { data: Connection };
    expect(second.data.id).toBe(first.data.id);
    expect((await boss.call('POST', '/connections', body)).status).toBe(409);

    const path = `/connections/${first.data.id}`;
    const stolen = await boss.call('PATCH', path, { url: 'https://evil.example.net/mcp' });
    expect(stolen).toMatchObject({ status: 400, error: { code: 'invalid_request', boundary: 'connection' } });
    expect((await boss.call<Connection>('PATCH', path, { url: 'https://mcp.example.com/v2' })).data).toMatchObject({
      url: 'https://mcp.example.com/v2',
      auth: { type: 'bearer', hint: '…5f36' },
    });
    const replaced = { url: 'https://mcp.example.net/', auth: { type: 'api_key', header: 'X-Key', value: SECRETS.key } };
    expect((await boss.call<Connection>('PATCH', path, replaced)).data.auth).toEqual({ type: 'api_key', header: 'X-Key', hint: '…5b60' });
    const { data } = await world.mcp(await world.token());
    expect(data.servers).toEqual([{ name: 'tracker', type: 'http', url: 'https://mcp.example.net/', headers: { 'X-Key': SECRETS.key } }]);

    const twins = await Promise.all([1, 2, 3].map(() => boss.call('POST', '/connections', { ...body, name: 'twin' })));
    expect(twins.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([201, 409, 409]);

    // Changes at the same time: none brings back what another one replaced.
    const changes = [
      { auth: { type: 'bearer', token: SECRETS.bearer } },
      { scope: 'project' },
      { enabled: false },
      { repositories: ['a/b'] },
    ];
    await Promise.all(changes.map((change) => boss.call('PATCH', path, change)));
    expect((await boss.call<Connection>('GET', path)).data).toMatchObject({
      auth: { type: 'bearer', hint: '…5f36' },
      scope: 'project',
      enabled: false,
      repositories: ['a/b'],
    });
    await platform.close();
  });

  test('D5 B8 the master key turns, and every secret of a connection is sealed with the new one', async () => {
    const world = await open(stores);
    const { boss, store, place, platform } = world;
    await makeEach(boss);
    const before = await sealingKeys(store);
    const admin = await openAdmin({ MOGPLEX_DATA_DIR: place.dataDir, DATABASE_URL: place.databaseUrl?.reveal() }, Date.now);
    expect(await admin.rotateKey({ resealOnly: false })).toBeGreaterThanOrEqual(5);
    await admin.close();
    const after = await sealingKeys(store);
    expect(after.size).toBe(1);
    expect(after).not.toEqual(before);
    const { data } = await world.mcp(await world.token());
    expect(data.servers.find(({ name }) => name === 'key')?.headers).toEqual({ 'X-Api-Key': SECRETS.key });

    // A value that does not open is named, and keeps none of the others from the new key.
    const broken = await make(boss, { ...MCP, name: 'broken' });
    await store.db
      .updateTable('connection')
      .set({ sealed_secret: 'v1.deadbeef.AAAA' as never })
      .where('id', '=', broken.id)
      .execute();
    const again = await openAdmin({ MOGPLEX_DATA_DIR: place.dataDir, DATABASE_URL: place.databaseUrl?.reveal() }, Date.now);
    await expect(again.rotateKey({ resealOnly: false })).rejects.toThrow(`connection.sealed_secret of ${broken.id}`);
    await again.close();
    const last = await sealingKeys(store);
    expect([...last].filter((id) => id !== 'deadbeef')).toHaveLength(1);
    expect([...last]).not.toEqual(expect.arrayContaining([...after]));
    await platform.close();
  });
});
