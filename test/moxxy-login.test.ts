import { readFile, readdir, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { createEmulator } from 'emulate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { visit } from '@moxxy/plugin-oauth/test/person';
import { startStrictServer, type StrictServer } from '@moxxy/plugin-oauth/test/strict-server';
import { openBrowser, openPage } from './support/browser.ts';
import { makeMoxxyHome, type MoxxyHome, pluginOfDocs } from './support/moxxy.ts';
import { KEYS, type PseudoTerminal } from './support/terminal.ts';

let browser: Browser;
let server: StrictServer;

beforeAll(async () => {
  [browser, server] = await Promise.all([openBrowser(), startStrictServer()]);
});

afterAll(async () => {
  await Promise.all([browser.close(), server.close()]);
});

const homeWithAcme = async (): Promise<MoxxyHome> => {
  const home = await makeMoxxyHome();
  await home.addPlugin('acme.mjs', await pluginOfDocs());
  return home;
};

/** Waits for the end of a program and for what it says. */
const ended = async (terminal: PseudoTerminal, exitCode: number, text: string): Promise<void> => {
  expect(await terminal.waitForExit()).toMatchObject({ exitCode });
  await expect.poll(() => terminal.raw, { timeout: 30_000 }).toContain(text);
};

const statusOf = (method: string, path: string, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: 8765, method, path, headers: { host } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end();
  });

/** A page that reaches this machine alone. */
const openLocalPage = async (address: string): Promise<{ page: Page; close: () => Promise<void> }> => {
  const opened = await openPage(browser);
  await opened.page.route(
    (url) => url.hostname !== 'localhost' && url.hostname !== '127.0.0.1',
    (route) => route.abort(),
  );
  await opened.page.goto(address);
  return opened;
};

const signInAtStrict = async (page: Page, login: string): Promise<void> => {
  await page.getByPlaceholder('Enter any login').fill(login);
  await page.getByPlaceholder('and password').fill('secret');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
};

const everyByteUnder = async (folder: string): Promise<string> => {
  const names = await readdir(folder, { recursive: true });
  const texts = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return (await stat(path)).isFile() ? readFile(path, 'latin1') : '';
    }),
  );
  return texts.join('\n');
};

