import { startMcpServer, type TestMcpServer } from '@mogplex/server/test/mcp-server';
import { type OAuthService, startOAuthService } from '@mogplex/server/test/oauth-service';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFindings, openBrowser, openPage } from './support/browser.ts';
import { owner, PASSWORD } from './support/person.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { temporaryFolder } from './support/stores.ts';

const EMAIL = 'ada@example.com';
const TOKEN = 'CANARY-web-3b7e91d05c2a4f86';

let platform: TestPlatform;
let browser: Browser;
let guarded: TestMcpServer;
let service: OAuthService;
let granted: TestMcpServer;

const signIn = async (page: Page): Promise<void> => {
  await page.goto(`${platform.url}/sign-in`);
  await page.getByLabel('Email').fill(EMAIL);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/settings');
  await page.goto(`${platform.url}/settings/connections`);
  await page.getByRole('heading', { name: 'Connections', level: 1 }).waitFor();
};

beforeAll(async () => {
  platform = await startPlatform({ dataDir: await temporaryFolder() }, { MOGPLEX_ALLOW_PRIVATE_UPSTREAMS: '127.0.0.1/32' });
  await owner(platform, EMAIL);
  guarded = await startMcpServer({ admits: ({ authorization }) => authorization === `Bearer ${TOKEN}` });
  service = await startOAuthService();
  granted = await startMcpServer({
    admits: ({ authorization }) => service.admits(authorization),
    documents: { '/.well-known/oauth-protected-resource': () => service.resourceMetadata(new URL(granted.url).origin) },
  });
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  for (const server of [guarded, granted, service, platform]) await server?.close();
});

describe('B8 connections in the browser', () => {
  test('B8 a connection is added, tested, edited and deleted with the keyboard alone, and its token is never shown', async () => {
    const { page, complaints, close } = await openPage(browser);
    await signIn(page);
    await page.getByText('No connection yet.').waitFor();
    const form = page.getByRole('form', { name: 'New connection' });
    await form.getByLabel('Name', { exact: true }).focus();
    await page.keyboard.type('tracker');
    await page.keyboard.press('Tab');
    await page.keyboard.type(guarded.url);
    await form.getByLabel('Authenticates with').selectOption('bearer');
    await form.getByLabel('Token').focus();
    await page.keyboard.type(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByText('in order, tested').waitFor();
    await page.getByText('echo-server 1.0.0: 1 tool').waitFor();
    expect(await form.getByLabel('Name', { exact: true }).inputValue()).toBe('');

    await page.getByRole('button', { name: 'Edit tracker' }).focus();
    await page.keyboard.press('Enter');
    const edit = page.getByRole('form', { name: 'Edit tracker' });
    expect(await edit.getByLabel('Authenticates with').inputValue()).toBe('keep');
    await edit.getByLabel('Not for repositories').fill('acme/secret, acme/other');
    await edit.getByRole('button', { name: 'Save' }).click();
    await page.getByText('everywhere, but not for acme/other, acme/secret').waitFor();

    await page.getByRole('button', { name: 'Test tracker' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Its tools: echo').waitFor();
    expect(await page.content()).not.toContain(TOKEN);
    await page.getByRole('button', { name: 'Delete tracker' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('No connection yet.').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('B8 OAuth is approved at its server and comes back, with no code left in the address bar', async () => {
    const { page, complaints, close } = await openPage(browser);
    await signIn(page);
    const form = page.getByRole('form', { name: 'New connection' });
    await form.getByLabel('Name', { exact: true }).fill('granted');
    await form.getByLabel('Address').fill(granted.url);
    await form.getByLabel('Authenticates with').selectOption('oauth');
    await form.getByRole('button', { name: 'Add the connection' }).click();
    await page.getByText('OAuth, not connected yet').waitFor();
    await page.getByRole('button', { name: 'Connect granted' }).click();
    await page.getByText('granted is connected.').waitFor();
    expect(page.url()).toBe(`${platform.url}/settings/connections/return`);
    await page.getByRole('link', { name: 'To your connections' }).click();
    await page.getByText('OAuth, connected').waitFor();
    await page.getByRole('button', { name: 'Test granted' }).click();
    await page.getByText('echo-server 1.0.0: 1 tool').waitFor();
    const html = await page.content();
    expect(service.given.filter((secret) => html.includes(secret))).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test.each([
    { width: 375, height: 700, colorScheme: 'dark' },
    { width: 1280, height: 800, colorScheme: 'light' },
  ] as const)('B8 no accessibility finding at $width px, $colorScheme, and nothing wider than the screen', async (view) => {
    const { width, height, colorScheme } = view;
    const { page, complaints, close } = await openPage(browser, { viewport: { width, height }, colorScheme });
    await signIn(page);
    await page.getByRole('button', { name: 'Edit granted' }).click();
    for (const auth of ['api_key', 'basic', 'oauth']) {
      await page.getByRole('form', { name: 'New connection' }).getByLabel('Authenticates with').selectOption(auth);
      await page.waitForLoadState('networkidle');
      expect({ auth, findings: await accessibilityFindings(page) }).toEqual({ auth, findings: [] });
      expect({ auth, wide: await page.evaluate(() => document.documentElement.scrollWidth > innerWidth) }).toEqual({ auth, wide: false });
    }
    await page.goto(`${platform.url}/settings/connections/return`);
    await page.getByRole('alert').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(complaints.filter((line) => !line.includes('400') && !line.includes('410'))).toEqual([]);
    await close();
  });
});
