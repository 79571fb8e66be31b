import { createHash } from 'node:crypto';
import { createPerson } from '@mogplex/server/test/people';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GitHubRelay, startGitHub } from './fakes/github-relay.ts';
import { accessibilityFindings, openBrowser, openPage } from './support/browser.ts';
import { owner, PASSWORD, Person } from './support/person.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { describeStores, type StorePlace } from './support/stores.ts';
import { totp } from './support/totp.ts';

const SECRET = 'github-client-secret-7f3a';

const seed = {
  users: [
    { login: 'olive', name: 'Olive', email: 'owner@example.com' },
    { login: 'ingrid', name: 'Ingrid Invited', email: 'ingrid@example.com' },
    { login: 'mallory', name: 'Mallory', email: 'mallory@example.com' },
    { login: 'nina', name: 'Nina New', email: 'nina@example.com' },
  ],
  repos: Array.from({ length: 34 }, (_, index) => ({ owner: 'olive', name: `tool-${String(index).padStart(2, '0')}`, language: 'Go' })),
};

describeStores('B1 sign-in with GitHub', (stores) => {
  let github: GitHubRelay;
  let platform: TestPlatform;
  let place: StorePlace;
  let browser: Browser;
  let first: Person;

  beforeAll(async () => {
    github = await startGitHub(seed);
    place = await stores.place();
    platform = await startPlatform(place, {
      MOGPLEX_GITHUB_URL: github.url,
      MOGPLEX_GITHUB_CLIENT_ID: 'Iv1.test',
      MOGPLEX_GITHUB_CLIENT_SECRET: SECRET,
    });
    browser = await openBrowser();
    first = await owner(platform);
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.close();
    await github?.close();
  });

  const chooseAt = async (page: Page, login: string): Promise<void> => {
    await page.waitForURL(`${github.url}/**`);
    await page.getByRole('button', { name: login }).first().click();
  };

  /** What GitHub sends the browser back to, once this person chose to go on. */
  const chosenBy = async (login: string, url: string): Promise<URL> => {
    await fetch(url, { redirect: 'manual' });
    const query = new URL(url).searchParams;
    const form = {
      login,
      redirect_uri: `${platform.url}/api/auth/callback/github`,
      scope: query.get('scope') ?? '',
      state: query.get('state') ?? '',
      client_id: 'Iv1.test',
    };
    const answer = await fetch(`${github.url}/login/oauth/callback`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(form),
    });
    return new URL(answer.headers.get('location') ?? '');
  };

  const continueAs = async (page: Page, login: string): Promise<void> => {
    await page.goto(`${platform.url}/sign-in`);
    await page.getByRole('button', { name: 'Continue with GitHub' }).click();
    await chooseAt(page, login);
  };

  test('B1 nobody gets an account by a GitHub account that was not invited', async () => {
    const { page, close } = await openPage(browser);
    await continueAs(page, 'mallory');
    await page.waitForURL(/\/sign-in\?error=signup_disabled/);
    await page.getByText('Nobody has invited this address yet.').waitFor();
    expect(await page.context().cookies()).not.toContainEqual(expect.objectContaining({ name: 'mogplex.session_token' }));
    await close();
  });

  test('B1 a matching address does not take an account over: it must be linked from inside', async () => {
    const { page, close } = await openPage(browser);
    await continueAs(page, 'olive');
    await page.waitForURL(/\/sign-in\?error=account_not_linked/);
    await page.getByText(/then link GitHub in Settings/).waitFor();
    await close();
    expect((await first.call('GET', '/account')).data).toMatchObject({ github: false });
  });

  test('B1 an invited person signs in; state and PKCE are sent and checked; the provider token is sealed', async () => {
    const { data: team } = await first.call<{ id: string }>('POST', '/teams', { name: 'Crew' });
    await first.call('POST', `/teams/${team.id}/invitations`, { email: 'ingrid@example.com', role: 'member' });
    const { page, complaints, close } = await openPage(browser);
    await continueAs(page, 'ingrid');
    await page.waitForURL(`${platform.url}/settings`);
    await page.getByRole('heading', { name: 'Profile' }).waitFor();
    expect(complaints).toEqual([]);
    const challenge = github.authorized?.get('code_challenge');
    const verifier = github.exchanged?.get('code_verifier') ?? '';
    expect(github.authorized?.get('code_challenge_method')).toBe('S256');
    expect(challenge).toBe(createHash('sha256').update(verifier).digest('base64url'));
    expect(github.authorized?.get('state')?.length).toBeGreaterThanOrEqual(32);

    const store = await stores.open(place);
    const linked = await store.db.selectFrom('account').selectAll().where('providerId', '=', 'github').execute();
    expect(linked).toHaveLength(1);
    expect(linked[0]?.accountId).toBe(`${new URL(github.url).host}#${linked[0]?.accountId.split('#')[1]}`);
    expect(linked[0]?.accessToken).toMatch(/^v1\.[0-9a-f]{8}\./);
    const everything = JSON.stringify([linked, await store.db.selectFrom('verification').selectAll().execute()]);
    expect(everything).not.toContain('gho_');
    expect(everything).not.toContain(verifier);
    expect(platform.logged()).not.toContain(SECRET);

    await page.context().clearCookies();
    await continueAs(page, 'ingrid');
    await page.waitForURL(`${platform.url}/settings`);
    await close();
  });

  test('B1 an invitation is accepted by a sign-in with GitHub, and survives the way there and back', async () => {
    const { data: team } = await first.call<{ id: string }>('POST', '/teams', { name: 'Newcomers' });
    const invite = { email: 'nina@example.com', role: 'member' };
    const { data } = await first.call<{ link: string }>('POST', `/teams/${team.id}/invitations`, invite);
    const { page, complaints, close } = await openPage(browser);
    await page.goto(data.link);
    await page.getByRole('button', { name: 'Continue with GitHub' }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Continue with GitHub' }).click();
    await chooseAt(page, 'nina');
    await page.waitForURL(`${platform.url}/invite`);
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.waitForURL(`${platform.url}/settings/teams`);
    await page.getByRole('link', { name: 'Newcomers' }).waitFor();
    const { data: joined } = await first.call<{ members: { email: string }[] }>('GET', `/teams/${team.id}`);
    expect(joined.members.map(({ email }) => email)).toContain('nina@example.com');
    await page.goto(`${platform.url}/invite`);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  test('B1 a callback that another browser started is refused (login CSRF)', async () => {
    const attacker = new Person(platform.url);
    const { data } = await attacker.call<{ url: string }>('POST', '/auth/github', { next: '/settings' });
    const state = new URL(data.url).searchParams.get('state') ?? '';
    const store = await stores.open(place);
    const underWay = JSON.stringify(await store.db.selectFrom('verification').selectAll().execute());
    expect(underWay).not.toContain(state);
    expect(underWay).not.toContain('codeVerifier');
    const callback = (await chosenBy('mallory', data.url)).href;
    for (const url of [callback, callback.replace(state, 'x'.repeat(32)), callback.replace(/&state=.*/, '')]) {
      const victim = new Person(platform.url);
      const answer = await victim.fetch(url, { headers: { 'sec-fetch-site': 'cross-site' } });
      expect(new URL(answer.headers.get('location') ?? '', platform.url).searchParams.get('error')).toBe('state_mismatch');
      expect((await victim.call('GET', '/account')).status).toBe(401);
    }
  });

  test('B1 a code that GitHub gave to another sign-in is worth nothing in this one (PKCE)', async () => {
    const start = async (person: Person): Promise<string> =>
      (await person.call<{ url: string }>('POST', '/auth/github', { next: '/settings' })).data.url;
    // An attacker has an account here, and puts their own code into the sign-in that a victim began.
    const attackers = await chosenBy('ingrid', await start(new Person(platform.url)));
    const victim = new Person(platform.url);
    const begun = await start(victim);
    const injected = new URL(attackers);
    injected.searchParams.set('state', new URL(begun).searchParams.get('state') ?? '');
    const answer = await victim.fetch(injected.href);
    expect(answer.headers.get('location')).toBe('/sign-in?error=failed');
    expect((await victim.call('GET', '/account')).status).toBe(401);
    // The same sign-in with its own code goes through.
    const again = await start(victim);
    await victim.fetch((await chosenBy('ingrid', again)).href);
    expect((await victim.call('GET', '/account')).data).toMatchObject({ email: 'ingrid@example.com' });
  });

  test('B1 a link is completed only by the person who began it: not after their session was ended, nor by who signed in since', async () => {
    const begin = async (): Promise<{ browser: Person; callback: string }> => {
      const browser = new Person(platform.url);
      await browser.signIn('owner@example.com');
      const { data } = await browser.call<{ url: string }>('POST', '/account/github', { next: '/settings/github' });
      return { browser, callback: (await chosenBy('mallory', data.url)).href };
    };
    const refused = async ({ browser, callback }: Awaited<ReturnType<typeof begin>>): Promise<void> => {
      const answer = await browser.fetch(callback);
      expect(answer.headers.get('location')).toBe('/sign-in?error=state_mismatch');
      expect((await first.call('GET', '/account')).data).toMatchObject({ github: false });
    };
    const thrownOut = await begin();
    await first.call('POST', '/sessions/end-others', {});
    await refused(thrownOut);
    const gone = await begin();
    await gone.browser.call('POST', '/auth/sign-out', {});
    await refused(gone);
    const handedOn = await begin();
    const other = await createPerson(await stores.open(place));
    await handedOn.browser.signIn(other.email, other.password);
    await refused(handedOn);
  });

  test('B1 linking is done from inside, once, and cannot be forced on somebody', async () => {
    const { page, close } = await openPage(browser);
    await page.goto(`${platform.url}/sign-in`);
    await page.getByLabel('Email').fill('owner@example.com');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/settings');

    const attacker = new Person(platform.url);
    const { data } = await attacker.call<{ url: string }>('POST', '/auth/github', { next: '/settings' });
    const forced = new URL(`${platform.url}/api/auth/callback/github`);
    forced.search = new URLSearchParams({ code: 'attackers-code', state: new URL(data.url).searchParams.get('state') ?? '' }).toString();
    await page.goto(forced.href);
    await page.waitForURL(/error=state_mismatch/);

    await page.goto(`${platform.url}/settings/github`);
    await page.getByRole('button', { name: 'Link GitHub' }).click();
    await chooseAt(page, 'olive');
    await page.waitForURL(`${platform.url}/settings/github`);
    expect(github.authorized?.get('scope')).not.toMatch(/\brepo\b/);
    await page.getByRole('button', { name: 'Disconnect GitHub' }).waitFor();
    expect((await first.call('GET', '/account')).data).toMatchObject({ github: true });
    await page.getByRole('heading', { name: '@olive at' }).waitFor();

    await page.getByRole('button', { name: 'Let Mogplex see my private repositories' }).click();
    await chooseAt(page, 'olive');
    await page.waitForURL(`${platform.url}/settings/github`);
    expect(github.authorized?.get('scope')).toMatch(/\brepo\b/);
    const rows = page.getByRole('list', { name: 'Repositories' }).getByRole('listitem');
    await expect.poll(() => rows.count()).toBe(30);
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => rows.count()).toBe(34);
    await page.getByLabel('Search').fill('TOOL-07');
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('olive/tool-07')]);
    for (const [width, colorScheme] of [
      [375, 'dark'],
      [1280, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      expect({ width, findings: await accessibilityFindings(page) }).toEqual({ width, findings: [] });
      expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
    }

    await page.context().clearCookies();
    await continueAs(page, 'olive');
    await page.waitForURL(`${platform.url}/settings`);
    await close();
  });

  test('B1 another GitHub account cannot be linked beside the first, and one of somebody else not at all', async () => {
    const { page, close } = await openPage(browser);
    await page.goto(`${platform.url}/sign-in`);
    await page.context().addCookies([...first.cookies].map(([name, value]) => ({ name, value, url: platform.url })));
    for (const [login, words] of [
      ['mallory', 'Another GitHub account is linked'],
      ['ingrid', 'is linked to another Mogplex account'],
    ] as const) {
      const { data } = await first.call<{ url: string }>('POST', '/account/github', { next: '/settings/github' });
      await page.context().addCookies([...first.cookies].map(([name, value]) => ({ name, value, url: platform.url })));
      await page.goto(data.url);
      await chooseAt(page, login);
      await page.waitForURL(`${platform.url}/settings/github?error=*`);
      await page.getByRole('alert').getByText(words).waitFor();
    }
    const store = await stores.open(place);
    expect(await store.db.selectFrom('account').select('id').where('providerId', '=', 'github').execute()).toHaveLength(3);
    await close();
  });

  test('B1 one-time codes are asked for after GitHub too; without the code there is no session', async () => {
    const { data } = await first.call<{ uri: string }>('POST', '/account/two-factor', { password: PASSWORD });
    const key = new URL(data.uri).searchParams.get('secret') ?? '';
    await first.call('POST', '/account/two-factor/verify', { code: totp(key) });
    const { page, complaints, close } = await openPage(browser);
    await page.goto(`${platform.url}/sign-in?next=${encodeURIComponent('/settings/tokens')}`);
    await page.getByRole('button', { name: 'Continue with GitHub' }).click();
    await chooseAt(page, 'olive');
    await page.getByLabel('Code of your authenticator app').waitFor();
    const cookies = await page.context().cookies();
    expect(cookies.map(({ name }) => name)).not.toContain('mogplex.session_token');
    expect(await page.evaluate(async () => (await fetch('/api/v1/mogplex/account')).status)).toBe(401);
    await page.goto(`${platform.url}/settings`);
    await page.waitForURL('**/sign-in?*');
    await page.goto(`${platform.url}/sign-in?step=second-factor&next=${encodeURIComponent('/settings/tokens')}`);
    await page.getByLabel('Code of your authenticator app').fill('000000');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Code of your authenticator app').fill(totp(key, Date.now() + 30_000));
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${platform.url}/settings/tokens`);
    expect(complaints).toEqual([]);
    await close();
    expect((await first.call('DELETE', '/account/two-factor', { password: PASSWORD })).status).toBe(200);
  });

  test('B21 disconnecting forgets the link', async () => {
    expect((await first.call('DELETE', '/account/github')).data).toMatchObject({ status: 'removed' });
    expect((await first.call('DELETE', '/account/github')).status).toBe(404);
    expect((await first.call('GET', '/repos')).data).toMatchObject({ items: [], access: 'none' });
    const store = await stores.open(place);
    const trail = await store.db
      .selectFrom('audit_event')
      .select(['action', 'actor'])
      .where('action', 'like', 'github.%')
      .orderBy('at')
      .execute();
    const { id } = (await first.call<{ id: string }>('GET', '/account')).data;
    expect(trail.flatMap(({ action, actor }) => (actor === id ? [action] : []))).toEqual(['github.linked', 'github.unlinked']);
  });

  test('B1 the way back never leads to another site', async () => {
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      expect((await new Person(platform.url).call('POST', '/auth/github', { next })).status).toBe(400);
    }
  });
});
