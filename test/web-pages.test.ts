import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFindings, openBrowser, openPage } from './support/browser.ts';
import { PASSWORD } from './support/person.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { temporaryFolder } from './support/stores.ts';

const EMAIL = 'ada@example.com';
const VIEWS = [
  { width: 375, height: 700, colorScheme: 'dark' },
  { width: 1280, height: 800, colorScheme: 'light' },
] as const;

let platform: TestPlatform;
let browser: Browser;
/** The link that the platform printed, spent by the first test. */
let setUpLink: string;
let setUpComplaints: readonly string[];

const signIn = async (page: Page): Promise<void> => {
  await page.goto(`${platform.url}/sign-in`);
  await page.getByLabel('Email').fill(EMAIL);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/settings');
};

beforeAll(async () => {
  platform = await startPlatform({ dataDir: await temporaryFolder() });
  browser = await openBrowser();
  setUpLink = (await platform.setupLink()) ?? '';
  const { page, complaints, close } = await openPage(browser);
  await page.goto(setUpLink);
  await page.getByLabel('Email').fill(EMAIL);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.waitForURL('**/settings');
  await page.getByRole('heading', { name: 'Profile' }).waitFor();
  setUpComplaints = complaints;
  await close();
});

afterAll(async () => {
  await browser?.close();
  await platform?.close();
});

describe('B1 the pages of the platform in a browser', () => {
  test('B22 an address where nothing lives shows a page to a browser and the envelope to a program', async () => {
    const { page, close } = await openPage(browser);
    const answer = await page.goto(`${platform.url}/setings`);
    expect(answer?.status()).toBe(404);
    await page.getByRole('heading', { name: 'No such page' }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await close();
    for (const init of [{}, { method: 'POST', headers: { accept: 'text/html' } }]) {
      const other = await fetch(`${platform.url}/setings`, init);
      expect([other.status, await other.json()]).toMatchObject([404, { ok: false, error: { code: 'not_found' } }]);
    }
  });

  test('B1 a set-up link that was used says so', async () => {
    const { page, close } = await openPage(browser);
    await page.goto(setUpLink);
    await page.getByLabel('Email').fill('eve@example.com');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page
      .getByRole('alert')
      .getByText(/request req_/)
      .waitFor();
    expect(new URL(page.url()).pathname).toBe('/set-up');
    expect(setUpComplaints).toEqual([]);
    await close();
  });

  test('B1 a wrong password is refused in words, with the request id', async () => {
    const { page, close } = await openPage(browser);
    await page.goto(`${platform.url}/sign-in`);
    await page.getByLabel('Email').fill(EMAIL);
    await page.getByLabel('Password').fill('not the password at all');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .getByRole('alert')
      .getByText(/request req_/)
      .waitFor();
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    await close();
  });

  test('B3 a token is made, copied, used and revoked with the keyboard alone', async () => {
    const { page, complaints, close } = await openPage(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
    await signIn(page);
    await page.goto(`${platform.url}/settings/tokens`);
    await page.getByLabel('Name').focus();
    await page.keyboard.type('ci job');
    await page.keyboard.press('Enter');
    const copy = page.getByRole('button', { name: 'Copy the token' });
    await copy.waitFor();
    await copy.focus();
    await page.keyboard.press('Enter');
    const token = await page.evaluate(() => navigator.clipboard.readText());
    expect(token).toMatch(/^mog_[0-9A-Za-z]{36}$/);
    const me = () => fetch(`${platform.url}/api/v1/mogplex/me`, { headers: { authorization: `Bearer ${token}` } });
    expect((await me()).status).toBe(200);
    await page.reload();
    await page.getByText('ci job', { exact: true }).waitFor();
    expect(await page.content()).not.toContain(token);
    const revoke = page.getByRole('button', { name: 'Revoke ci job' });
    await revoke.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor();
    await page.keyboard.press('Escape');
    expect((await me()).status).toBe(200);
    await revoke.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(/revoked/).waitFor();
    expect(await revoke.count()).toBe(0);
    expect((await me()).status).toBe(401);
    expect(complaints).toEqual([]);
    await close();
  });

  test('B1 a page behind the sign-in comes back to where it was asked for', async () => {
    const { page, close } = await openPage(browser);
    await page.goto(`${platform.url}/settings/apps`);
    await page.waitForURL('**/sign-in?next=*');
    await page.getByLabel('Email').fill(EMAIL);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/settings/apps');
    await page.getByText(/No terminal is signed in/).waitFor();
    expect(new URL(page.url()).pathname).toBe('/settings/apps');
    await close();
  });

  test.each(VIEWS)('B1 no accessibility finding at $width px, $colorScheme, and nothing wider than the screen', async (view) => {
    const { width, height, colorScheme } = view;
    const { page, complaints, close } = await openPage(browser, { viewport: { width, height }, colorScheme });
    const check = async (path: string, ready: string): Promise<void> => {
      await page.goto(platform.url + path);
      await page.getByRole('heading', { name: ready, level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      expect({ path, findings: await accessibilityFindings(page) }).toEqual({ path, findings: [] });
      expect({ path, wide: await page.evaluate(() => document.documentElement.scrollWidth > innerWidth) }).toEqual({ path, wide: false });
    };
    await check('/sign-in', 'Sign in');
    await check('/set-up#code', 'Set up Mogplex');
    await signIn(page);
    await check('/settings', 'Profile');
    await check('/settings/security', 'Sign-in and sessions');
    await check('/settings/github', 'GitHub');
    await check('/settings/tokens', 'Access tokens');
    await check('/settings/apps', 'Connected apps and terminals');
    await check('/settings/models', 'Models and usage');
    await check('/settings/api-keys', 'API Keys');
    await check('/settings/teams', 'Teams');
    await check('/device', 'Connect a terminal');
    await check('/authorize?client_id=unknown', 'Allow access?');
    expect(complaints).toEqual([]);
    await close();
  });
});

describe('the pages over the wire', () => {
  test('B1 documents allow nothing inline and nobody to frame them; assets never change under their name', async () => {
    const page = await fetch(`${platform.url}/sign-in`);
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self'.*frame-ancestors 'none'/);
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    const asset = /src="(\/assets\/[^"]+)"/.exec(await page.text())?.[1] ?? '';
    const script = await fetch(platform.url + asset);
    expect(script.headers.get('cache-control')).toContain('immutable');
    const again = await fetch(platform.url + asset, { headers: { 'if-none-match': script.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    for (const path of ['/assets/..%2f..%2fpackage.json', '/assets/nothing.js', '/assets/%2e%2e/index.html']) {
      expect({ path, status: (await fetch(platform.url + path)).status }).toEqual({ path, status: 404 });
    }
  });
});
