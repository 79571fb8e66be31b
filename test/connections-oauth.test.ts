import type { Connection, McpServers } from '@mogplex/protocol';
import { startMcpServer, type TestMcpServer } from '@mogplex/server/test/mcp-server';
import { type OAuthService, startOAuthService } from '@mogplex/server/test/oauth-service';
import { createPerson, makeTokenFor } from '@mogplex/server/test/people';
import { everyRow } from '@mogplex/server/test/rows';
import { expect, test } from 'vitest';
import { Person } from './support/person.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { describeStores, type StorePlace, type TestStores } from './support/stores.ts';

type Store = Awaited<ReturnType<TestStores['open']>>;

const LOOPBACK = { MOGPLEX_ALLOW_PRIVATE_UPSTREAMS: '127.0.0.1/32' };

interface World {
  place: StorePlace;
  platform: TestPlatform;
  store: Store;
  boss: Person;
  account: { id: string; email: string; password: string };
  service: OAuthService;
  mcp: TestMcpServer;
  servers(url?: string): Promise<McpServers>;
  close(): Promise<void>;
}

const open = async (stores: TestStores, options: Parameters<typeof startOAuthService>[0] = {}): Promise<World> => {
  const place = await stores.place();
  const platform = await startPlatform(place, LOOPBACK);
  const store = await stores.open(place);
  const account = await createPerson(store);
  const boss = new Person(platform.url);
  await boss.signIn(account.email, account.password);
  const service = await startOAuthService(options);
  let mcpUrl = '';
  const mcp = await startMcpServer({
    admits: ({ authorization }) => service.admits(authorization),
    documents: { '/.well-known/oauth-protected-resource/mcp': () => service.resourceMetadata(mcpUrl) },
  });
  mcpUrl = mcp.url;
  const { token } = await makeTokenFor(store, { accountId: account.id });
  return {
    place,
    platform,
    store,
    boss,
    account,
    service,
    mcp,
    servers: async (url = platform.url) => {
      const response = await fetch(`${url}/api/v1/mogplex/mcp/servers`, { headers: { authorization: `Bearer ${token}` } });
      return ((await response.json()) as { data: McpServers }).data;
    },
    close: async () => {
      await platform.close();
      await mcp.close();
      await service.close();
    },
  };
};

const make = async ({ boss, mcp }: World, body: object = {}): Promise<Connection> => {
  const { data, error } = await boss.call<Connection>('POST', '/connections', {
    kind: 'mcp',
    name: 'granted',
    url: mcp.url,
    auth: { type: 'oauth' },
    ...body,
  });
  expect(error).toBeUndefined();
  return data;
};

const connect = async ({ boss, service }: World, id: string): Promise<{ state: string; query: string }> => {
  const { status, data } = await boss.call<{ address: string }>('POST', `/connections/${id}/connect`);
  expect(status).toBe(200);
  const back = await service.approve(data.address);
  return { state: back.searchParams.get('state') ?? '', query: back.search };
};

const finish = (person: Person, body: { state: string; query: string }) => person.call<Connection>('POST', '/connections/connected', body);

describeStores('B8 connections by OAuth', (stores) => {
  test('B8 D2 a connection finds its server, registers, is approved with PKCE, and works; its tokens show nowhere', async () => {
    const world = await open(stores);
    const { boss, service, platform, store } = world;
    const { id, auth } = await make(world);
    expect(auth).toMatchObject({ type: 'oauth', status: 'not_connected' });
    expect(await world.servers()).toMatchObject({ servers: [], problems: [{ name: 'granted', message: 'nobody has connected it yet' }] });
    const body = await connect(world, id);
    expect(service.registered).toMatchObject([
      { client_name: 'Mogplex', redirect_uris: [`${platform.url}/settings/connections/return`], token_endpoint_auth_method: 'none' },
    ]);

    // Only the browser that began it can end it, and only once.
    const other = new Person(platform.url);
    await other.signIn(world.account.email, world.account.password);
    expect((await finish(other, body)).error?.code).toBe('gone');
    const done = await finish(boss, body);
    expect(done.data.auth).toMatchObject({ type: 'oauth', status: 'connected' });
    expect((await finish(boss, body)).error).toMatchObject({ code: 'gone', boundary: 'connection' });
    expect(service.tokenRequests[0]?.get('resource')).toBe(world.mcp.url);

    const tested = await boss.call<{ connection: Connection }>('POST', `/connections/${id}/test`);
    expect(tested.data.connection.health).toMatchObject({ status: 'ok', note: 'echo-server 1.0.0: 1 tool' });
    const { servers } = await world.servers();
    expect(servers).toEqual([
      { name: 'granted', type: 'http', url: world.mcp.url, headers: { Authorization: `Bearer ${service.given[1]}` } },
    ]);

    const seen = [await everyRow(store), platform.logged(), JSON.stringify([done.data, tested.data])].join('\n');
    for (const secret of [...service.given, Buffer.from(service.given[1] ?? '').toString('base64')]) expect(seen).not.toContain(secret);
    await world.close();
  });

  test('B8 an access token is renewed once however many ask, on two servers, and an ended grant asks for a person', async () => {
    const world = await open(stores, { delay: 300 });
    const { boss, service, store } = world;
    const { id } = await make(world);
    await finish(boss, await connect(world, id));
    await boss.call('POST', '/connections', { kind: 'mcp', name: 'other', url: world.mcp.url, auth: { type: 'none' } });
    const second = await startPlatform(world.place, LOOPBACK).catch(() => undefined);
    const expire = async (): Promise<void> => {
      service.expireAccess();
      await store.db.updateTable('connection_oauth').set({ expires_at: 1 }).execute();
    };
    await expire();
    const urls = [world.platform.url, second?.url ?? world.platform.url];
    const answers = await Promise.all(Array.from({ length: 8 }, (_, at) => world.servers(urls[at % 2])));
    const tokens = new Set(answers.map(({ servers }) => servers.find(({ name }) => name === 'granted')?.headers['Authorization']));
    expect(tokens).toEqual(new Set([`Bearer ${service.given[3]}`]));
    expect(service.tokenRequests.filter((form) => form.get('grant_type') === 'refresh_token')).toHaveLength(1);
    expect((await boss.call<{ connection: Connection }>('POST', `/connections/${id}/test`)).data.connection.health.status).toBe('ok');

    await expire();
    service.revokeAll();
    const after = await world.servers();
    expect(after.servers.map(({ name }) => name)).toEqual(['other']);
    expect(after.problems).toMatchObject([{ name: 'granted', message: expect.stringContaining('connect it again') as string }]);
    expect((await boss.call<Connection>('GET', `/connections/${id}`)).data.auth).toMatchObject({ status: 'reconnect' });
    expect((await finish(boss, await connect(world, id))).data.auth).toMatchObject({ status: 'connected' });
    expect(service.registered).toHaveLength(1);
    await second?.close();
    await world.close();
  });
});

