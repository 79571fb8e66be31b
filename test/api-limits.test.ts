import { createPerson, makeTokenFor, signIn } from '@mogplex/server/test/people';
import { makeToken } from '@mogplex/protocol';
import { randomBytes } from 'node:crypto';
import { Secret } from '@mogplex/credentials';
import { describe, expect, test } from 'vitest';
import { openLine } from './support/line.ts';
import { startPlatform } from './support/platform.ts';
import { createDatabase, describeStores, openStore, temporaryFolder } from './support/stores.ts';

const API = '/api/v1/mogplex';

const me = (url: string, token: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}${API}/me`, { headers: { authorization: `Bearer ${token}`, ...headers } });

describeStores('B6 rate limits', (stores) => {
  test('B6 a key has its own limit, charged before the handler, and Retry-After is true', async () => {
    const place = await stores.place();
    const platform = await startPlatform(place, { MOGPLEX_RATE_LIMIT: '60' });
    const store = await stores.open(place);
    const person = await createPerson(store);
    const [one, two] = [await makeTokenFor(store, { accountId: person.id }), await makeTokenFor(store, { accountId: person.id })];

    const answers = await Promise.all(Array.from({ length: 70 }, () => me(platform.url, one.token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(60);
    const refused = answers.find(({ status }) => status === 429);
    const seconds = Number(refused?.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(await refused?.json()).toMatchObject({ error: { code: 'rate_limited', boundary: 'request', retryAfter: seconds } });
    // Another route, even one that the token may not call, is refused by the limit first; another key has its own.
    const elsewhere = await fetch(`${platform.url}${API}/tokens`, { method: 'POST', headers: { authorization: `Bearer ${one.token}` } });
    expect(elsewhere.status).toBe(429);
    expect((await me(platform.url, two.token)).status).toBe(200);
    await platform.close();
  });

  test('B6 starts are limited by account, whichever session or key asks', async () => {
    const place = await stores.place();
    const platform = await startPlatform(place, { MOGPLEX_START_LIMIT: '3' });
    const store = await stores.open(place);
    const person = await createPerson(store);
    const make = async (cookie: string): Promise<number> => {
      const response = await fetch(`${platform.url}${API}/tokens`, {
        method: 'POST',
        headers: { cookie, origin: platform.url, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'n', scopes: ['read'], expires: null }),
      });
      return response.status;
    };
    const [one, two] = [await signIn(platform.url, person), await signIn(platform.url, person)];
    expect([await make(one), await make(two), await make(one), await make(two)]).toEqual([201, 201, 201, 429]);
    const other = await createPerson(store);
    expect(await make(await signIn(platform.url, other))).toBe(201);
    await platform.close();
  });

  test('B6 unknown tokens and callers without one are limited by address, which only a trusted proxy can name', async () => {
    const place = await stores.place();
    const plain = await startPlatform(place, { MOGPLEX_ADDRESS_LIMIT: '5' });
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const unknown = (index: number) => me(plain.url, makeToken('mog_', randomBytes), from(`203.0.113.${index}`));
    const statuses: number[] = [];
    for (let index = 0; index < 7; index++) statuses.push((await unknown(index)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    await plain.close();

    const behind = await startPlatform(await stores.place(), { MOGPLEX_ADDRESS_LIMIT: '2', MOGPLEX_TRUSTED_PROXIES: '127.0.0.1' });
    const ask = async (forwarded: string) => (await fetch(`${behind.url}${API}/me`, { headers: from(forwarded) })).status;
    expect([await ask('203.0.113.1'), await ask('203.0.113.1'), await ask('203.0.113.1')]).toEqual([401, 401, 429]);
    // What the client itself put in front of the proxy's entry is not believed.
    expect(await ask('198.51.100.9, 203.0.113.1')).toBe(429);
    expect(await ask('203.0.113.2')).toBe(401);
    await behind.close();
  });

  test('B6 a replay of a start is free, gives the first answer, and does nothing again', async () => {
    const place = await stores.place();
    const platform = await startPlatform(place, { MOGPLEX_RATE_LIMIT: '3' });
    const store = await stores.open(place);
    const person = await createPerson(store);
    const team = await store.db.selectFrom('team').select('id').where('personal_of', '=', person.id).executeTakeFirstOrThrow();
    const cookie = await signIn(platform.url, person);
    const url = `${platform.url}${API}/teams/${team.id}/service-accounts`;
    const send = (key: string, name: string) =>
      fetch(url, {
        method: 'POST',
        headers: { cookie, origin: platform.url, 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ name }),
      });
    const first = await send('key-1', 'robot');
    expect(first.status).toBe(201);
    const text = await first.text();
    for (let index = 0; index < 10; index++) {
      const again = await send('key-1', 'robot');
      expect(again.status).toBe(201);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(await again.text()).toBe(text);
    }
    const other = await send('key-1', 'another');
    expect(other.status).toBe(409);
    expect((await send('k'.repeat(129), 'robot')).status).toBe(400);
    const made = await store.db.selectFrom('service_account').select('id').where('team_id', '=', team.id).execute();
    expect(made).toHaveLength(1);
    expect((await send('key-2', 'robot')).status).toBe(201);
    expect((await send('key-3', 'robot')).status).toBe(201);
    expect((await send('key-4', 'robot')).status).toBe(429);
    expect((await send('key-1', 'robot')).status).toBe(201);
    await platform.close();
  });

  test('B3 a token or an invitation that is asked for twice with one Idempotency-Key is made once, and its secret is kept nowhere', async () => {
    const place = await stores.place();
    const platform = await startPlatform(place);
    const store = await stores.open(place);
    const person = await createPerson(store);
    const cookie = await signIn(platform.url, person);
    const post = async (path: string, key: string, body: object): Promise<{ status: number; text: string }> => {
      const headers = { cookie, origin: platform.url, 'content-type': 'application/json', 'idempotency-key': key };
      const response = await fetch(`${platform.url}${API}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: response.status, text: await response.text() };
    };
    const wanted = { name: 'ci', scopes: ['read'], expires: null };
    const answers = await Promise.all(Array.from({ length: 6 }, () => post('/tokens', 'token-1', wanted)));
    const [made, ...others] = answers.toSorted((a, b) => a.status - b.status);
    expect([made?.status, ...others.map(({ status }) => status)]).toEqual([201, 409, 409, 409, 409, 409]);
    const again = await post('/tokens', 'token-1', wanted);
    expect(again.status).toBe(409);
    expect(JSON.parse(again.text)).toMatchObject({
      error: { code: 'conflict', message: expect.stringContaining('kept nowhere') as string },
    });
    const { token } = (JSON.parse(made?.text ?? '') as { data: { token: string } }).data;
    expect(again.text).not.toContain(token);
    expect(await store.db.selectFrom('token').select('id').where('account_id', '=', person.id).execute()).toHaveLength(1);
    expect(await store.db.selectFrom('idempotency').select(['answer', 'request_hash']).execute()).toEqual([
      { answer: null, request_hash: expect.stringMatching(/^v1\./) as string },
    ]);

    const team = JSON.parse((await post('/teams', 'team-1', { name: 'Crew' })).text) as { data: { id: string } };
    expect(JSON.parse((await post('/teams', 'team-1', { name: 'Crew' })).text)).toEqual(team);
    const invite = { email: 'a@example.com', role: 'member' };
    expect((await post(`/teams/${team.data.id}/invitations`, 'invite-1', invite)).status).toBe(201);
    expect((await post(`/teams/${team.data.id}/invitations`, 'invite-1', invite)).status).toBe(409);
    expect(await store.db.selectFrom('team_invitation').select('id').execute()).toHaveLength(1);
    await platform.close();
  });
});

