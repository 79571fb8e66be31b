import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { owner, PASSWORD, Person } from './support/person.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { describeStores } from './support/stores.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describeStores('B1 accounts and sessions', (stores) => {
  let platform: TestPlatform;
  let first: Person;
  let place: Awaited<ReturnType<typeof stores.place>>;

  beforeAll(async () => {
    place = await stores.place();
    platform = await startPlatform(place);
    first = await owner(platform);
  });
  afterAll(() => platform.close());

  test('B1 the set-up link works once, and there is none once an account exists', async () => {
    expect(await platform.setupLink()).toBeUndefined();
    const again = await new Person(platform.url).call('POST', '/auth/set-up', {
      code: 'x'.repeat(32),
      email: 'evil@example.com',
      password: PASSWORD,
    });
    expect(again).toMatchObject({ status: 410, error: { code: 'gone', boundary: 'account' } });
  });

  test('B1 a password signs in, the cookie is out of reach of scripts, and the body holds no token', async () => {
    const person = new Person(platform.url);
    const answer = await person.signIn('Owner@Example.com ');
    expect(answer.status).toBe(400);
    const right = await person.signIn('Owner@Example.com');
    expect(right).toMatchObject({ status: 200, data: { status: 'signed-in' } });
    const cookie = right.headers.getSetCookie().find((line) => line.startsWith('mogplex.session_token='));
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    const token = decodeURIComponent(person.cookies.get('mogplex.session_token') ?? '').split('.')[0] ?? '';
    expect(token.length).toBeGreaterThan(20);
    expect(JSON.stringify(right.data)).not.toContain(token);
    expect((await person.call('GET', '/apps')).status).toBe(200);
  });

  test('B1 sessions are hashed at rest: the store holds no value that a cookie carries', async () => {
    const store = await stores.open(place);
    const rows = await store.db.selectFrom('session').selectAll().execute();
    const token = decodeURIComponent(first.cookies.get('mogplex.session_token') ?? '').split('.')[0] ?? '';
    expect(rows.map((row) => row.token)).toContain(sha256(token));
    expect(JSON.stringify(rows)).not.toContain(token);
    const stolen = new Person(platform.url);
    stolen.cookies.set('mogplex.session_token', rows[0]?.token ?? '');
    expect((await stolen.call('GET', '/apps')).status).toBe(401);
    expect((await fetch(`${platform.url}/api/v1/mogplex/apps`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });

  test('B5 an unknown account and a wrong password are told apart by nothing', async () => {
    const time = async (email: string): Promise<{ text: string; took: number }> => {
      const person = new Person(platform.url);
      const started = performance.now();
      const { status, error } = await person.signIn(email, 'wrong password wrong');
      const { code, message, hint } = error ?? {};
      return { text: JSON.stringify({ status, code, message, hint }), took: performance.now() - started };
    };
    const known: Awaited<ReturnType<typeof time>>[] = [];
    const unknown: typeof known = [];
    for (let round = 0; round < 5; round++) {
      known.push(await time('owner@example.com'));
      unknown.push(await time('nobody@example.com'));
    }
    expect(new Set([...known, ...unknown].map(({ text }) => text)).size).toBe(1);
    expect(known[0]?.text).toContain('401');
    // The quickest of each shows the work that is done: without the password hash it would be a small fraction.
    const quickest = [known, unknown].map((tries) => Math.min(...tries.map(({ took }) => took)));
    expect(Math.max(...quickest) / Math.min(...quickest)).toBeLessThan(5);
  });

  test('B1 a request that another site makes the browser send is refused on every cookie route', async () => {
    const victim = new Person(platform.url);
    victim.cookies.set('mogplex.session_token', first.cookies.get('mogplex.session_token') ?? '');
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: platform.url, 'sec-fetch-site': 'cross-site' },
    ]) {
      victim.headers = headers;
      expect((await victim.call('POST', '/auth/sign-in', { email: 'owner@example.com', password: PASSWORD })).status).toBe(403);
      expect((await victim.call('POST', '/auth/sign-out', {})).status).toBe(403);
    }
    victim.headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await victim.call('DELETE', '/apps/any')).status).toBe(403);
    expect((await victim.call('POST', '/oauth/request', { query: '', approve: true })).status).toBe(403);
    const form = await victim.fetch('/api/v1/mogplex/auth/sign-in', {
      method: 'POST',
      body: new URLSearchParams({ email: 'owner@example.com', password: PASSWORD }),
      headers: { origin: platform.url, 'sec-fetch-site': 'same-origin' },
    });
    expect(form.status).toBe(415);
    expect((await first.call('GET', '/apps')).status).toBe(200);
  });

  test('B1 signing out ends the session at the platform, not only in the browser', async () => {
    const person = new Person(platform.url);
    await person.signIn('owner@example.com');
    const kept = new Map(person.cookies);
    expect((await person.call('POST', '/auth/sign-out', {})).status).toBe(200);
    for (const [name, value] of kept) person.cookies.set(name, value);
    expect((await person.call('GET', '/apps')).status).toBe(401);
  });

  test('B1 a cookie with a forged signature is nobody', async () => {
    const person = new Person(platform.url);
    await person.signIn('owner@example.com');
    const cookie = person.cookies.get('mogplex.session_token') ?? '';
    person.cookies.set('mogplex.session_token', `${cookie.slice(0, -6)}AAAAA%3D`);
    expect((await person.call('GET', '/apps')).status).toBe(401);
  });
});

describeStores('B1 sign-in throttling', (stores) => {
  test('B1 wrong passwords are throttled, the same for an unknown account, and a restart does not forget', async () => {
    const place = await stores.place();
    let platform = await startPlatform(place);
    await owner(platform);
    for (const email of ['owner@example.com', 'nobody@example.com']) {
      const answers = await Promise.all(Array.from({ length: 12 }, () => new Person(platform.url).signIn(email, 'wrong password wrong')));
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(8);
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused).toHaveLength(4);
      expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(800);
    }
    expect((await new Person(platform.url).signIn('owner@example.com')).status).toBe(429);
    await platform.close();
    platform = await startPlatform(place);
    expect((await new Person(platform.url).signIn('owner@example.com')).status).toBe(429);
    await platform.close();
  });
});

describe('B1 the set-up link', () => {
  test('B1 each start makes the link before it void, and two at once make one owner', async () => {
    const { temporaryFolder } = await import('./support/stores.ts');
    const platform = await startPlatform({ dataDir: await temporaryFolder() });
    const old = new URL((await platform.setupLink()) ?? '').hash.slice(1);
    const code = new URL((await platform.setupLink()) ?? '').hash.slice(1);
    const make = (which: string, email: string) =>
      new Person(platform.url).call('POST', '/auth/set-up', { code: which, email, password: PASSWORD });
    expect((await make(old, 'a@example.com')).status).toBe(410);
    expect((await make(code, 'not an address')).status).toBe(400);
    const answers = await Promise.all(['a@example.com', 'b@example.com', 'c@example.com'].map((email) => make(code, email)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 410, 410]);
    await platform.close();
  });
});
