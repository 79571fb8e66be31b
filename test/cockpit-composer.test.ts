import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { KEYS, openTerminal, type PseudoTerminal } from './support/terminal.ts';

const KEY = 'sk-canary-4b6d8f3a5c7e9012b4d6f8a0c2e4f6a8';

let home: string;
let upstream: Upstream;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mogplex-composer-'));
  upstream = await startOpenAiUpstream({ answer: { text: ['Hello', ' there.'], usage: { inputTokens: 1_000, outputTokens: 125 } } });
  for (const name of ['one', 'two']) {
    await mkdir(join(home, name, '.git'), { recursive: true });
    await writeFile(join(home, name, '.git', 'HEAD'), 'ref: refs/heads/main\n');
  }
});

afterEach(async () => {
  await upstream.close();
  await rm(home, { recursive: true, force: true });
});

const openReady = async (
  options: { env?: Record<string, string>; cols?: number; rows?: number; model?: string; folder?: string } = {},
): Promise<PseudoTerminal> => {
  const { env = {}, cols = 80, rows = 24, model = 'openai/gpt-5', folder = 'one' } = options;
  const terminal = openTerminal({
    cols,
    rows,
    cwd: join(home, folder),
    args: ['--model', model],
    env: { HOME: home, OPENAI_BASE_URL: upstream.url, OPENAI_API_KEY: KEY, ...env },
  });
  await terminal.waitFor((screen) => screen.includes('Ask something') && screen.includes(model) && screen.includes('ask · ready'));
  return terminal;
};

/** What stands in the composer. */
const composed = (terminal: PseudoTerminal): string => (terminal.rows().findLast((row) => row.startsWith('❯')) ?? '').slice(2).trimEnd();

describe('the history', () => {
  test('is kept for each repository, in a file of mode 0600 without the secrets that were typed', async () => {
    {
      await using terminal = await openReady();
      for (const prompt of ['the first one', `my key is ${KEY}`, 'the last one']) {
        terminal.write(`${prompt}\r`);
        await terminal.waitFor((screen) => screen.includes(`❯ ${prompt}`) && screen.includes('ready'));
      }
      terminal.write('/cost\r');
      await terminal.waitFor('Tokens and cost');
      terminal.write(KEYS.escape);
      const folder = join(home, '.mogplex', 'history');
      const read = async (): Promise<string> => await readFile(join(folder, (await readdir(folder))[0] ?? ''), 'utf8');
      await expect.poll(read, { timeout: 20_000 }).toContain('the last one');
      expect((await stat(join(folder, (await readdir(folder))[0] ?? ''))).mode & 0o777).toBe(0o600);
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      expect(await read()).not.toContain(KEY.slice(0, 16));
      expect(await read()).not.toContain('/cost');
    }
    await using again = await openReady();
    const recall = (): string => {
      // Before the history has been read Up does nothing, and on a busy machine it shows late: one press too many is taken back.
      const shown = composed(again);
      if (shown.includes('Ask something')) again.write(KEYS.up);
      else if (shown !== 'the last one') again.write(KEYS.down);
      return shown;
    };
    await expect.poll(recall, { timeout: 20_000, interval: 500 }).toBe('the last one');
    again.write(KEYS.up);
    await again.waitFor(() => composed(again).startsWith('my key is [redacted'));
    await using elsewhere = await openReady({ folder: 'two' });
    elsewhere.write('draft');
    await elsewhere.waitFor(() => composed(elsewhere) === 'draft');
    elsewhere.write(KEYS.up);
    elsewhere.write('!');
    await elsewhere.waitFor(() => composed(elsewhere) === 'draft!');
  });
});

describe('completion', () => {
  test('names models to /model and providers to /login, and the arrows go through them', async () => {
    await using terminal = await openReady();
    terminal.write('/mod');
    await terminal.waitFor(/\/model +choose the model\n.*\n❯ \/mod/);
    terminal.write('\t');
    await terminal.waitFor(/\/model openai\/gpt-[\w.-]+ +shipped list of/);
    terminal.write('5-mi');
    await terminal.waitFor((screen) => screen.includes('/model openai/gpt-5-mini') || composed(terminal) === '/model 5-mi');
    terminal.write('\t');
    await terminal.waitFor(() => composed(terminal) === '/model openai/gpt-5-mini');
    terminal.write('\r');
    await terminal.waitFor((screen) => screen.split('\n')[0]?.endsWith('openai/gpt-5-mini') === true);
    terminal.write('/login ');
    await terminal.waitFor(/\/login groq +Groq API key|… \d+ more/);
    await terminal.waitFor('/login mogplex');
    terminal.write(KEYS.down);
    await terminal.waitFor(() => composed(terminal) === '/login mogplex');
    terminal.write(KEYS.down + KEYS.up);
    await terminal.waitFor(() => composed(terminal) === '/login mogplex');
    terminal.write(`${KEYS.ctrlU}/login gr\t`);
    await terminal.waitFor(() => composed(terminal) === '/login groq');
    expect(upstream.requests).toHaveLength(0);
  });
});

