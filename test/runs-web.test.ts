import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { accessibilityFindings, openBrowser, openPage } from './support/browser.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { owner, PASSWORD, type Person } from './support/person.ts';
import { rewriteEvents, startBadLine } from './support/run-lines.ts';
import { temporaryFolder } from './support/stores.ts';

const KEY = 'sk-0123456789abcdef0123456789';
const EMAIL = 'owner@example.com';
const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>';

let upstream: Upstream;
let gateway: TestGateway;
let browser: Browser;
let person: Person;

beforeAll(async () => {
  upstream = await startOpenAiUpstream();
  gateway = await startGateway({ dataDir: await temporaryFolder() }, {}, async (platform) => {
    person = await owner(platform, EMAIL);
  });
  await gateway.upstream('openai', upstream.url, KEY);
  browser = await openBrowser();
});

beforeEach(() => {
  upstream.answer = { text: ['Hello', ' from', ' the model.'] };
  upstream.fault = undefined;
});

afterAll(async () => {
  await browser?.close();
  await gateway?.close();
  await upstream?.close();
});

const open = async (path: string, options: Parameters<typeof openPage>[1] = {}) => {
  const opened = await openPage(browser, options);
  const { page } = opened;
  await page.goto(`${gateway.url}/sign-in?next=${encodeURIComponent(path)}`);
  await page.getByLabel('Email').fill(EMAIL);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`**${path}`);
  return opened;
};

/** Starts a run as the person's browser would. */
const started = async (prompt = 'hello'): Promise<string> => {
  const { data } = await person.call<{ run: { id: string } }>('POST', '/runs', { prompt, model: 'openai/gpt-5' });
  return data.run.id;
};

const ended = async (id: string): Promise<void> => {
  const status = async () => (await person.call<{ run: { status: string } }>('GET', `/runs/${id}`)).data.run.status;
  await expect.poll(status, { timeout: 30_000 }).toMatch(/succeeded|failed|cancelled/);
};

const facts = (page: Page) => page.locator('dl');

/** The text of every answer on the page. */
const answerOf = (page: Page): Promise<string | null> =>
  page
    .getByRole('listitem')
    .filter({ has: page.getByText(/^Answer ·/) })
    .first()
    .locator('[data-answer]')
    .textContent();

