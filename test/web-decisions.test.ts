import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFindings, openBrowser, openPage } from './support/browser.ts';
import { owner, PASSWORD, type Person } from './support/person.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { temporaryFolder } from './support/stores.ts';
import { totp } from './support/totp.ts';

const HOSTILE = '<img src=x onerror="document.title=1">\u202e';

let platform: TestPlatform;
let browser: Browser;
let person: Person;
let callback: Server;
const called: URL[] = [];

const callbackUrl = (): string => `http://127.0.0.1:${(callback.address() as AddressInfo).port}/callback`;

beforeAll(async () => {
  platform = await startPlatform({ dataDir: await temporaryFolder() });
  person = await owner(platform);
  browser = await openBrowser();
  callback = createServer((incoming, outgoing) => {
    if (incoming.url?.startsWith('/callback')) called.push(new URL(incoming.url, callbackUrl()));
    outgoing.end('back in the terminal');
  });
  await new Promise<void>((resolve) => {
    callback.listen(0, '127.0.0.1', resolve);
  });
});

afterAll(async () => {
  await browser?.close();
  callback?.close();
  await platform?.close();
});

const signIn = async (page: Page, email = 'owner@example.com'): Promise<void> => {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
};

/** axe-core on the page as it stands: narrow and dark, wide and light. */
const expectAccessible = async (page: Page): Promise<void> => {
  for (const { width, colorScheme } of [
    { width: 375, colorScheme: 'dark' },
    { width: 1280, colorScheme: 'light' },
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    expect({ width, colorScheme, findings: await accessibilityFindings(page) }).toEqual({ width, colorScheme, findings: [] });
    expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  }
};

const request = (clientId: string, verifier: string, extra: Record<string, string> = {}): string => {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: callbackUrl(),
    response_type: 'code',
    scope: 'read write',
    state: 'st',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...extra,
  });
  return `${platform.url}/oauth/authorize?${query}`;
};