describe('cost with a key of one’s own', () => {
  test('is estimated from the shipped prices, whose day is told; a model without one is said to have none', async () => {
    await using terminal = await openReady({ cols: 110, rows: 30 });
    await terminal.waitFor('of 400k');
    terminal.write('hi\r');
    await terminal.waitFor(/1,125 tok · \$0\.0025 · < 1 % of context/);
    terminal.write('/model openai/unheard-of\r');
    await terminal.waitFor((screen) => screen.split('\n')[0]?.endsWith('openai/unheard-of') === true);
    terminal.write('hi again\r');
    await terminal.waitFor(/2,250 tok · \$0\.0025\+/);
    terminal.write('/cost\r');
    const page = await terminal.waitFor('Tokens and cost');
    expect(page).toMatch(/openai\/gpt-5 {2}1 request .*about \$0\.0025/);
    expect(page).toMatch(/openai\/unheard-of {2}1 request .*no price known/);
    expect(page).toMatch(/prices shipped with this\s+version|\(20\d\d-\d\d-\d\d\)/);
  });
});

describe('a reader who has scrolled up', () => {
  test('stays where he is while the answer grows, and is told of what is new below', async () => {
    upstream.answer = { text: Array.from({ length: 400 }, (_, at) => `row ${at}\n\n`), gapMs: 20 };
    await using terminal = await openReady();
    terminal.write('list\r');
    await terminal.waitFor(/row \d\d/);
    terminal.write(KEYS.pageUp);
    const first = await terminal.waitFor(/↓ \d+ more rows/);
    const seen = /row \d+/.exec(first)?.[0];
    expect(await terminal.waitFor(/· \d\d\d new · PageDown/, 60_000)).toContain(`  ${seen}\n`);
    expect(terminal.text()).toMatch(/Answering · \d+ s · Ctrl\+C interrupts/);
    terminal.write(KEYS.ctrlC);
    await terminal.waitFor('ask · ready');
    terminal.write(KEYS.escape);
    await terminal.waitFor((screen) => !screen.includes('Press Ctrl+C'));
    terminal.write(KEYS.escape);
    await terminal.waitFor('q leave');
    terminal.write('G');
    await terminal.waitFor((screen) => screen.includes('interrupted') && !screen.includes('more rows'));
  });
});

