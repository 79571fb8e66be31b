import { Secret } from '@mogplex/credentials';
import { expect, test } from 'vitest';
import { owner, PASSWORD, Person } from './support/person.ts';
import { startPlatform } from './support/platform.ts';
import { createDatabase, temporaryFolder } from './support/stores.ts';

test('B1 D8 two servers on one store share sessions, and an ended one is dead on both at once', async () => {
  const databaseUrl = new Secret(await createDatabase(), 'DATABASE_URL');
  const masterKey = { MOGPLEX_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'), MOGPLEX_PUBLIC_URL: 'http://mogplex.test' };
  const start = async () => startPlatform({ dataDir: await temporaryFolder(), databaseUrl }, masterKey);
  const [left, right] = [await start(), await start()];
  const person = new Person(left.url);
  person.headers = { origin: 'http://mogplex.test', 'sec-fetch-site': 'same-origin' };
  const code = new URL((await right.setupLink()) ?? '').hash.slice(1);
  await person.call('POST', '/auth/set-up', { code, email: 'owner@example.com', password: PASSWORD });
  const elsewhere = new Person(right.url);
  elsewhere.headers = person.headers;
  for (const [name, value] of person.cookies) elsewhere.cookies.set(name, value);
  expect((await elsewhere.call('GET', '/account')).status).toBe(200);

  const device = async () => {
    const started = await fetch(`${left.url}/oauth/device`, { method: 'POST', body: new URLSearchParams({ client_id: 'mogplex-cli' }) });
    const { device_code: deviceCode, user_code: userCode } = (await started.json()) as { device_code: string; user_code: string };
    expect((await elsewhere.call('POST', '/oauth/device-request', { code: userCode, approve: true })).status).toBe(200);
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: deviceCode, client_id: 'mogplex-cli' };
    const poll = (url: string) => fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
    const answers = await Promise.all([poll(left.url), poll(right.url), poll(left.url), poll(right.url)]);
    const granted = answers.filter(({ status }) => status === 200);
    expect(granted).toHaveLength(1);
    return (await granted[0]?.json()) as { access_token: string };
  };
  const { access_token: token } = await device();
  const me = (url: string) => fetch(`${url}/api/v1/mogplex/me`, { headers: { authorization: `Bearer ${token}` } });
  expect((await me(right.url)).status).toBe(200);
  const { data } = await person.call<{ items: { id: string }[] }>('GET', '/apps');
  expect((await person.call('DELETE', `/apps/${data.items[0]?.id}`)).status).toBe(200);
  expect((await me(right.url)).status).toBe(401);
  expect((await person.call('POST', '/auth/sign-out', {})).status).toBe(200);
  expect((await elsewhere.call('GET', '/account')).status).toBe(401);
  await left.close();
  await right.close();
});

test('B1 the address that counts attempts cannot be chosen by the client', async () => {
  const platform = await startPlatform({ dataDir: await temporaryFolder() });
  await owner(platform);
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 9; attempt++) {
    const liar = new Person(platform.url);
    liar.headers['x-forwarded-for'] = `203.0.113.${attempt}`;
    liar.headers['x-mogplex-client-address'] = `198.51.100.${attempt}`;
    statuses.push((await liar.signIn('owner@example.com', 'wrong password wrong')).status);
  }
  expect(statuses).toEqual([...Array.from({ length: 8 }, () => 401), 429]);
  await platform.close();
});

test('B1 behind a trusted proxy each client is counted by itself, and sessions show its address', async () => {
  const platform = await startPlatform({ dataDir: await temporaryFolder() }, { MOGPLEX_TRUSTED_PROXIES: '127.0.0.1' });
  const person = await owner(platform);
  const far = new Person(platform.url);
  far.headers['x-forwarded-for'] = '203.0.113.9';
  expect((await far.signIn('owner@example.com')).status).toBe(200);
  const { data } = await person.call<{ items: { address: string }[] }>('GET', '/sessions');
  expect(data.items.map(({ address }) => address)).toContain('203.0.113.9');
  await platform.close();
});

test('B1 over https the cookies are bound to this very host', async () => {
  const platform = await startPlatform({ dataDir: await temporaryFolder() }, { MOGPLEX_PUBLIC_URL: 'https://mogplex.example' });
  const code = new URL((await platform.setupLink()) ?? '').hash.slice(1);
  const person = new Person(platform.url);
  person.headers = { origin: 'https://mogplex.example', 'sec-fetch-site': 'same-origin' };
  const { headers } = await person.call('POST', '/auth/set-up', { code, email: 'owner@example.com', password: PASSWORD });
  const cookie = headers.getSetCookie().find((line) => line.includes('session_token='));
  expect(cookie).toMatch(/^__Host-mogplex\.session_token=/);
  expect(cookie).toMatch(/; Secure/i);
  expect(cookie).toMatch(/; Path=\/(;|$)/i);
  expect(cookie).not.toMatch(/; Domain/i);
  expect((await person.call('GET', '/account')).status).toBe(200);
  await platform.close();
});

test('B1 an authorization code flood of registrations from one address is slowed down, in a form that OAuth clients read', async () => {
  const platform = await startPlatform({ dataDir: await temporaryFolder() });
  const register = () =>
    fetch(`${platform.url}/oauth/register`, { method: 'POST', body: JSON.stringify({ redirect_uris: ['https://a.example/cb'] }) });
  const answers = await Promise.all(Array.from({ length: 32 }, register));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(2);
  expect(await refused[0]?.json()).toMatchObject({ error: 'temporarily_unavailable' });
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  await platform.close();
});

test('B1 a stranger who fails many passkeys shuts out nobody else', async () => {
  const platform = await startPlatform({ dataDir: await temporaryFolder() }, { MOGPLEX_TRUSTED_PROXIES: '127.0.0.1' });
  const attempt = (address: string) => {
    const person = new Person(platform.url);
    person.headers['x-forwarded-for'] = address;
    const response = { id: 'x', rawId: 'x', type: 'public-key', response: { clientDataJSON: 'x' }, clientExtensionResults: {} };
    return person.call('POST', '/auth/passkey', { response });
  };
  const answers = await Promise.all(Array.from({ length: 50 }, () => attempt('203.0.113.1')));
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
  expect((await attempt('203.0.113.2')).status).toBe(401);
  await platform.close();
});