describe('A8 the pages where a person decides', () => {
  test('A8 the terminal names its machine, the person signs in and allows, and the code goes to the loopback callback', async () => {
    const { page, complaints, close } = await openPage(browser);
    const verifier = randomBytes(32).toString('base64url');
    await page.goto(request('mogplex-cli', verifier, { device_name: 'build-host' }));
    await page.waitForURL('**/sign-in?next=*');
    await signIn(page);
    await page.getByText('build-host').waitFor();
    await page.getByText('owner@example.com').first().waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Allow' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('back in the terminal').waitFor();
    const answer = called.pop();
    expect(Object.fromEntries(answer?.searchParams ?? [])).toMatchObject({ state: 'st', iss: platform.url });
    expect(complaints).toEqual([]);

    await page.goto(request('mogplex-cli', verifier));
    await page.getByRole('button', { name: 'Refuse' }).click();
    await page.getByText('back in the terminal').waitFor();
    expect(called.pop()?.searchParams.get('error')).toBe('access_denied');
    await close();
  });

  test('A8 the name that a stranger gave an application is text, marked as unchecked, and is asked about every time', async () => {
    const registered = await fetch(`${platform.url}/oauth/register`, {
      method: 'POST',
      body: JSON.stringify({ client_name: HOSTILE, redirect_uris: [callbackUrl()], token_endpoint_auth_method: 'none' }),
    });
    const { client_id: clientId } = (await registered.json()) as { client_id: string };
    const { page, complaints, close } = await openPage(browser);
    for (let round = 0; round < 2; round++) {
      await page.goto(request(clientId, 'v'.repeat(43), { device_name: HOSTILE }));
      if (round === 0) {
        await page.waitForURL('**/sign-in?next=*');
        await signIn(page);
      }
      await page.getByText(/nobody has checked its name/).waitFor();
      await page.getByText('<img src=x onerror="document.title=1">').first().waitFor();
      expect(await page.title()).not.toBe('1');
      if (round === 0) await expectAccessible(page);
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.getByText('back in the terminal').waitFor();
      expect(called.pop()?.searchParams.get('code')).toMatch(/^[\w-]{43}$/);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  test('A8 an application that is a page of another origin registers and gets its token; no other answer is open to it', async () => {
    const { page, close } = await openPage(browser);
    await page.goto(callbackUrl());
    called.length = 0;
    const found = await page.evaluate(async (url) => {
      const json = { 'content-type': 'application/json' };
      const mcp = { 'mcp-protocol-version': '2025-11-25' };
      const metadata = (await (await fetch(`${url}/.well-known/oauth-authorization-server`, { headers: mcp })).json()) as Record<
        string,
        string
      >;
      const body = JSON.stringify({ redirect_uris: [`${location.origin}/callback`] });
      const registered = await fetch(metadata['registration_endpoint'] ?? '', { method: 'POST', headers: json, body });
      const { client_id: id, client_secret: secret } = (await registered.json()) as Record<string, string>;
      const form = new URLSearchParams({ grant_type: 'authorization_code', code: 'x', redirect_uri: 'x', code_verifier: 'x' });
      const authorization = `Basic ${btoa(`${id}:${secret}`)}`;
      const refused = await fetch(metadata['token_endpoint'] ?? '', { method: 'POST', headers: { authorization }, body: form });
      const { error } = (await refused.json()) as Record<string, string>;
      const closed = await fetch(`${url}/api/v1/mogplex/me`).then(
        () => 'open',
        () => 'closed',
      );
      return { registered: registered.status, error, closed };
    }, platform.url);
    expect(found).toEqual({ registered: 201, error: 'invalid_grant', closed: 'closed' });
    await close();
  });

  test('A8 an address that the application did not register is never followed', async () => {
    const { page, close } = await openPage(browser);
    await page.goto(`${platform.url}/sign-in`);
    await signIn(page);
    await page.waitForURL('**/settings');
    await page.goto(request('mogplex-cli', 'v', { redirect_uri: 'https://evil.example/callback' }));
    await page.getByText(/did not register/).waitFor();
    expect(new URL(page.url()).origin).toBe(platform.url);
    await close();
  });

  test('A8 a device code: the page shows the code, the machine and where it came from; allowing connects the terminal', async () => {
    const form = { client_id: 'mogplex-cli', scope: 'read', device_name: 'ci-runner' };
    const started = await fetch(`${platform.url}/oauth/device`, { method: 'POST', body: new URLSearchParams(form) });
    const device = (await started.json()) as { user_code: string; device_code: string; verification_uri_complete: string };
    const { page, complaints, close } = await openPage(browser);
    await page.goto(device.verification_uri_complete);
    await page.waitForURL('**/sign-in?next=*');
    await signIn(page);
    await page.waitForURL('**/device?*');
    expect(await page.getByLabel('Code that the terminal shows').inputValue()).toBe(device.user_code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText(/ci-runner \(127\.0\.0\.1\)/).waitFor();
    await page.getByText(device.user_code).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: 'Connected' }).waitFor();
    await page.goto(`${platform.url}/settings/apps`);
    const tokens = await fetch(`${platform.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: device.device_code,
        client_id: 'mogplex-cli',
      }),
    });
    const { access_token: token } = (await tokens.json()) as { access_token: string };
    await page.reload();
    await page.getByText('ci-runner').first().waitFor();
    await expectAccessible(page);
    const list = await person.call<{ items: { id: string; deviceName: string | null }[] }>('GET', '/apps');
    expect(list.data.items.some(({ deviceName }) => deviceName === 'ci-runner')).toBe(true);
    await page.getByRole('button', { name: /^End .*ci-runner/ }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'End' }).click();
    await page.getByText('ci-runner').first().waitFor({ state: 'detached' });
    const refused = await fetch(`${platform.url}/api/v1/mogplex/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(refused.status).toBe(401);
    expect(complaints).toEqual([]);
    await close();
  });
});

describe('B1 invitations and one-time codes on the pages', () => {
  test('B1 an invited person makes an account by the link, sets up one-time codes, and signs in with one', async () => {
    const { data: team } = await person.call<{ id: string }>('POST', '/teams', { name: HOSTILE });
    const { data } = await person.call<{ link: string }>('POST', `/teams/${team.id}/invitations`, {
      email: 'new@example.com',
      role: 'member',
    });
    const { page, complaints, close } = await openPage(browser);
    await page.goto(data.link);
    await page.getByRole('heading', { name: /^Join <img/ }).waitFor();
    await expectAccessible(page);
    await page.getByLabel('Your name').fill('New Person');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Make an account and join' }).click();
    await page.waitForURL('**/settings/teams');

    await page.goto(`${platform.url}/settings/security`);
    await page.getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set it up' }).click();
    const secret = (await page.locator('code').first().textContent()) ?? '';
    await expectAccessible(page);
    await page.getByLabel('Code that the app shows').fill(totp(secret));
    await page.getByRole('button', { name: 'Turn it on' }).click();
    await page.getByRole('button', { name: 'Turn it off' }).waitFor();

    await page.context().clearCookies();
    await page.goto(`${platform.url}/sign-in`);
    await signIn(page, 'new@example.com');
    await page.getByRole('heading', { name: 'One more step' }).waitFor();
    await expectAccessible(page);
    await page.getByLabel('Code of your authenticator app').fill('000000');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('the code is wrong or was used before').waitFor();
    await page.getByLabel('Code of your authenticator app').fill(totp(secret, Date.now() + 30_000));
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL('**/settings');
    expect(complaints).toEqual([]);
    await close();
  });
});

describe('B1 teams and the profile on the pages', () => {
  const joined = async (
    email: string,
    role: string,
  ): Promise<{ teamId: string; page: Page; close: () => Promise<void>; complaints: string[] }> => {
    const { data: team } = await person.call<{ id: string }>('POST', '/teams', { name: `Team of ${email}` });
    const { data } = await person.call<{ link: string }>('POST', `/teams/${team.id}/invitations`, { email, role });
    const opened = await openPage(browser);
    await opened.page.goto(data.link);
    await opened.page.getByLabel('Your name').fill('Joined Person');
    await opened.page.getByLabel('Password').fill(PASSWORD);
    await opened.page.getByRole('button', { name: 'Make an account and join' }).click();
    await opened.page.waitForURL('**/settings/teams');
    return { teamId: team.id, ...opened };
  };

  test('B1 a team is made, somebody is invited by a link that is shown once, and taken out again', async () => {
    const { page, complaints, close } = await openPage(browser);
    await page.goto(`${platform.url}/sign-in`);
    await signIn(page);
    await page.waitForURL('**/settings');
    await page.goto(`${platform.url}/settings/teams`);
    await page.getByLabel('Name of the team').fill('Rocket crew');
    await page.getByRole('button', { name: 'Make the team' }).click();
    await page.getByRole('link', { name: 'Rocket crew' }).click();
    await page.getByLabel('Email of the person').fill('guest@example.com');
    await page.getByRole('button', { name: 'Make an invitation link' }).click();
    await page.getByText(/\/invite#/).waitFor();
    await expectAccessible(page);
    await page.reload();
    await page.getByText('guest@example.com').waitFor();
    expect(await page.content()).not.toContain('/invite#');
    await page.getByRole('button', { name: /Withdraw .*guest@example.com/ }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText('No invitation is open.').waitFor();
    await page.getByRole('button', { name: /^Leave/ }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click();
    await page.getByText('the last owner cannot leave the team').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test("B3 B21 a team's machine gets a token in Settings, and loses it there", async () => {
    const { data: team } = await person.call<{ id: string }>('POST', '/teams', { name: 'Machines' });
    const { page, complaints, close } = await openPage(browser);
    await page.goto(`${platform.url}/sign-in`);
    await signIn(page);
    await page.waitForURL('**/settings');
    await page.goto(`${platform.url}/settings/teams/${team.id}`);
    await page.getByLabel('Name of the service account').fill('build server');
    await page.getByRole('button', { name: 'Make a service account' }).click();
    await page.getByRole('link', { name: 'build server' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'build server' }).click();
    const makeToken = async (name: string): Promise<() => Promise<Response>> => {
      await page.getByLabel('Name').fill(name);
      await page.getByRole('button', { name: 'Make the token' }).click();
      await page.getByText(name, { exact: true }).waitFor();
      const token = (await page.locator('output code').textContent()) ?? '';
      return () => fetch(`${platform.url}/api/v1/mogplex/me`, { headers: { authorization: `Bearer ${token}` } });
    };
    const nightly = await makeToken('nightly');
    expect(await (await nightly()).json()).toMatchObject({
      data: { account: { email: null, teamId: team.id }, token: { name: 'nightly' } },
    });
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Revoke nightly' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText(/revoked/).waitFor();
    expect((await nightly()).status).toBe(401);
    await page.reload();
    const release = await makeToken('release');
    expect((await release()).status).toBe(200);
    await page.getByRole('link', { name: 'Back to the team' }).click();
    await page.getByRole('button', { name: 'Delete the service account build server' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText(/No service account yet/).waitFor();
    expect((await release()).status).toBe(401);
    expect(complaints).toEqual([]);
    await close();
  });

  test('B1 an invited person who has an account signs in, comes back and joins', async () => {
    const { close: done } = await joined('known@example.com', 'viewer');
    await done();
    const { data: team } = await person.call<{ id: string }>('POST', '/teams', { name: 'Second team' });
    const invite = { email: 'known@example.com', role: 'member' };
    const { data } = await person.call<{ link: string }>('POST', `/teams/${team.id}/invitations`, invite);
    const { page, complaints, close } = await openPage(browser);
    await page.goto(data.link);
    await page.getByRole('link', { name: 'Sign in with it' }).click();
    await signIn(page, 'known@example.com');
    await page.waitForURL('**/invite');
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.waitForURL('**/settings/teams');
    await page.getByRole('link', { name: 'Second team' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('B1 a member leaves a team', async () => {
    const { teamId, page, close } = await joined('leaver@example.com', 'member');
    await page.goto(`${platform.url}/settings/teams/${teamId}`);
    await page.getByRole('button', { name: /^Leave/ }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: /^Leave/ }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click();
    await page.getByText(/You share no team yet/).waitFor();
    const team = await person.call<{ members: unknown[] }>('GET', `/teams/${teamId}`);
    expect(team.data.members).toHaveLength(1);
    await close();
  });

  test('B1 an admin who reaches too far is told why, not sent to sign in again', async () => {
    const { teamId, page, close } = await joined('reacher@example.com', 'admin');
    await page.goto(`${platform.url}/settings/teams/${teamId}`);
    await page.getByRole('button', { name: /Remove Olive Owner/ }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('only an owner or an admin may do this').waitFor();
    expect(await page.getByText(/fresh sign-in/).count()).toBe(0);
    await close();
  });

  test('B1 an address is changed on the profile page, and is marked as not proven for its person and for their team', async () => {
    const { teamId, page, complaints, close } = await joined('changer@example.com', 'member');
    await page.goto(`${platform.url}/settings`);
    await page.getByLabel('New email').fill('chief@example.com');
    await page.getByLabel('Your password').fill('not the password at all');
    await page.getByRole('button', { name: 'Change the email' }).click();
    await page.getByText('the password is wrong').waitFor();
    await page.getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Change the email' }).click();
    await page.getByText(/You sign in as chief@example\.com\. Nobody has proven yet/).waitFor();
    await expectAccessible(page);
    await page.goto(`${platform.url}/settings/teams/${teamId}`);
    await page.getByText('chief@example.com (entered by this person, not proven)').waitFor();
    await page.getByText('owner@example.com', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('B1 the account is deleted from its page, and the address is typed to confirm', async () => {
    const { page, complaints, close } = await joined('goner@example.com', 'viewer');
    await page.goto(`${platform.url}/settings`);
    await page.getByLabel('Type goner@example.com to confirm').fill('goner@example.com');
    await page.getByRole('button', { name: /^Delete/ }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL('**/sign-in');
    await signIn(page, 'goner@example.com');
    await page.getByText('the address or the password is wrong').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});
