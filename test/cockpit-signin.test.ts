import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { openBrowser, openPage } from './support/browser.ts';
import { Person } from './support/person.ts';
import { runsOf } from './support/run-watch.ts';
import { runMogplex } from './support/run.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';
import { KEYS, openTerminal, type PseudoTerminal } from './support/terminal.ts';

const EMAIL = 'olive@example.com';
const PASSWORD = 'a long pass phrase of olive';
const UPSTREAM_KEY = 'sk-platform-canary-5b8d1f3e7a9c2046';
const STRAY_KEY = 'gsk_stray_canary_0123456789abcdef';

let root: string;
let home: string;
let upstream: Upstream;
let server: ServerProcess;
let browser: Browser;

const succeed = async (args: readonly string[], env: Record<string, string>, input: string): Promise<void> => {
  const { code, stderr } = await runMogplex(args, env, input);
  if (code !== 0) throw new Error(`mogplex ${args.slice(0, 3).join(' ')} ended with ${code}: ${stderr}`);
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mogplex-signin-'));
  upstream = await startOpenAiUpstream({ answer: { text: ['Signed', ' and delivered.'], usage: { inputTokens: 9, outputTokens: 4 } } });
  const env = { HOME: root, MOGPLEX_DATA_DIR: join(root, 'data') };
  await succeed(['admin', 'create-owner', '--email', EMAIL, '--password-stdin'], env, `${PASSWORD}\n`);
  await succeed(['admin', 'upstream', 'set', 'openai', '--base-url', upstream.url, '--key-stdin'], env, `${UPSTREAM_KEY}\n`);
  server = await startServerProcess(env);
  browser = await openBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.end('SIGTERM');
  await upstream?.close();
  await rm(root, { recursive: true, force: true });
});

