import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Octokit } from '@octokit/core';
import { paginateRest } from '@octokit/plugin-paginate-rest';
import { createPerson, makeTokenFor } from '@mogplex/server/test/people';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GitHubEnterprise, type GitHubFault, startGitHubEnterprise } from './fakes/github-enterprise.ts';
import { owner, type Person } from './support/person.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { describeStores, type StorePlace } from './support/stores.ts';

interface Page {
  items: { id: string; fullName: string; private: boolean; url: string; defaultBranch: string; permission: string }[];
  nextCursor: string | null;
  access: string;
  hint: string | null;
}

const REPOSITORIES = Array.from({ length: 250 }, (_, index) => ({
  fullName: `${index % 3 === 0 ? 'Crew' : 'olive'}/repo-${String(index).padStart(3, '0')}`,
  private: index % 5 === 0,
}));

const settings = (github: GitHubEnterprise, seconds = '10'): Record<string, string> => ({
  MOGPLEX_GITHUB_URL: github.url,
  MOGPLEX_GITHUB_CLIENT_ID: 'Iv1.fake',
  MOGPLEX_GITHUB_CLIENT_SECRET: 'github-secret-31b4',
  MOGPLEX_GITHUB_SECONDS: seconds,
});

/** Goes to GitHub and back, as a browser does. */
const link = async (person: Person, access?: 'public' | 'all'): Promise<string> => {
  const { data, status } = await person.call<{ url: string }>('POST', '/account/github', {
    next: '/settings/github',
    ...(access === undefined ? {} : { access }),
  });
  expect(status).toBe(200);
  const atGitHub = await fetch(data.url, { redirect: 'manual' });
  const back = await person.fetch(atGitHub.headers.get('location') ?? '', { headers: { 'sec-fetch-site': 'cross-site' } });
  return back.headers.get('location') ?? '';
};

const repos = (person: Person, query = '') => person.call<Page>('GET', `/repos${query}`);