describe('at a strict authorization server, with the plugin of docs/plugins.md', () => {
  test('C1 C2 C3 C4 C6 C10 C11 browser login, status, refresh, logout with revocation', async () => {
    await using home = await homeWithAcme();
    const env = { ACME_URL: server.issuer };
    const terminal = home.open(['login', 'acme'], env);
    await terminal.waitFor('Waiting for the browser at http://localhost:8765/callback');
    await terminal.waitFor(/\(\d+:\d\d left\)/);
    const address = await home.openedAddress();
    expect(terminal.raw.replaceAll(/\s/g, '')).toContain(address);
    const { page, close } = await openLocalPage(address);
    await signInAtStrict(page, 'ada');
    await page.getByRole('heading', { name: 'You are logged in' }).waitFor();
    await close();
    await ended(terminal, 0, 'Logged in to Acme AI as ada@example.test.');

    const status = await home.run(['login', 'status', '--json'], env);
    expect(status.code).toBe(0);
    expect(JSON.parse(status.stdout)).toMatchObject([{ provider: 'acme', service: 'Acme AI', account: 'ada@example.test', usable: true }]);
    const single = await home.run(['login', 'status', 'acme'], env);
    expect(single).toMatchObject({ code: 0, stderr: '' });
    expect(single.stdout).toContain('logged in, token good for');

    const before = server.refreshed();
    expect(await home.run(['login', 'refresh', 'acme'], env)).toMatchObject({ code: 0 });
    expect(await home.run(['login', 'refresh', 'acme'], env)).toMatchObject({ code: 0 });
    expect(server.refreshed()).toBe(before + 2);
    expect(server.reuses()).toBe(0);

    const verified = await home.run(['vault', 'verify']);
    expect(verified.stdout).toContain('1 sound, 0 damaged');
    expect(await home.run(['vault', 'rekey'])).toMatchObject({ code: 0 });
    expect(await home.run(['login', 'refresh', 'acme'], env)).toMatchObject({ code: 0 });

    const out = await home.run(['login', 'logout', 'acme'], env);
    expect(out).toMatchObject({ code: 0, stdout: 'Logged out of acme; the service has revoked the login.\n' });
    expect(server.requests).toContain('POST /token/revocation');
    expect(await home.run(['login', 'status', 'acme'], env)).toMatchObject({ code: 64 });
    expect(await home.run(['login', 'refresh', 'acme'], env)).toMatchObject({ code: 64 });
  });

  test('C5 device login: code and address on the screen, the remaining time, one token, nothing in the clear', async () => {
    await using home = await homeWithAcme();
    const env = { ACME_URL: server.issuer };
    const terminal = home.open(['login', '--no-browser', 'acme'], env);
    const screen = await terminal.waitFor(/Waiting for you to finish there \(\d+:\d\d left\)/);
    const code = /^ {2}([A-Z]{4}-[A-Z]{4})$/m.exec(screen)?.[1] ?? '';
    const { page, close } = await openLocalPage(`${server.issuer}/device`);
    await page.locator('input[name=user_code]').fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await signInAtStrict(page, 'grace');
    await page.getByRole('heading', { name: 'Sign-in Success' }).waitFor();
    await close();
    await ended(terminal, 0, 'Logged in to Acme AI as grace@example.test.');

    const disk = await everyByteUnder(home.path);
    expect(disk).toContain('grace@example.test');
    expect(disk).not.toMatch(/eyJ[\w-]+\.eyJ/);
    const modes = await Promise.all((await readdir(home.path, { recursive: true })).map((name) => stat(join(home.path, name))));
    expect(modes.filter((entry) => (entry.mode & 0o077) !== 0)).toEqual([]);
  });

  test('C5 without a terminal the device flow starts by itself', async () => {
    await using home = await homeWithAcme();
    const before = server.requests.length;
    server.faults.push({ kind: 'rewrite', rewrite: () => ({ error: 'access_denied' }) });
    const run = await home.run(['login', 'acme'], { ACME_URL: server.issuer });
    expect(run).toMatchObject({ code: 65, stdout: '' });
    expect(run.stderr).toMatch(/enter this code:\n\n {2}[A-Z]{4}-[A-Z]{4}/);
    expect(run.stderr).not.toContain('\u001b');
    expect(server.requests.slice(before)).toContain('POST /device/auth');
  });

  test('C1 a login that is declined in the browser says so and stores nothing', async () => {
    await using home = await homeWithAcme();
    const terminal = home.open(['login', 'acme'], { ACME_URL: server.issuer });
    const { page, close } = await openLocalPage(await home.openedAddress());
    await page.getByText('[ Cancel ]').click();
    await page.getByRole('heading', { name: 'The login did not work' }).waitFor();
    await close();
    await ended(terminal, 65, 'access_denied');
    expect(await home.run(['login', 'status'])).toMatchObject({ code: 64, stdout: '' });
  });

  test('C1 C8 1,000 wrong requests at the callback of a waiting login change nothing, and the right one completes it', async () => {
    await using home = await homeWithAcme();
    const terminal = home.open(['login', 'acme'], { ACME_URL: server.issuer });
    const address = new URL(await home.openedAddress());
    const state = address.searchParams.get('state') ?? '';
    const wrong: readonly [string, string, string][] = [
      ['GET', '/callback?code=x&state=guess', 'localhost:8765'],
      ['GET', '/callback?error=access_denied', 'localhost:8765'],
      ['GET', '/callback?error=%1b%5b31mred&state=guess', 'localhost:8765'],
      ['GET', `/callback?code=x&state=${state}&iss=https://evil.example`, 'localhost:8765'],
      ['GET', `/callback?code=x&state=${state}&iss=${server.issuer}`, 'evil.example'],
      ['POST', `/callback?code=x&state=${state}&iss=${server.issuer}`, 'localhost:8765'],
      ['GET', '/favicon.ico', 'localhost:8765'],
    ];
    const statuses = new Set<number>();
    for (let sent = 0; sent < 1000; sent += 25) {
      const batch = Array.from({ length: 25 }, (_, index) => wrong[(sent + index) % wrong.length] ?? wrong[0]);
      for (const status of await Promise.all(batch.map((one) => statusOf(...(one ?? ['GET', '/', 'localhost']))))) statuses.add(status);
    }
    expect(statuses).toEqual(new Set([400, 404, 405, 421]));
    expect((await visit(address.href)).text).toContain('You are logged in');
    await ended(terminal, 0, 'Logged in to Acme AI as ada@example.test.');
    expect(terminal.raw).not.toContain('\u001b[31m');
  });

  test('C1 Ctrl+C ends a waiting login with 130 and leaves nothing behind', async () => {
    await using home = await homeWithAcme();
    const terminal = home.open(['login', 'acme'], { ACME_URL: server.issuer });
    await terminal.waitFor('Waiting for the browser');
    terminal.write(KEYS.ctrlC);
    expect(await terminal.waitForExit()).toMatchObject({ exitCode: 130 });
    expect((await readdir(home.path)).filter((name) => name !== 'plugins')).toEqual([]);
  });
});

test('C1 C3 C4 browser login, status, refresh and logout at the Okta service of emulate', async () => {
  await using home = await makeMoxxyHome();
  await home.addPlugin('acme.mjs', (await pluginOfDocs()).replace("['openid', 'email']", "['openid', 'email', 'offline_access']"));
  const okta = await createEmulator({
    service: 'okta',
    port: 0,
    seed: {
      okta: {
        users: [{ login: 'ada@okta.local', email: 'ada@okta.local', first_name: 'Ada', last_name: 'Lovelace' }],
        authorization_servers: [{ id: 'default', name: 'default', audiences: ['api://default'] }],
        oauth_clients: [
          {
            client_id: 'moxxy-test',
            client_secret: 'none',
            token_endpoint_auth_method: 'none',
            name: 'Moxxy',
            redirect_uris: ['http://localhost:8765/callback'],
            auth_server_id: 'default',
          },
        ],
      },
    },
  });
  try {
    const env = { ACME_URL: `${okta.url}/oauth2/default` };
    const terminal = home.open(['login', 'acme'], env);
    const { page, close } = await openLocalPage(await home.openedAddress());
    await page.getByRole('button', { name: /ada@okta.local/ }).click();
    await page.getByRole('heading', { name: 'You are logged in' }).waitFor();
    await close();
    await ended(terminal, 0, 'as ada@okta.local');
    expect(await home.run(['login', 'refresh', 'acme'], env)).toMatchObject({ code: 0 });
    expect(await home.run(['login', 'status', 'acme'], env)).toMatchObject({ code: 0 });
    expect(await home.run(['login', 'logout', 'acme'], env)).toMatchObject({ code: 0, stdout: expect.stringContaining('revoked') });
  } finally {
    await okta.close();
  }
});