beforeEach(async () => {
  home = await mkdtemp(join(root, 'home-'));
  // Stands for the person's browser: notes which page it was told to open, and what it was given.
  await writeFile(join(home, 'browser'), `#!/bin/sh\nenv > '${home}/browser-env'\nprintf '%s' "$1" > '${home}/opened'\n`);
  await chmod(join(home, 'browser'), 0o755);
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

const open = (env: Record<string, string> = {}): PseudoTerminal =>
  openTerminal({
    cols: 110,
    rows: 30,
    cwd: home,
    env: { HOME: home, MOGPLEX_HOME: join(home, '.mogplex'), MOGPLEX_URL: server.url, ...env },
  });

const withBrowser = (): Record<string, string> => ({ BROWSER: join(home, 'browser') });

const openedPage = async (): Promise<string> => {
  await expect.poll(async () => await readFile(join(home, 'opened'), 'utf8').catch(() => ''), { timeout: 30_000 }).toMatch(/^http/);
  return await readFile(join(home, 'opened'), 'utf8');
};

const signIn = async (page: Page, email = EMAIL): Promise<void> => {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
};

const readAuth = async (): Promise<{ mogplex?: { origin: string; email: string; accessToken: string; refreshToken?: string } }> =>
  JSON.parse(await readFile(join(home, '.mogplex', 'auth.json'), 'utf8')) as Awaited<ReturnType<typeof readAuth>>;

/** What the platform answers to a token. */
const statusOf = async (token: string): Promise<number> =>
  (await fetch(`${server.url}/api/v1/mogplex/me`, { headers: { authorization: `Bearer ${token}` } })).status;

/** The whole sign-in by browser, from the login screen to the composer. */
const signInByBrowser = async (terminal: PseudoTerminal, email = EMAIL): Promise<void> => {
  await terminal.waitFor('❯ Sign in with Mogplex');
  terminal.write(KEYS.enter);
  await terminal.waitFor('Your browser was opened');
  const { page, close } = await openPage(browser);
  await page.goto(await openedPage());
  await signIn(page, email);
  await page.getByRole('button', { name: 'Allow' }).click();
  await terminal.waitFor(`Signed in to Mogplex as ${email}`);
  await close();
};

/** Makes a second account on the platform, by invitation. */
const inviteSecond = async (email: string): Promise<void> => {
  const first = new Person(server.url);
  await first.signIn(EMAIL, PASSWORD);
  const team = await first.call<{ id: string }>('POST', '/teams', { name: 'Builders' });
  const invited = await first.call<{ link: string }>('POST', `/teams/${team.data.id}/invitations`, { email, role: 'member' });
  const code = new URL(invited.data.link).hash.slice(1);
  const joined = await new Person(server.url).call('POST', '/invitations/accept', { code, password: PASSWORD });
  if (joined.status !== 200) throw new Error(`the invitation was not taken: ${JSON.stringify(joined.error)}`);
};

test('A5 A8 A9 A20 a sign-in in the browser ends in an answer through the account', async () => {
  await using terminal = open(withBrowser());
  await terminal.waitFor('❯ Sign in with Mogplex');
  terminal.write(KEYS.enter);
  await terminal.waitFor('Your browser was opened');
  const url = new URL(await openedPage());
  expect(url.origin).toBe(server.url);
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    client_id: 'mogplex-cli',
    response_type: 'code',
    code_challenge_method: 'S256',
    scope: 'read write',
    redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/) as string,
  });
  const shown = terminal.rows().map((row) => row.trim());
  expect(shown.join('')).toContain(url.href);
  terminal.write('c');
  await terminal.waitFor('clipboard');
  expect(terminal.raw).toContain(`\u001b]52;c;${Buffer.from(url.href).toString('base64')}\u0007`);

  const { page, close } = await openPage(browser);
  await page.goto(url.href);
  await signIn(page);
  await page.getByRole('button', { name: 'Allow' }).click();
  await terminal.waitFor(`Signed in to Mogplex as ${EMAIL}`);
  await page.waitForURL(/127\.0\.0\.1:\d+\/callback/);
  await close();

  const { mogplex } = await readAuth();
  expect(mogplex).toMatchObject({ origin: server.url, email: EMAIL });
  await terminal.waitFor((screen) => screen.includes(`mogplex · account ${EMAIL}`) && screen.includes('openai/'));
  terminal.write('deliver\r');
  await terminal.waitFor('Signed and delivered.');
  expect(upstream.requests.at(-1)?.credentialIs(UPSTREAM_KEY)).toBe(true);
  await terminal.waitFor(/13 tok · \$0\.\d{4}/);
  terminal.write('/model\r');
  await terminal.waitFor('through the account');
  terminal.write(KEYS.escape);
  await terminal.waitFor((screen) => !screen.includes('type to filter'));
  terminal.write(KEYS.ctrlC + KEYS.ctrlC);
  await terminal.waitForExit();

  for (const secret of [mogplex?.accessToken, mogplex?.refreshToken, UPSTREAM_KEY]) expect(terminal.raw).not.toContain(secret);
  const logs = await readdir(join(home, '.mogplex', 'logs'));
  expect(logs).not.toHaveLength(0);
  for (const name of logs) expect(await readFile(join(home, '.mogplex', 'logs', name), 'utf8')).not.toContain(mogplex?.accessToken);

  await using again = open(withBrowser());
  await again.waitFor(`mogplex · account ${EMAIL}`);
});