const everything = async (person: Person, query = ''): Promise<Page['items']> => {
  const items: Page['items'] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { data }: { data: Page } = await repos(person, `?limit=40${query}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    items.push(...data.items);
    cursor = data.nextCursor;
  }
  return items;
};

test('B1 the fake speaks GitHub: the vendor client walks its pages and ends a grant', async () => {
  const github = await startGitHubEnterprise();
  github.repositories = REPOSITORIES;
  github.grants.push({ scopes: ['repo', 'read:user'], access: 'gho_test' });
  const client = new (Octokit.plugin(paginateRest))({ baseUrl: `${github.url}/api/v3`, auth: 'gho_test' });
  const rows = await client.paginate('GET /user/repos', { per_page: 100, sort: 'full_name' });
  expect(rows.map(({ full_name: name }) => name).toSorted()).toEqual(REPOSITORIES.map(({ fullName }) => fullName).toSorted());
  expect(github.requests.filter((line) => line.includes('/user/repos'))).toHaveLength(3);
  const first = await client.request('GET /user/repos', { per_page: 100, page: 1 });
  const again = client.request('GET /user/repos', { per_page: 100, page: 1, headers: { 'if-none-match': first.headers.etag ?? '' } });
  await expect(again).rejects.toMatchObject({ status: 304 });
  const basic = Buffer.from('Iv1.fake:github-secret-31b4').toString('base64');
  const app = new Octokit({ baseUrl: `${github.url}/api/v3` });
  const ended = await app.request('DELETE /applications/{client_id}/grant', {
    client_id: 'Iv1.fake',
    access_token: 'gho_test',
    headers: { authorization: `Basic ${basic}` },
  });
  expect(ended.status).toBe(204);
  await expect(client.request('GET /user')).rejects.toMatchObject({ status: 401 });
  await github.close();
});

describeStores('B1 repositories at GitHub', (stores) => {
  let github: GitHubEnterprise;
  let platform: TestPlatform;
  let place: StorePlace;
  let person: Person;
  /** Milliseconds that the platform's clock is ahead. */
  let ahead = 0;

  /** Links anew, at the time that it really is. */
  const relink = async (): Promise<void> => {
    ahead = 0;
    expect(await link(person, 'all')).toBe('/settings/github');
  };

  beforeAll(async () => {
    github = await startGitHubEnterprise();
    github.repositories = REPOSITORIES;
    place = await stores.place();
    platform = await startPlatform(place, settings(github, '2'), () => Date.now() + ahead);
    person = await owner(platform);
  });
  afterAll(async () => {
    await platform?.close();
    await github?.close();
  });

  test('B1 without a link the list is empty and says what to do', async () => {
    expect((await repos(person)).data).toEqual({
      items: [],
      nextCursor: null,
      access: 'none',
      hint: 'Link GitHub in Settings > GitHub to see your repositories.',
    });
    expect((await person.call('GET', '/account/github')).data).toMatchObject({ offered: true, linked: false, access: 'none' });
  });

  test('B1 a plain link asks for no repository scope and shows public ones, page by page, each once', async () => {
    expect(await link(person)).toBe('/settings/github');
    expect(github.asked).not.toContain('repo');
    const seen = await everything(person);
    const open = REPOSITORIES.filter((row) => !row.private).map(({ fullName }) => fullName);
    expect(seen.map(({ fullName }) => fullName).toSorted()).toEqual(open.toSorted());
    expect((await repos(person)).data).toMatchObject({ access: 'public', hint: expect.stringContaining('Settings > GitHub') as string });
    // What GitHub says about itself is not believed: no address of its choice, no control characters.
    expect(seen[0]).toMatchObject({ url: `${github.url}/${seen[0]?.fullName}`, defaultBranch: 'trunk' });
    expect(JSON.stringify(seen)).not.toMatch(/javascript:|\\u001b/);
  });

  test('B1 whoever lets it sees private ones too; a search looks at all of them', async () => {
    expect(await link(person, 'all')).toBe('/settings/github');
    expect(github.asked).toContain('repo');
    expect(await everything(person)).toHaveLength(250);
    const found = await everything(person, '&q=CREW/repo-1');
    expect(found.map(({ fullName }) => fullName)).toEqual(
      REPOSITORIES.map(({ fullName }) => fullName)
        .filter((name) => name.toLowerCase().includes('crew/repo-1'))
        .toSorted(),
    );
    expect((await repos(person, '?q=nothing-like-it')).data).toMatchObject({ items: [], nextCursor: null, access: 'all', hint: null });
    expect((await repos(person, '?cursor=nonsense')).status).toBe(400);
    expect((await person.call('GET', '/account/github')).data).toMatchObject({
      linked: true,
      login: 'olive',
      access: 'all',
      broken: false,
    });
  });

  test('B1 a sign-in with GitHub, which asks for little, does not take that away', async () => {
    const { data } = await person.call<{ url: string }>('POST', '/auth/github', { next: '/settings' });
    const atGitHub = await fetch(data.url, { redirect: 'manual' });
    expect(github.asked).not.toContain('repo');
    await person.fetch(atGitHub.headers.get('location') ?? '');
    expect((await repos(person)).data.access).toBe('all');
  });

  test('B1 asking again costs nothing at GitHub within a minute, then one conditional request a page', async () => {
    await everything(person);
    github.requests.length = 0;
    await everything(person);
    expect(github.requests).toEqual([]);
    ahead += 61_000;
    expect(await everything(person)).toHaveLength(250);
    expect(github.requests.toSorted()).toEqual([1, 2, 3].map((page) => `GET /api/v3/user/repos p${page} 304`));
    github.repositories = REPOSITORIES.map((row) => (row.fullName === 'olive/repo-200' ? { ...row, fullName: 'olive/renamed' } : row));
    ahead += 61_000;
    expect((await everything(person, '&q=renamed')).map(({ fullName }) => fullName)).toEqual(['olive/renamed']);
    github.repositories = REPOSITORIES;
  });

  test('B4 one person does not see what another one linked', async () => {
    const store = await stores.open(place);
    const other = await createPerson(store);
    const { token } = await makeTokenFor(store, { accountId: other.id, scopes: new Set(['read']) });
    const answer = await fetch(`${platform.url}/api/v1/mogplex/repos`, { headers: { authorization: `Bearer ${token}` } });
    expect(await answer.json()).toMatchObject({ data: { items: [], access: 'none' } });
  });

  test.each<[GitHubFault, number, object]>([
    ['primary-limit', 429, { code: 'rate_limited' }],
    ['secondary-limit', 429, { code: 'rate_limited', retryAfter: 17 }],
    ['sso', 403, { code: 'forbidden', hint: expect.stringContaining('single sign-on') as string }],
    ['server-error', 502, { code: 'upstream_error' }],
    ['not-json', 502, { code: 'upstream_error' }],
    ['redirect', 502, { code: 'upstream_error' }],
    ['hang', 504, { code: 'upstream_timeout' }],
  ])('B22 GitHub fails by %s: the boundary is github, and the next request is served', async (fault, status, error) => {
    await relink();
    let called = 0;
    const elsewhere = createServer((_incoming, outgoing) => {
      called += 1;
      outgoing.end('[]');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    github.elsewhere = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    github.fault = fault;
    const answer = await repos(person);
    github.fault = undefined;
    elsewhere.close();
    expect({ status: answer.status, error: answer.error }).toMatchObject({ status, error: { boundary: 'github', ...error } });
    expect(Number(answer.headers.get('retry-after')) > 10).toBe(status === 429);
    expect(called).toBe(0);
    expect((await repos(person)).status).toBe(200);
  });

  test('B21 a link that GitHub refuses says so without asking again, and reconnecting mends it', async () => {
    await relink();
    expect((await repos(person)).status).toBe(200);
    ahead = 61_000;
    github.grants.length = 0;
    const refused = {
      status: 403,
      error: { code: 'forbidden', boundary: 'github', message: expect.stringContaining('reconnect GitHub') as string },
    };
    expect(await repos(person)).toMatchObject(refused);
    github.requests.length = 0;
    expect(await repos(person)).toMatchObject(refused);
    expect((await person.call('GET', '/account/github')).data).toMatchObject({ linked: true, broken: true, login: null });
    expect(github.requests).toEqual([]);
    await relink();
    expect((await person.call('GET', '/account/github')).data).toMatchObject({ linked: true, broken: false, login: 'olive' });
    expect((await repos(person)).data.access).toBe('all');
  });

  test('B1 tokens that expire are renewed in time, once, however many ask; a refused renewal breaks the link', async () => {
    github.expiresIn = 28_800;
    await relink();
    ahead = 28_750_000;
    github.requests.length = 0;
    const answers = await Promise.all(Array.from({ length: 8 }, () => repos(person)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(github.requests.filter((line) => line.includes('access_token'))).toHaveLength(1);
    github.grants.length = 0;
    ahead += 28_800_000;
    expect(await repos(person)).toMatchObject({ status: 403, error: { boundary: 'github' } });
    expect((await person.call('GET', '/account/github')).data).toMatchObject({ linked: true, broken: true });
    github.expiresIn = undefined;
    await relink();
  });

  test('D2 the tokens of GitHub stand nowhere in the clear: not in the store, not in an answer, not in the log', async () => {
    github.expiresIn = 28_800;
    await relink();
    github.expiresIn = undefined;
    const secrets = github.grants.flatMap(({ access, refresh = access }) => [access, refresh]);
    const answers = await Promise.all(
      ['/repos', '/account/github', '/account', '/me', '/sessions'].map(async (path) =>
        JSON.stringify((await person.call('GET', path)).data),
      ),
    );
    const store = await stores.open(place);
    const tables = (await store.db.introspection.getTables()).filter(({ schema = 'public' }) => schema === 'public');
    const rows = await Promise.all(
      tables.map(({ name }) =>
        store.db
          .selectFrom(name as 'user')
          .selectAll()
          .execute(),
      ),
    );
    const everything = [...answers, JSON.stringify(rows), platform.logged()].join('\n');
    expect(secrets.length).toBeGreaterThan(1);
    expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
    // They are kept, sealed.
    const linked = await store.db.selectFrom('account').selectAll().where('providerId', '=', 'github').executeTakeFirstOrThrow();
    expect([linked.accessToken, linked.refreshToken]).toEqual([expect.stringMatching(/^v1\./), expect.stringMatching(/^v1\./)]);
  });

  test('B1 B21 disconnecting ends the grant at GitHub; where GitHub is away it is ended here and says so', async () => {
    expect((await repos(person)).data.items.length).toBeGreaterThan(0);
    expect((await person.call('DELETE', '/account/github')).data).toEqual({ status: 'removed', revoked: true });
    expect(github.grants).toEqual([]);
    expect((await repos(person)).data).toMatchObject({ items: [], access: 'none' });
    await relink();
    github.fault = 'server-error';
    expect((await person.call('DELETE', '/account/github')).data).toEqual({ status: 'removed', revoked: false });
    github.fault = undefined;
    expect((await repos(person)).data).toMatchObject({ items: [], access: 'none' });
    expect(platform.logged()).toContain('a grant at GitHub could not be revoked');
    expect(platform.logged()).not.toMatch(/gho_|ghr_|github-secret-31b4/);
  });

  test('B1 deleting the account ends the grant at GitHub and leaves nothing of it behind', async () => {
    await relink();
    expect(github.grants.length).toBeGreaterThan(0);
    expect((await person.call('DELETE', '/account', { email: 'owner@example.com' })).status).toBe(200);
    expect(github.grants).toEqual([]);
    const store = await stores.open(place);
    expect(await store.db.selectFrom('github_link').selectAll().execute()).toEqual([]);
    expect(await store.db.selectFrom('account').selectAll().where('providerId', '=', 'github').execute()).toEqual([]);
  });
});
