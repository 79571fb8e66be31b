import { connect } from 'node:net';
import { createPerson, makeTokenFor, signIn } from '@mogplex/server/test/people';
import { describe, expect, test } from 'vitest';
import { owner, PASSWORD, Person } from './support/person.ts';
import { startPlatform } from './support/platform.ts';
import { describeStores, openStore, temporaryFolder } from './support/stores.ts';

const API = '/api/v1/mogplex';

/** What may keep the id of an account that is gone: who did what, and what it cost. A revoked token is kept as such, a limit for its minute. */
const KEEPS = new Set(['audit_event', 'token', 'model_ledger', 'model_credit', 'model_alerts', 'model_reservations', 'rate_limit']);

describeStores('B1 B3 accounts under attack', (stores) => {
  test('B1 B3 a deleted account leaves nothing that opens anything: no key, no machine of its teams, no row', async () => {
    const place = await stores.place();
    const platform = await startPlatform(place);
    const person = await owner(platform);
    const { id } = (await person.call<{ id: string }>('GET', '/account')).data;
    const teams = await person.call<{ items: { id: string }[] }>('GET', '/teams');
    const shared = (await person.call<{ id: string }>('POST', '/teams', { name: 'Alone' })).data.id;
    const tokens: string[] = [];
    for (const team of [teams.data.items[0]?.id ?? '', shared]) {
      const machine = (await person.call<{ id: string }>('POST', `/teams/${team}/service-accounts`, { name: 'robot' })).data.id;
      const wanted = { name: 'ci', scopes: ['read', 'write'], expires: null, serviceAccountId: machine };
      tokens.push((await person.call<{ token: string }>('POST', '/tokens', wanted)).data.token);
    }
    tokens.push((await person.call<{ token: string }>('POST', '/tokens', { name: 'own', scopes: ['read'], expires: null })).data.token);
    await person.call('PUT', '/api-keys/openai', { key: `sk-proj-${'a1B2c3D4'.repeat(6)}` });
    await person.call('PUT', '/models/exclusions', { repository: 'a/b', model: 'openai/gpt-5' });
    await person.call('POST', `/teams/${shared}/invitations`, { email: 'z@example.com', role: 'member' });
    const use = async (token: string): Promise<number> =>
      (await fetch(`${platform.url}${API}/me`, { headers: { authorization: `Bearer ${token}` } })).status;
    for (const token of tokens) expect(await use(token)).toBe(200);

    expect((await person.call('DELETE', '/account', { email: 'owner@example.com' })).status).toBe(200);
    for (const token of tokens) expect(await use(token)).toBe(401);
    const store = await stores.open(place);
    const left: string[] = [];
    for (const { name, schema = 'public' } of await store.db.introspection.getTables()) {
      if (KEEPS.has(name) || schema !== 'public') continue;
      const rows = await store.db
        .selectFrom(name as 'user')
        .selectAll()
        .execute();
      const text = JSON.stringify(rows);
      for (const trace of [id, shared, 'owner@example.com']) if (text.includes(trace)) left.push(`${name}: ${trace}`);
    }
    expect(left).toEqual([]);
    await platform.close();
  });

  test('B1 of many changes to one address at once, one wins and the others are told', async () => {
    const place = await stores.place();
    const platform = await startPlatform(place);
    const store = await stores.open(place);
    const people = await Promise.all(Array.from({ length: 6 }, () => createPerson(store)));
    const cookies = await Promise.all(people.map((person) => signIn(platform.url, person)));
    const change = async (index: number): Promise<number> => {
      const response = await fetch(`${platform.url}${API}/account/email`, {
        method: 'POST',
        headers: { cookie: cookies[index] ?? '', origin: platform.url, 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'Wanted@example.com', password: people[index]?.password }),
      });
      return response.status;
    };
    const statuses = await Promise.all(people.map((_person, index) => change(index)));
    expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 409, 409, 409, 409, 409]);
    await platform.close();
  });

  test('B1 whoever is taken out of a team, or made less in it, leaves no invitation of theirs behind', async () => {
    const place = await stores.place();
    const platform = await startPlatform(place);
    const first = await owner(platform);
    const team = (await first.call<{ id: string }>('POST', '/teams', { name: 'Crew' })).data.id;
    const join = async (by: Person, email: string, role: string): Promise<Person> => {
      const { data } = await by.call<{ link: string }>('POST', `/teams/${team}/invitations`, { email, role });
      const person = new Person(platform.url);
      const code = new URL(data.link).hash.slice(1);
      expect((await person.call('POST', '/invitations/accept', { code, password: PASSWORD, name: 'New' })).status).toBe(200);
      return person;
    };
    for (const [email, end] of [
      ['one@example.com', (id: string) => first.call('DELETE', `/teams/${team}/members/${id}`)],
      ['two@example.com', (id: string) => first.call('PATCH', `/teams/${team}/members/${id}`, { role: 'member' })],
    ] as const) {
      const admin = await join(first, email, 'admin');
      const { data } = await admin.call<{ link: string }>('POST', `/teams/${team}/invitations`, { email: `back-${email}`, role: 'admin' });
      const { id } = (await admin.call<{ id: string }>('GET', '/account')).data;
      expect((await end(id)).status).toBe(200);
      const code = new URL(data.link).hash.slice(1);
      expect((await new Person(platform.url).call('POST', '/invitations/accept', { code, password: PASSWORD })).status).toBe(410);
    }
    await platform.close();
  });

  test('B1 whoever is taken out of a team while they invite somebody leaves no invitation behind', async () => {
    const place = await stores.place();
    const platform = await startPlatform(place);
    const store = await stores.open(place);
    const [boss, admin] = [await createPerson(store), await createPerson(store)];
    const [first, second] = [new Person(platform.url), new Person(platform.url)];
    await first.signIn(boss.email, boss.password);
    await second.signIn(admin.email, admin.password);
    for (let round = 0; round < 10; round++) {
      const team = (await first.call<{ id: string }>('POST', '/teams', { name: 'Crew' })).data.id;
      await store.db.insertInto('team_member').values({ team_id: team, user_id: admin.id, role: 'admin', created_at: 1 }).execute();
      const invite = (index: number) =>
        second.call('POST', `/teams/${team}/invitations`, { email: `p${index}@example.com`, role: 'admin' });
      await Promise.all([invite(1), invite(2), first.call('DELETE', `/teams/${team}/members/${admin.id}`), invite(3), invite(4)]);
      const left = await store.db.selectFrom('team_invitation').select('id').where('team_id', '=', team).execute();
      expect({ round, left }).toEqual({ round, left: [] });
    }
    await platform.close();
  });

  test('B1 two owners who take each other out at once leave one', async () => {
    const place = await stores.place();
    const platform = await startPlatform(place);
    const store = await stores.open(place);
    const [a, b] = [await createPerson(store), await createPerson(store)];
    const cookies = { a: await signIn(platform.url, a), b: await signIn(platform.url, b) };
    const call = (cookie: string, method: string, path: string, body?: object): Promise<Response> =>
      fetch(`${platform.url}${API}${path}`, {
        method,
        headers: { cookie, origin: platform.url, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
    for (let round = 0; round < 8; round++) {
      const made = (await (await call(cookies.a, 'POST', '/teams', { name: 'Pair' })).json()) as { data: { id: string } };
      const { id } = made.data;
      await store.db.insertInto('team_member').values({ team_id: id, user_id: b.id, role: 'owner', created_at: 1 }).execute();
      const path = (who: string): string => `/teams/${id}/members/${who}`;
      await Promise.all(
        round % 2 === 0
          ? [call(cookies.a, 'DELETE', path(b.id)), call(cookies.b, 'DELETE', path(a.id))]
          : [call(cookies.a, 'PATCH', path(b.id), { role: 'viewer' }), call(cookies.b, 'PATCH', path(a.id), { role: 'viewer' })],
      );
      const owners = await store.db
        .selectFrom('team_member')
        .select('user_id')
        .where('team_id', '=', id)
        .where('role', '=', 'owner')
        .execute();
      expect(owners).toHaveLength(1);
    }
    await platform.close();
  });
});

describe('B1 B22 the wire under attack', () => {
  test('B1 no route changes anything for a cookie that another site made the browser send', async () => {
    const place = { dataDir: await temporaryFolder() };
    const platform = await startPlatform(place);
    const store = await openStore(place);
    const cookie = await signIn(platform.url, await createPerson(store));
    await store.close();
    const let_in: string[] = [];
    const routes = platform.routes.filter(({ method, path }) => method !== 'GET' && method !== 'ALL' && path.startsWith(API));
    expect(routes.length).toBeGreaterThan(40);
    for (const { method, path } of routes) {
      if (path.endsWith('/secret-scanning') || path.endsWith('/invitations/preview')) continue;
      for (const site of [
        { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
        { origin: 'null', 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { 'sec-fetch-site': 'none' },
      ] as Record<string, string>[]) {
        const response = await fetch(platform.url + path.replaceAll(/:\w+/g, 'x'), {
          method,
          headers: { cookie, 'content-type': 'application/json', ...site },
          body: '{}',
        });
        if (response.status !== 403) let_in.push(`${method} ${path} from ${JSON.stringify(site)}: ${response.status}`);
        await response.arrayBuffer();
      }
    }
    expect(let_in).toEqual([]);
    await platform.close();
  });

  test('B1 every page and every answer carries its policy; over https also that it stays there', async () => {
    const plain = await startPlatform({ dataDir: await temporaryFolder() });
    const secure = await startPlatform({ dataDir: await temporaryFolder() }, { MOGPLEX_PUBLIC_URL: 'https://mogplex.example' });
    for (const { path } of plain.routes.filter(({ method }) => method === 'GET')) {
      const target = path.replaceAll(/:\w+/g, 'x').replace('*', 'x');
      const response = await fetch(plain.url + target, { redirect: 'manual' });
      const policy = response.headers.get('content-security-policy') ?? '';
      expect({ path, policy }).toEqual({ path, policy: expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/s) as string });
      expect({ path, unsafe: policy.includes('unsafe') }).toEqual({ path, unsafe: false });
      expect({ path, sniff: response.headers.get('x-content-type-options') }).toEqual({ path, sniff: 'nosniff' });
      expect({ path, hsts: response.headers.get('strict-transport-security') }).toEqual({ path, hsts: null });
      const over = await fetch(secure.url + target, { redirect: 'manual' });
      expect({ path, hsts: over.headers.get('strict-transport-security') }).toEqual({ path, hsts: 'max-age=31536000' });
      await Promise.all([response.arrayBuffer(), over.arrayBuffer()]);
    }
    await secure.close();
    await plain.close();
  });

  test('B22 requests that two parsers would read differently are refused, and end the connection', async () => {
    const place = { dataDir: await temporaryFolder() };
    const platform = await startPlatform(place);
    const { hostname, port } = new URL(platform.url);
    const raw = (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        let answer = '';
        const socket = connect(Number(port), hostname, () => socket.write(text));
        socket.setEncoding('latin1').on('data', (part: string) => (answer += part));
        socket.on('error', reject).on('close', () => resolve(answer));
        socket.setTimeout(5_000, () => socket.destroy());
      });
    const post = `POST ${API}/auth/sign-out HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
    const smuggled = 'GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n';
    for (const wire of [
      `${post}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
      `${post}content-length: 2\r\ncontent-length: 40\r\n\r\n{}${smuggled}`,
      `${post}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n${smuggled}`,
      `${post}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
      `${post}content-length : 2\r\n\r\n{}${smuggled}`,
      `${post}content-length: +2\r\n\r\n{}${smuggled}`,
      `${post}x-a: b\nx-c: d\r\ncontent-length: 2\r\n\r\n{}`,
    ]) {
      const answer = await raw(wire);
      expect({ wire, answer: answer.slice(0, 12) }).toEqual({ wire, answer: 'HTTP/1.1 400' });
      expect(answer).not.toContain('openapi');
    }
    expect((await fetch(`${platform.url}/healthz`)).status).toBe(200);
    await platform.close();
  });

  test('B1 nothing that a stranger sends ends up in a header of an answer', async () => {
    const platform = await startPlatform({ dataDir: await temporaryFolder() });
    const evil = '%0d%0aset-cookie:%20evil=1';
    for (const path of [
      `/oauth/authorize?client_id=mogplex-cli&redirect_uri=http://127.0.0.1:1/callback&state=${evil}`,
      `/oauth/authorize?client_id=${evil}&x=${evil}`,
      `/api/auth/callback/github?state=${evil}&error=${evil}`,
      `/settings/${evil}`,
      `/${evil}`,
    ]) {
      const response = await fetch(platform.url + path, { redirect: 'manual', headers: { 'x-request-id': 'a b"c' } });
      expect({ path, cookie: response.headers.get('set-cookie') }).toEqual({ path, cookie: null });
      expect(response.headers.get('x-request-id')).toMatch(/^req_[\w-]+$/);
      await response.arrayBuffer();
    }
    await platform.close();
  });

  test('B5 a session cookie in the place of a token, and a token in the place of a cookie, open nothing', async () => {
    const place = { dataDir: await temporaryFolder() };
    const platform = await startPlatform(place);
    const store = await openStore(place);
    const person = await createPerson(store);
    const cookie = await signIn(platform.url, person);
    const { token } = await makeTokenFor(store, { accountId: person.id });
    await store.close();
    const value = decodeURIComponent(cookie.split('=').slice(1).join('='));
    for (const headers of [
      { authorization: `Bearer ${value}` },
      { authorization: `Bearer ${value.split('.')[0]}` },
      { cookie: `mogplex.session_token=${token}` },
      { cookie: `mogplex.session_token=${encodeURIComponent(`${value.split('.')[0]}.${'A'.repeat(43)}=`)}` },
      { cookie, authorization: 'Bearer wrong' },
      { cookie, authorization: 'Basic x' },
    ] as Record<string, string>[]) {
      expect((await fetch(`${platform.url}${API}/me`, { headers })).status).toBe(401);
    }
    expect((await fetch(`${platform.url}${API}/me?access_token=${token}`)).status).toBe(401);
    await platform.close();
  });
});