describeStores('B8 authorization servers that are not in order', (stores) => {
  test('B8 no PKCE, metadata of another resource, a server inside, and a forged answer are refused', async () => {
    const world = await open(stores, { pkce: false });
    const { boss } = world;
    const begin = async (id: string): Promise<string | undefined> => (await boss.call('POST', `/connections/${id}/connect`)).error?.message;
    expect(await begin((await make(world)).id)).toContain('PKCE');

    const service = await startOAuthService();
    let metadata: object = {};
    const mcp = await startMcpServer({ admits: () => false, documents: { '/.well-known/oauth-protected-resource': () => metadata } });
    const { id } = await make(world, { name: 'odd', url: mcp.url });
    metadata = service.resourceMetadata('https://mcp.example.com/mcp');
    expect(await begin(id)).toContain('another resource');
    metadata = { resource: mcp.url, authorization_servers: [service.issuer.replace('127.0.0.1', '[::1]')] };
    expect(await begin(id)).toContain('not on the public internet');
    metadata = service.resourceMetadata(new URL(mcp.url).origin);
    const back = await connect({ ...world, service }, id);
    const forged = new URLSearchParams(back.query);
    forged.set('iss', 'https://evil.example.com');
    expect((await finish(boss, { ...back, query: forged.toString() })).error).toMatchObject({
      code: 'upstream_error',
      boundary: 'connection',
    });
    expect(service.tokenRequests).toEqual([]);
    const denied = await connect({ ...world, service }, id);
    const refusal = await finish(boss, {
      ...denied,
      query: new URLSearchParams({ error: 'access_denied', state: denied.state, iss: service.issuer }).toString(),
    });
    expect(refusal.error).toMatchObject({ code: 'forbidden', message: 'the approval was refused there' });
    await mcp.close();
    await service.close();
    await world.close();
  });

  test('B8 D2 a client secret and a grant stay with the server that they belong to', async () => {
    const world = await open(stores);
    const { boss, service, store } = world;
    const other = await startOAuthService();
    let at = service;
    const mcp = await startMcpServer({
      admits: ({ authorization }) => service.admits(authorization),
      documents: { '/.well-known/oauth-protected-resource': () => at.resourceMetadata(new URL(mcp.url).origin) },
    });
    const begin = async (id: string) => await boss.call<{ address: string }>('POST', `/connections/${id}/connect`);
    const auth = { type: 'oauth', clientId: 'by-hand', clientSecret: 'CANARY-client-0b9c4d71f2e6a835' };
    const byHand = await make(world, { name: 'by-hand', url: mcp.url, auth });
    const elsewhere = { url: world.mcp.url };
    expect(await boss.call('PATCH', `/connections/${byHand.id}`, elsewhere)).toMatchObject({
      status: 400,
      error: { message: 'the address leads to another origin' },
    });
    expect((await begin(byHand.id)).status).toBe(200);

    const granted = await make(world, { url: mcp.url });
    await finish(boss, await connect(world, granted.id));
    at = other;
    expect((await begin(byHand.id)).error?.message).toContain('another authorization server');
    expect((await begin(granted.id)).status).toBe(200);
    await store.db.updateTable('connection_oauth').set({ expires_at: 1 }).where('id', '=', granted.id).execute();
    expect((await world.servers()).problems).toContainEqual(
      expect.objectContaining({ name: 'granted', message: 'nobody has connected it yet' }),
    );
    expect(other.tokenRequests).toEqual([]);
    await mcp.close();
    await other.close();
    await world.close();
  });
});