test('A8 without a browser a device code signs in', async () => {
  await using terminal = open();
  await terminal.waitFor('❯ Sign in with Mogplex');
  terminal.write(KEYS.enter);
  const screen = await terminal.waitFor(/Code [A-Z0-9]{4}-[A-Z0-9]{4}/);
  const code = /Code ([A-Z0-9-]+)/.exec(screen)?.[1] ?? '';
  const url = /https?:\/\/\S+/.exec(screen)?.[0] ?? '';
  const { page, close } = await openPage(browser);
  await page.goto(url);
  await signIn(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText(code).first().waitFor();
  await page.getByRole('button', { name: 'Allow' }).click();
  await terminal.waitFor(`Signed in to Mogplex as ${EMAIL}`, 60_000);
  await close();
  terminal.write('deliver\r');
  await terminal.waitFor('Signed and delivered.');
  expect((await readAuth()).mogplex).toMatchObject({ origin: server.url, email: EMAIL });
});

test('A8 the browser is opened without a credential in its environment', async () => {
  await using terminal = open({ ...withBrowser(), GROQ_API_KEY: STRAY_KEY });
  await terminal.waitFor('groq · env GROQ_API_KEY');
  terminal.write('/login mogplex\r');
  await terminal.waitFor('Your browser was opened');
  await openedPage();
  const env = await readFile(join(home, 'browser-env'), 'utf8');
  expect(env).toContain('BROWSER=');
  expect(env).not.toContain(STRAY_KEY);
  terminal.write(KEYS.escape);
  await terminal.waitFor('❯ Sign in with Mogplex');
});

test('A14 A16 /logout ends the login here and at the platform, and another account starts with nothing of the first', async () => {
  await using terminal = open(withBrowser());
  await signInByBrowser(terminal);
  await terminal.waitFor('Ask something');
  terminal.write('a secret plan\r');
  await terminal.waitFor('Signed and delivered.');
  const first = (await readAuth()).mogplex?.accessToken ?? '';
  terminal.write('/logout\r');
  expect(await terminal.waitFor('Enter or y: yes')).toContain(`the account login of ${EMAIL} at ${server.url}`);
  terminal.write('y');
  await terminal.waitFor('❯ Sign in with Mogplex');
  expect((await readAuth()).mogplex).toBeUndefined();
  expect(await statusOf(first)).toBe(401);
  await rm(join(home, 'opened'));
  await inviteSecond('second@example.com');
  await signInByBrowser(terminal, 'second@example.com');
  const screen = await terminal.waitFor('mogplex · account second@example.com');
  expect(screen).not.toContain('a secret plan');
  expect(screen).not.toContain(EMAIL);
  expect((await readAuth()).mogplex).toMatchObject({ email: 'second@example.com' });
  terminal.write('next\r');
  await terminal.waitFor('Signed and delivered.');
  expect(JSON.stringify(upstream.requests.at(-1)?.body)).not.toContain('a secret plan');
});

test('A16 a relaunch after /logout, and /login in the place of another account, end on the other account with nothing of the first', async () => {
  await inviteSecond('third@example.com');
  {
    await using terminal = open(withBrowser());
    await signInByBrowser(terminal);
    await terminal.waitFor('Ask something');
    terminal.write('/logout\r');
    await terminal.waitFor('Enter or y: yes');
    terminal.write('y');
    await terminal.waitFor('❯ Sign in with Mogplex');
    terminal.write('q');
    await terminal.waitForExit();
    await rm(join(home, 'opened'));
  }
  await using terminal = open(withBrowser());
  await signInByBrowser(terminal, 'third@example.com');
  expect(await terminal.waitFor('Ask something')).not.toContain(EMAIL);
  terminal.write('a plan of the third\r');
  await terminal.waitFor('Signed and delivered.');
  const replaced = (await readAuth()).mogplex?.accessToken ?? '';
  await rm(join(home, 'opened'));
  terminal.write('/login\r');
  await signInByBrowser(terminal);
  const screen = await terminal.waitFor(
    (text) => text.includes(`mogplex · account ${EMAIL}`) && text.includes('Another account is signed in'),
  );
  expect(screen).not.toContain('a plan of the third');
  terminal.write('next\r');
  await terminal.waitFor('Signed and delivered.');
  expect(JSON.stringify(upstream.requests.at(-1)?.body)).not.toContain('a plan of the third');
  // The login that was replaced is of no use to anybody any more; the new one is.
  await expect.poll(async () => await statusOf(replaced)).toBe(401);
  expect(await statusOf((await readAuth()).mogplex?.accessToken ?? '')).toBe(200);
});

test('A3 A8 a sign-in that cannot be stored leaves no login behind at the platform', async () => {
  const person = new Person(server.url);
  await person.signIn(EMAIL, PASSWORD);
  const logins = async (): Promise<number> => (await person.call<{ items: unknown[] }>('GET', '/apps?limit=100')).data.items.length;
  const before = await logins();
  await mkdir(join(home, '.mogplex'), { mode: 0o700 });
  await writeFile(join(home, '.mogplex', 'auth.json'), '{"version":1,', { mode: 0o600 });
  await using terminal = open(withBrowser());
  await terminal.waitFor('❯ Sign in with Mogplex');
  terminal.write(KEYS.enter);
  const { page, close } = await openPage(browser);
  await page.goto(await openedPage());
  await signIn(page);
  await page.getByRole('button', { name: 'Allow' }).click();
  await terminal.waitFor('did not succeed');
  await close();
  await expect.poll(logins).toBe(before);
  expect(await readFile(join(home, '.mogplex', 'auth.json'), 'utf8')).toBe('{"version":1,');
});

test('A8 Ctrl+C once ends a sign-in that is under way, and another try goes the way that the first one went', async () => {
  await using terminal = open();
  await terminal.waitFor('❯ Sign in with Mogplex');
  terminal.write(KEYS.enter);
  await terminal.waitFor(/Code [A-Z0-9]{4}-[A-Z0-9]{4}/);
  terminal.write(KEYS.ctrlC);
  expect(await terminal.waitFor('❯ Sign in with Mogplex')).toContain('Press Ctrl+C again to leave.');
  terminal.write(KEYS.enter);
  const screen = await terminal.waitFor(/Code [A-Z0-9]{4}-[A-Z0-9]{4}/);
  const { page, close } = await openPage(browser);
  await page.goto(/https?:\/\/\S+/.exec(screen)?.[0] ?? '');
  await signIn(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Refuse' }).click();
  await terminal.waitFor('did not succeed', 60_000);
  await close();
  terminal.write(KEYS.enter);
  await terminal.waitFor(/Code [A-Z0-9]{4}-[A-Z0-9]{4}/);
});

test('A15 A16 --attach with --logout clears the account, shows the login screen, signs in again, then attaches to the run', async () => {
  await using before = open(withBrowser());
  await signInByBrowser(before);
  before.write(KEYS.ctrlC + KEYS.ctrlC);
  await before.waitForExit();
  await rm(join(home, 'opened'));
  const first = (await readAuth()).mogplex?.accessToken ?? '';
  const { id } = (await runsOf(server.url, first).start({ prompt: 'tell me' })).data.run;
  await using terminal = openTerminal({
    cols: 110,
    rows: 30,
    cwd: home,
    args: ['--attach', id, '--logout'],
    env: { HOME: home, MOGPLEX_HOME: join(home, '.mogplex'), MOGPLEX_URL: server.url, ...withBrowser() },
  });
  await terminal.waitFor('The account login was removed.');
  expect((await readAuth()).mogplex).toBeUndefined();
  await expect.poll(async () => await statusOf(first)).toBe(401);
  expect(terminal.text()).toContain('❯ Sign in with Mogplex');
  expect(terminal.text()).not.toContain(id);
  await signInByBrowser(terminal);
  const screen = await terminal.waitFor((text) => text.includes(`✓ ${id} succeeded`) && text.includes('Signed and delivered.'));
  expect(screen).toContain('❯ tell me');
  expect((await readAuth()).mogplex).toMatchObject({ email: EMAIL });
});

test('A8 a platform that cannot be reached, and a person who refuses, end in words and a way on', async () => {
  await using lost = open({ ...withBrowser(), MOGPLEX_URL: 'http://127.0.0.1:9' });
  await lost.waitFor('❯ Sign in with Mogplex');
  lost.write(KEYS.enter);
  expect(await lost.waitFor('did not succeed')).toContain('Enter try again');

  await using terminal = open(withBrowser());
  await terminal.waitFor('❯ Sign in with Mogplex');
  terminal.write(KEYS.enter);
  const { page, close } = await openPage(browser);
  await page.goto(await openedPage());
  await signIn(page);
  await page.getByRole('button', { name: 'Refuse' }).click();
  expect(await terminal.waitFor('did not succeed')).toContain('Enter try again');
  await close();
});