test('B6 every route that starts or makes something honours an Idempotency-Key', async () => {
  const platform = await startPlatform({ dataDir: await temporaryFolder() });
  const makers = platform.routes.flatMap((route) => (route.kind === 'json' && route.status !== 200 ? [route] : []));
  expect(makers.length).toBeGreaterThan(5);
  expect(makers.filter(({ idempotent }) => !idempotent).map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  await platform.close();
});

describe('B6 several servers', () => {
  test('B6 two servers share one limit', async () => {
    const databaseUrl = new Secret(await createDatabase(), 'DATABASE_URL');
    const place = { dataDir: await temporaryFolder(), databaseUrl };
    const servers = [await startPlatform(place, { MOGPLEX_RATE_LIMIT: '40' }), await startPlatform(place, { MOGPLEX_RATE_LIMIT: '40' })];
    const store = await openStore(place);
    const person = await createPerson(store);
    const { token } = await makeTokenFor(store, { accountId: person.id });
    const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => me(servers[index % 2]?.url ?? '', token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(40);
    await store.close();
    for (const server of servers) await server.close();
  });

  test('B6 with the store down it fails closed with 503 and Retry-After, and comes back by itself', async () => {
    const target = new URL(await createDatabase());
    const line = await openLine(target);
    const dataDir = await temporaryFolder();
    const store = await openStore({ dataDir, databaseUrl: new Secret(target.href, 'DATABASE_URL') });
    const platform = await startPlatform({ dataDir, databaseUrl: new Secret(line.url, 'DATABASE_URL') }, { MOGPLEX_RATE_LIMIT: '60' });
    const person = await createPerson(store);
    const { token } = await makeTokenFor(store, { accountId: person.id });
    expect((await me(platform.url, token)).status).toBe(200);
    await line.cut();
    const down = await me(platform.url, token);
    expect(down.status).toBe(503);
    expect(Number(down.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await down.json()).toMatchObject({ error: { code: 'unavailable', boundary: 'storage' } });
    // Whoever asks, and whatever for: nobody is let through because nobody can count.
    const unknown = { authorization: `Bearer ${makeToken('mog_', randomBytes)}` };
    for (const answer of await Promise.all([
      me(platform.url, '', unknown),
      fetch(`${platform.url}${API}/auth/options`),
      fetch(`${platform.url}${API}/runs`, { method: 'POST', headers: { authorization: `Bearer ${token}` } }),
      fetch(`${platform.url}/oauth/token`, { method: 'POST', body: new URLSearchParams({ client_id: 'mogplex-cli' }) }),
      fetch(`${platform.url}/gateway/openai/v1/models`, { headers: unknown }),
    ])) {
      expect({ url: answer.url, status: answer.status }).toEqual({ url: answer.url, status: 503 });
      expect({ url: answer.url, wait: Number(answer.headers.get('retry-after')) > 0 }).toEqual({ url: answer.url, wait: true });
      await answer.arrayBuffer();
    }
    expect((await fetch(`${platform.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${platform.url}/healthz`)).status).toBe(200);
    await line.mend();
    await expect.poll(async () => (await me(platform.url, token)).status, { timeout: 20_000 }).toBe(200);
    await platform.close();
    await store.close();
    await line.cut();
  });
});
