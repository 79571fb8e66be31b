import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, openPage } from './support/browser.ts';
import { owner, PASSWORD } from './support/person.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { describeStores, type StorePlace, temporaryFolder } from './support/stores.ts';

/** A free port, since the platform's public name must be known before it starts. */
const freePort = async (): Promise<number> => {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
};

/** Puts an authenticator into the browser, as a laptop has one (Chrome DevTools Protocol, domain WebAuthn). */
const plugIn = async (page: Page): Promise<{ cdp: CDPSession; authenticatorId: string }> => {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const;
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  return { cdp, authenticatorId };
};

describeStores('B1 passkeys', (stores) => {
  let platform: TestPlatform;
  let browser: Browser;
  let place: StorePlace;

  beforeAll(async () => {
    const port = await freePort();
    place = await stores.place();
    platform = await startPlatform(place, { MOGPLEX_PORT: String(port), MOGPLEX_PUBLIC_URL: `http://localhost:${port}` });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.close();
  });

  test('B1 a passkey is added, signs in without a password, and is refused once it is removed', async () => {
    const origin = `http://localhost:${new URL(platform.url).port}`;
    await owner({ ...platform, url: origin });
    const { page, complaints, close } = await openPage(browser);
    const { cdp, authenticatorId } = await plugIn(page);
    await page.goto(`${origin}/sign-in`);
    await page.getByLabel('Email').fill('owner@example.com');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/settings');
    await page.goto(`${origin}/settings/security`);
    await page.getByLabel('Name of the new passkey').fill('My laptop');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('My laptop', { exact: true }).waitFor();
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }]);

    const signInByPasskey = async (): Promise<void> => {
      await page.context().clearCookies();
      await page.goto(`${origin}/sign-in`);
      await page.getByRole('button', { name: 'Use a passkey' }).click();
    };
    await signInByPasskey();
    await page.waitForURL('**/settings');
    await page.getByRole('heading', { name: 'Profile' }).waitFor();

    // A device that did not check its person is not enough.
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await signInByPasskey();
    await page.getByRole('alert').waitFor();
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });

    await signInByPasskey();
    await page.waitForURL('**/settings');
    await page.goto(`${origin}/settings/security`);
    await page.getByRole('button', { name: 'Remove My laptop' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText(/No passkey yet/).waitFor();
    await signInByPasskey();
    await page.getByText('this passkey was not accepted').waitFor();
    const store = await stores.open(place);
    const trail = await store.db.selectFrom('audit_event').select('action').where('action', 'like', 'passkey.%').orderBy('at').execute();
    expect(trail.map(({ action }) => action)).toEqual(['passkey.added', 'passkey.removed']);
    expect(complaints).toEqual([]);
    await close();
  });
});

describe('B1 passkeys at an IP address', () => {
  test('B1 the page says why there are none', async () => {
    const platform = await startPlatform({ dataDir: await temporaryFolder() });
    const person = await owner(platform);
    expect((await person.call('GET', '/auth/options')).data).toMatchObject({ passkeys: false });
    expect(await person.call('POST', '/account/passkeys/options', {})).toMatchObject({
      status: 400,
      error: { boundary: 'configuration', message: 'a passkey needs a name, not an IP address, and https' },
    });
    await platform.close();
  });
});