describe('D7 runs in the browser', () => {
  test('D7 B4 the first run is started with the keyboard alone, streams, and tells what it used and whose it is', async () => {
    upstream.answer = { text: ['First words, ', ...Array.from({ length: 40 }, (_, index) => `more ${index}, `), 'last words.'], gapMs: 50 };
    const { page, complaints, close } = await open('/runs', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByText(/No run yet/).waitFor();
    await page
      .getByRole('option', { name: /openai\/gpt-5\)/ })
      .first()
      .waitFor({ state: 'attached' });
    await page.getByLabel('Prompt').focus();
    await page.keyboard.type('Say many words');
    await page.getByLabel('Model').selectOption('openai/gpt-5');
    await page.getByLabel('Prompt').focus();
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/\/runs\/run_[0-9a-z]{26}$/);
    await page.getByText(/First words, more/).waitFor();
    await facts(page).getByText('running', { exact: true }).waitFor();
    await facts(page).getByText('succeeded', { exact: true }).waitFor();
    expect(await answerOf(page)).toBe(upstream.answer.text?.join(''));
    await facts(page)
      .getByText(/11 tokens in, 5 out, \$0\.\d+/)
      .waitFor();
    await facts(page).getByText('browser session (web)').waitFor();
    const copy = page.getByRole('button', { name: 'Copy the run id' });
    await copy.focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url().split('/').at(-1));
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Runs' }).click();
    await page.getByRole('link', { name: 'Say many words' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('D7 a line that is lost is said, taken up again, and nothing is missed or doubled', async () => {
    upstream.answer = { text: Array.from({ length: 150 }, (_, index) => `piece ${index}; `), gapMs: 60 };
    const { page, close } = await open('/runs');
    await using line = await startBadLine(gateway.url, { least: 50_000_000, most: 60_000_000 });
    const id = await started();
    await page.goto(`${line.url}/runs/${id}`);
    await page.getByText(/piece 3;/).waitFor();
    line.close();
    await page.getByText(/The line to the platform is lost/).waitFor();
    line.open();
    await facts(page).getByText('succeeded', { exact: true }).waitFor({ timeout: 60_000 });
    expect(await answerOf(page)).toBe(upstream.answer.text?.join(''));
    expect(await page.getByText(/The line to the platform is lost/).count()).toBe(0);
    await close();
  });

  test('D7 a run is cancelled after a question, with the keyboard, and the list follows without a reload', async () => {
    upstream.answer = { text: Array.from({ length: 3_000 }, (_, index) => `${index} `), gapMs: 20 };
    const { page, complaints, close } = await open('/runs');
    const id = await started('a long run');
    const list = await page.context().newPage();
    await list.goto(`${gateway.url}/runs`);
    const row = list.getByRole('listitem').filter({ hasText: 'a long run' });
    await row.getByText('running', { exact: true }).waitFor();

    await page.goto(`${gateway.url}/runs/${id}`);
    const cancel = page.getByRole('main').getByRole('button', { name: 'Cancel the run' });
    await cancel.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor();
    await page.keyboard.press('Escape');
    await cancel.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the run' }).focus();
    await page.keyboard.press('Enter');
    await facts(page).getByText('cancelled', { exact: true }).waitFor();
    expect(await cancel.count()).toBe(0);

    await row.getByText('cancelled', { exact: true }).waitFor();
    await list.getByLabel('Status').selectOption('running');
    await list.getByText('No run is running.').waitFor();
    await list.getByLabel('Status').selectOption('cancelled');
    await row.waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('B22 a run that failed says where, what to do, and the request id to copy; an unknown run says that it is not there', async () => {
    upstream.fault = 'unauthorized';
    const id = await started('will fail');
    await ended(id);
    const { page, close } = await open(`/runs/${id}`, { permissions: ['clipboard-read', 'clipboard-write'] });
    const alert = page.getByRole('alert');
    await alert.getByText(/refused the key.*\[model\]/).waitFor();
    expect(await alert.count()).toBe(1);
    await page.getByRole('button', { name: 'Copy the request id' }).click();
    expect(await alert.innerText()).toContain(`request ${await page.evaluate(() => navigator.clipboard.readText())}`);
    await page.goto(`${gateway.url}/runs`);
    await page
      .getByRole('listitem')
      .filter({ hasText: 'will fail' })
      .getByText(/\[model\]/)
      .waitFor();
    await page.goto(`${gateway.url}/runs/run_00000000000000000000000000`);
    await page
      .getByRole('alert')
      .getByText(/request req_/)
      .waitFor();
    await close();
  });

  test('B16 what events say is text and nothing else; a run that began again says which words do not count', async () => {
    const id = await started(HOSTILE);
    await ended(id);
    await rewriteEvents(gateway, id, [
      { type: 'message', data: { role: 'user', text: HOSTILE, truncated: true } },
      { type: 'message.delta', data: { text: `${HOSTILE} void ` } },
      { type: 'notice', data: { code: 'restarted', text: `Another worker took over. ${HOSTILE}` } },
      { type: 'message.delta', data: { text: `${HOSTILE} again` } },
      { type: 'error', data: { code: 'internal', message: HOSTILE, boundary: 'run', requestId: HOSTILE, hint: HOSTILE } },
    ]);
    const { page, complaints, close } = await open(`/runs/${id}`);
    await page.getByText(`${HOSTILE} again`).waitFor();
    await page.getByText('This part does not count: the run began again.').waitFor();
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.title()).toBe(`${HOSTILE} · Mogplex`);
    expect(complaints).toEqual([]);
    await close();
  });

  test('D7 5,000 events stand in order on the page', async () => {
    const id = await started('much');
    await ended(id);
    const pieces = Array.from({ length: 5_000 }, (_, index) => `${index}: ${'many words '.repeat(8)}\n`);
    await rewriteEvents(
      gateway,
      id,
      pieces.map((text) => ({ type: 'message.delta' as const, data: { text } })),
    );
    const { page, complaints, close } = await open(`/runs/${id}`);
    await page.getByText('The run is succeeded.').waitFor();
    const text = await page
      .getByRole('listitem')
      .filter({ has: page.getByText(/^Answer ·/) })
      .locator('[data-answer]')
      .textContent();
    expect(text === pieces.join('')).toBe(true);
    expect(complaints).toEqual([]);
    await close();
  });

  test.each([
    { width: 375, height: 700, colorScheme: 'dark' },
    { width: 1280, height: 800, colorScheme: 'light' },
  ] as const)('D7 no accessibility finding at $width px, $colorScheme, and nothing wider than the screen', async (view) => {
    const { width, height, colorScheme } = view;
    upstream.fault = 'unauthorized';
    const failed = await started(`a name ${'without-an-end'.repeat(8)}`);
    await ended(failed);
    upstream.fault = undefined;
    const { page, complaints, close } = await open('/runs', { viewport: { width, height }, colorScheme });
    const check = async (path: string, ready: string): Promise<void> => {
      await page.goto(gateway.url + path);
      await page.getByText(ready).first().waitFor();
      await page.waitForLoadState('networkidle');
      expect({ path, findings: await accessibilityFindings(page) }).toEqual({ path, findings: [] });
      expect({ path, wide: await page.evaluate(() => document.documentElement.scrollWidth > innerWidth) }).toEqual({ path, wide: false });
    };
    await check('/runs', 'without-an-end');
    await check(`/runs/${failed}`, 'The run is failed.');
    expect(complaints).toEqual([]);
    await close();
  });
});