describe('hard input', () => {
  test('a pasted megabyte is sent in full, never by itself, and the composer goes on', async () => {
    await using terminal = await openReady();
    terminal.paste('a pasted row\n'.repeat(80_000));
    await terminal.waitFor((screen) => screen.split('a pasted row').length === 8, 60_000);
    expect(upstream.requests).toHaveLength(0);
    terminal.write('and more');
    await terminal.waitFor('and more', 60_000);
    terminal.write('\r');
    await terminal.waitFor((screen) => screen.includes('Hello there.') && screen.includes('more characters, sent in full'), 60_000);
    const sent = JSON.stringify(upstream.requests[0]?.body);
    expect(sent.split('a pasted row').length).toBe(80_001);
    expect(sent).toContain('and more');
    terminal.write('still here');
    await terminal.waitFor(() => composed(terminal) === 'still here');
  });

  test('wide characters, emoji and combining marks stand in their cells and are deleted as one', async () => {
    upstream.answer = { text: ['| 漢字 | 👩‍👩‍👧 |\n|---|---|\n| テスト | e\u0301 |\n'] };
    await using terminal = await openReady();
    terminal.write('漢字 👩‍👩‍👧!');
    await terminal.waitFor(() => composed(terminal) === '漢字 👩‍👩‍👧!');
    terminal.write(KEYS.left + KEYS.backspace);
    await terminal.waitFor(() => composed(terminal) === '漢字 !');
    terminal.write('\r');
    await terminal.waitFor('テスト │ e\u0301');
    expect(terminal.rows().every((row) => row.length <= 80)).toBe(true);
  });

  test('resizes while a window is dragged leave nothing of an earlier size behind, and Ctrl+L draws over what others wrote', async () => {
    upstream.answer = { text: Array.from({ length: 60 }, (_, at) => `row ${at}\n\n`), usage: { inputTokens: 1_000, outputTokens: 125 } };
    await using terminal = await openReady();
    terminal.write('list\r');
    await terminal.waitFor('1,125 tok');
    const isWhole = (cols: number): boolean => {
      const rows = terminal.rows();
      const rules = rows.flatMap((row, at) => (/^─+$/.test(row) ? [at] : []));
      const [first, second] = rules;
      const shown = rows.flatMap((row) => /^ {2}row (\d+)/.exec(row)?.[1] ?? []).map(Number);
      return (
        rules.length === 2 &&
        first === 2 &&
        rows[2] === '─'.repeat(cols) &&
        rows.slice(second).filter((row) => row.startsWith('❯')).length === 1 &&
        shown.every((row, at) => row === 60 - shown.length + at)
      );
    };
    for (let drag = 0; drag < 12; drag += 1) {
      for (let at = 0; at < 9; at += 1) terminal.resize(24 + ((drag * 31 + at * 37) % 80), 12 + ((drag * 17 + at * 13) % 38));
      const cols = 24 + ((drag * 31 + 8 * 37) % 80);
      await terminal.waitFor(() => isWhole(cols), 10_000);
    }
    terminal.resize(80, 24);
    await terminal.waitFor(() => isWhole(80));
    await new Promise<void>((resolve) => terminal.emulator.write('\u001b[5;1HA message from elsewhere\u001b[23;3H', resolve));
    expect(terminal.text()).toContain('A message from elsewhere');
    terminal.write(KEYS.ctrlL);
    await terminal.waitFor((screen) => !screen.includes('from elsewhere') && isWhole(80));
  });

  test('a storm of resizes ends with a screen that is whole', async () => {
    await using terminal = await openReady();
    for (let at = 0; at < 40; at += 1) terminal.resize(30 + ((at * 37) % 120), 8 + ((at * 13) % 40));
    terminal.resize(120, 40);
    await terminal.waitFor((screen) => {
      const rows = screen.split('\n');
      return (
        rows.length === 40 && rows[2] === '─'.repeat(120) && rows[0]?.endsWith('openai/gpt-5') === true && screen.includes('│ Context')
      );
    });
    terminal.resize(80, 24);
    await terminal.waitFor((screen) => screen.split('\n')[2] === '─'.repeat(80) && !screen.includes('│ Context'));
    terminal.resize(20, 6);
    const smallest = await terminal.waitFor((screen) => screen.startsWith('mogplex') && screen.split('\n').length <= 6);
    expect(smallest).toContain('❯');
  });
});

describe('keys that were typed while the program was busy, and come in one piece', () => {
  test('A20 each Enter among them sends; what follows the last one stays in the composer', async () => {
    await using terminal = await openReady();
    terminal.write('hello\r/cost\r');
    await terminal.waitFor('Tokens and cost');
    terminal.write(KEYS.escape);
    await terminal.waitFor((screen) => screen.includes('Hello there.') && screen.includes('ready'));
    terminal.write('once more\rand then');
    await terminal.waitFor((screen) => screen.split('Hello there.').length > 2 && screen.includes('ready'));
    expect(composed(terminal)).toBe('and then');
    const sent = upstream.requests.map(({ body }) => JSON.stringify(body));
    expect(sent).toHaveLength(2);
    expect(sent[0]).toContain('hello');
    expect(sent[1]).toContain('once more');
    expect(sent.join('')).not.toMatch(/cost|and then/);
  });

  test('where the terminal does not mark what is pasted, they may be a paste, which does not send itself', async () => {
    await using terminal = await openReady({ env: { TERM: 'linux' } });
    terminal.write('one row\ranother');
    await terminal.waitFor(/❯ one row\n {2}another/);
    expect(upstream.requests).toHaveLength(0);
  });

  test('A6 Enter twice goes through two lists of the login screen, and ends the entry of a key', async () => {
    await using terminal = openTerminal({ cwd: join(home, 'one'), env: { HOME: home, ANTHROPIC_BASE_URL: upstream.origin } });
    await terminal.waitFor('❯ Sign in with Mogplex');
    terminal.write(KEYS.down);
    await terminal.waitFor('❯ Use a provider API key');
    terminal.write('\r\r');
    await terminal.waitFor('Anthropic API key');
    terminal.write(`${KEY}\rwhat comes next`);
    await terminal.waitFor('anthropic · stored key');
    const stored = await readFile(join(home, '.mogplex', 'auth.json'), 'utf8');
    expect(stored).toContain(`"${KEY}"`);
    expect(terminal.raw).not.toContain('what comes next');
  });
});
