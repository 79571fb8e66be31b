import { randomBytes } from 'node:crypto';
import { issueTokensFor, makeTokenFor } from '@mogplex/server/test/people';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GitHubEnterprise, startGitHubEnterprise } from './fakes/github-enterprise.ts';
import { makeMogplexHome } from './support/mogplex-home.ts';
import { owner, type Person } from './support/person.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { openStore, type StorePlace, temporaryFolder } from './support/stores.ts';

describe('B1 mogplex repos', () => {
  let github: GitHubEnterprise;
  let platform: TestPlatform;
  let place: StorePlace;
  let person: Person;
  let accountId: string;

  beforeAll(async () => {
    github = await startGitHubEnterprise();
    github.repositories = Array.from({ length: 130 }, (_, index) => ({ fullName: `olive/tool-${100 + index}`, private: index === 0 }));
    place = { dataDir: await temporaryFolder() };
    platform = await startPlatform(place, {
      MOGPLEX_GITHUB_URL: github.url,
      MOGPLEX_GITHUB_CLIENT_ID: 'Iv1.fake',
      MOGPLEX_GITHUB_CLIENT_SECRET: 'github-secret-31b4',
    });
    person = await owner(platform);
    accountId = (await person.call<{ id: string }>('GET', '/account')).data.id;
  });
  afterAll(async () => {
    await platform?.close();
    await github?.close();
  });

  const tokenEnv = async (): Promise<Record<string, string>> => {
    const store = await openStore(place);
    const { token } = await makeTokenFor(store, { accountId, scopes: new Set(['read']) });
    await store.close();
    return { MOGPLEX_API_KEY: token, MOGPLEX_URL: platform.url };
  };

  test('B1 mogplex repos list: a hint without a link, then every page, a search, JSON lines', async () => {
    await using home = await makeMogplexHome();
    const env = await tokenEnv();
    expect(await home.run(['repos', 'list'], env)).toEqual({
      code: 0,
      stdout: '',
      stderr: 'Link GitHub in Settings > GitHub to see your repositories.\n',
    });
    const { data } = await person.call<{ url: string }>('POST', '/account/github', { next: '/settings/github', access: 'all' });
    const atGitHub = await fetch(data.url, { redirect: 'manual' });
    await person.fetch(atGitHub.headers.get('location') ?? '');

    const all = await home.run(['repos', 'list'], env);
    expect(all).toMatchObject({ code: 0, stderr: '' });
    const lines = all.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(130);
    expect(lines[0]).toMatch(/^olive\/tool-100 +private +write +trunk/);
    const found = await home.run(['repos', 'list', 'TOOL-22', '--json'], env);
    const rows = found.stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { fullName: string }).fullName);
    expect(rows).toEqual(Array.from({ length: 10 }, (_, index) => `olive/tool-${220 + index}`));
    expect((await person.call('DELETE', '/account/github')).status).toBe(200);
  });

  test('B22 a link that GitHub refuses ends with what to do and exit status 65', async () => {
    await using home = await makeMogplexHome();
    const env = await tokenEnv();
    const { data } = await person.call<{ url: string }>('POST', '/account/github', { next: '/settings/github' });
    const atGitHub = await fetch(data.url, { redirect: 'manual' });
    await person.fetch(atGitHub.headers.get('location') ?? '');
    github.grants.length = 0;
    const { code, stdout, stderr } = await home.run(['repos', 'list'], env);
    expect({ code, stdout }).toEqual({ code: 65, stdout: '' });
    expect(stderr).toMatch(/reconnect GitHub[\s\S]*Settings > GitHub[\s\S]*req_/);
  });

  test('A8 A16 a terminal that was ended in Settings is told so at its next call, and what to do', async () => {
    await using home = await makeMogplexHome();
    const store = await openStore(place);
    const tokens = await issueTokensFor(store, accountId);
    await store.close();
    const login = {
      origin: platform.url,
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      expiresAt: Date.now() + 3_600_000,
      email: 'owner@example.com',
      clientId: 'mogplex-cli',
    };
    await home.storeAuth({ mogplex: login });
    expect(await home.run(['repos', 'list'])).toMatchObject({ code: 65 });
    const apps = await person.call<{ items: { id: string }[] }>('GET', '/apps');
    expect(apps.data.items).toHaveLength(1);
    expect((await person.call('DELETE', `/apps/${apps.data.items[0]?.id}`)).status).toBe(200);
    for (const args of [
      ['repos', 'list'],
      ['exec', '--model', 'openai/gpt-5', randomBytes(4).toString('hex')],
    ]) {
      const { code, stdout, stderr } = await home.run(args);
      expect({ args, code, stdout }).toEqual({ args, code: 64, stdout: '' });
      expect(stderr).toContain('the platform has ended this account login');
      expect(stderr).toContain('mogplex login');
      expect(stderr).not.toMatch(/mog_[ar]t_/);
    }
  });
});
