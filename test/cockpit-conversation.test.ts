import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { startGateway } from './support/gateway.ts';
import { temporaryFolder } from './support/stores.ts';
import { KEYS, openTerminal, type PseudoTerminal } from './support/terminal.ts';

const KEY = 'sk-canary-91b3d5f7a2c4e6081a3c5e7092b4d6f8';

let home: string;
let upstream: Upstream;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mogplex-talk-'));
  upstream = await startOpenAiUpstream({ answer: { text: ['Hello', ' there.'], usage: { inputTokens: 11, outputTokens: 7 } } });
});

afterEach(async () => {
  await upstream.close();
  await rm(home, { recursive: true, force: true });
});

const open = (env: Record<string, string> = {}, size: { cols?: number; rows?: number } = {}): PseudoTerminal =>
  openTerminal({
    cwd: home,
    ...size,
    args: ['--model', 'openai/gpt-test'],
    env: { HOME: home, MOGPLEX_HOME: join(home, '.mogplex'), OPENAI_BASE_URL: upstream.url, OPENAI_API_KEY: KEY, ...env },
  });

/** A cockpit that is ready to take a prompt. */
const openReady = async (env: Record<string, string> = {}, size: { cols?: number; rows?: number } = {}): Promise<PseudoTerminal> => {
  const terminal = open(env, size);
  await terminal.waitFor((screen) => screen.includes('Ask something') && screen.includes('openai/gpt-test'));
  return terminal;
};

const storeKeys = async (keys: Record<string, string>): Promise<void> => {
  await mkdir(join(home, '.mogplex'), { mode: 0o700, recursive: true });
  const providers = Object.fromEntries(Object.entries(keys).map(([id, apiKey]) => [id, { apiKey, savedAt: 1 }]));
  await writeFile(join(home, '.mogplex', 'auth.json'), JSON.stringify({ version: 1, generation: 1, providers }), { mode: 0o600 });
};

const sentPrompts = (): string[] => upstream.requests.map((request) => JSON.stringify(request.body));

describe('a prompt', () => {
  test('A20 streams a Markdown answer with the resolved credential, and the tokens are counted', async () => {
    upstream.answer = {
      text: ['# Greet', 'ing\n\nSome **bold', '** words.\n\n- one\n- two\n\n```ts\nconst', ' a = 1;\n```\n'],
      usage: { inputTokens: 1200, outputTokens: 34 },
    };
    await using terminal = await openReady();
    terminal.write('say hello\r');
    await terminal.waitFor('1,234 tok');
    await terminal.waitFor(/❯ say hello\n\n {2}Greeting\n\n {2}Some bold words\.\n\n {2}• one\n {2}• two\n\n {2}▏ const a = 1;/);
    expect(upstream.requests[0]?.credentialIs(KEY)).toBe(true);
    expect(terminal.raw).not.toContain(KEY);
  });

  test('A13 the header names the credential in use and what it overrides', async () => {
    await storeKeys({ openai: 'sk-stored-000000000000000000000000' });
    await using terminal = await openReady();
    expect(terminal.rows()[1]).toContain('openai · env OPENAI_API_KEY overrides stored key');
  });

  test('sees nothing of hostile output but its text', async () => {
    const hostile = [
      'first \u001b]52;c;ZXZpbA==\u0007',
      'second \u001b]0;owned\u0007\u001b]2;ow',
      'ned\u001b\\third \u001b[2J\u001b[1;1H\u001b[?1049lfourth \u009b31mfifth ',
      'ev\u202eil\u2066 \u001bPq#0\u001b\\sixth \u001b[',
      '6n seventh \u0007\u0008\u0000 end',
    ];
    upstream.answer = { text: hostile };
    await using terminal = await openReady();
    const titles: string[] = [];
    terminal.emulator.onTitleChange((title) => titles.push(title));
    terminal.write('go\r');
    await terminal.waitFor((screen) => /seventh\s+end/.test(screen) && screen.includes('ready'));
    const screen = terminal.text().replace(/\s+/g, ' ');
    for (const word of ['first', 'second', 'third', 'fourth', 'fifth', 'evil', 'sixth', 'seventh']) expect(screen).toContain(word);
    expect(titles).toEqual([]);
    expect(terminal.inAlternateScreen).toBe(true);
    expect(terminal.rows()[0]).toMatch(/^mogplex/);
    for (const trace of ['\u001b]52', '\u001b]0', '\u001b]2;', '\u202e', '\u2066', '\u001b[6n', '\u001bP', '\u009b']) {
      expect(terminal.raw).not.toContain(trace);
    }
  });

  test('takes a line of 1 MB, and the composer still answers', async () => {
    upstream.answer = { text: Array.from({ length: 64 }, () => 'x'.repeat(16_384)) };
    await using terminal = await openReady();
    terminal.write('go\r');
    await terminal.waitFor((screen) => screen.includes(`  ${'x'.repeat(78)}\n`) && screen.includes('ready'), 60_000);
    terminal.write('still here');
    await terminal.waitFor('❯ still here');
    expect(terminal.rows().every((row) => row.length <= 80)).toBe(true);
  });

  test('Ctrl+C once interrupts the answer and the upstream hears of it', async () => {
    upstream.answer = { text: ['one ', 'two ', 'three ', 'four '] };
    upstream.fault = 'hang-mid-stream';
    await using terminal = await openReady();
    const abandoned = upstream.nextAbandoned();
    terminal.write('go\r');
    await terminal.waitFor('Ctrl+C interrupt');
    await terminal.waitFor('answering');
    terminal.write(KEYS.ctrlC);
    await terminal.waitFor((screen) => screen.includes('interrupted') && screen.includes('ready'));
    await abandoned;
    upstream.fault = undefined;
    terminal.write('again\r');
    await terminal.waitFor('four');
    expect(upstream.requests).toHaveLength(2);
    // What was said until then stays known to the model, as it stays on the screen.
    expect(upstream.requests[1]?.body?.['messages']).toEqual([
      { role: 'user', content: 'go' },
      { role: 'assistant', content: expect.stringMatching(/^one /) as string },
      { role: 'user', content: 'again' },
    ]);
  });

  test.each([
    ['unauthorized', /refused the credential/],
    ['rate-limited', /Try again in 7\s+s/],
    ['server-error', /model: /],
    ['cut', /cut off/],
  ] as const)('an upstream that is %s is explained, without the key', async (fault, words) => {
    upstream.fault = fault;
    await using terminal = await openReady();
    terminal.write('go\r');
    await terminal.waitFor((screen) => words.test(screen) && screen.includes('ready'), 60_000);
    expect(terminal.raw).not.toContain(KEY);
  });
});

test('A10 an account without model access is told so, with the words and the place to mend it', async () => {
  const gateway = await startGateway({ dataDir: await temporaryFolder() });
  try {
    await using terminal = open({ OPENAI_API_KEY: '', MOGPLEX_API_KEY: gateway.token, MOGPLEX_URL: gateway.url });
    await terminal.waitFor((screen) => screen.includes('mogplex · env MOGPLEX_API_KEY') && screen.includes('openai/gpt-test'));
    terminal.write('/model openai/gpt-5\r');
    await terminal.waitFor((screen) => screen.split('\n')[0]?.includes('openai/gpt-5') === true);
    terminal.write('hello\r');
    const screen = await terminal.waitFor((shown) => shown.includes('no model access') && shown.includes('ready'));
    expect(screen).toContain('Settings > API Keys');
    expect(screen).toMatch(/request req_/);
    expect(terminal.raw).not.toContain(gateway.token);
  } finally {
    await gateway.close();
  }
});

test('D1 a model that repeats the key shows a mask in its place', async () => {
  upstream.fault = 'echo-key';
  await using terminal = await openReady();
  terminal.write('go\r');
  await terminal.waitFor((screen) => screen.includes('redacted') && screen.includes('ready'));
  expect(terminal.raw).not.toContain(KEY.slice(0, 16));
  expect(terminal.raw).not.toContain(KEY.slice(-16));
});

test('an answer that is not whole says so: too long, ended by a filter, without a word', async () => {
  await using terminal = await openReady();
  const endings = [
    { text: ['one'], finish: 'length', words: 'reached the longest' },
    { text: ['two'], finish: 'content_filter', words: "provider's filter ended it" },
    { text: [], finish: 'stop', words: 'ended without a word' },
  ];
  for (const { words, ...answer } of endings) {
    upstream.answersOnce.push(answer);
    terminal.write('go on\r');
    await terminal.waitFor((screen) => screen.replace(/\s+/g, ' ').includes(words) && screen.includes('ready'));
  }
  expect(terminal.text().indexOf('two')).toBeLessThan(terminal.text().indexOf('filter ended it'));
});

describe('the composer', () => {
  test('takes rows by Shift+Enter and by paste, which never sends itself, and walks its history', async () => {
    await using terminal = await openReady();
    terminal.write(`first${KEYS.shiftEnter}second`);
    await terminal.waitFor('❯ first\n  second');
    terminal.paste('\nthird\n');
    await terminal.waitFor('  second\n  third');
    expect(upstream.requests).toHaveLength(0);
    terminal.write(`${KEYS.backspace}\r`);
    await terminal.waitFor('Hello there.');
    expect(sentPrompts()[0]).toContain('first\\nsecond\\nthird');
    terminal.write(KEYS.up);
    await terminal.waitFor((screen) => screen.split('─'.repeat(80)).at(-1)?.includes('third') === true);
    terminal.write(`${KEYS.ctrlA}${KEYS.ctrlK}`);
    await terminal.waitFor((screen) => screen.split('─'.repeat(80)).at(-1)?.includes('third') === false);
  });

  test('an unknown command is an error on the spot and is never sent', async () => {
    await using terminal = await openReady();
    terminal.write('/modle openai/gpt-5\r');
    expect(await terminal.waitFor('Unknown command /modle')).toContain('Did you mean /model?');
    expect(upstream.requests).toHaveLength(0);
  });

  test('Tab completes commands and their arguments', async () => {
    await using terminal = await openReady();
    terminal.write('/perm\t');
    await terminal.waitFor(/\/permissions read-only +read, never change[\s\S]*\n❯ \/permissions\n/);
    terminal.write('re\t');
    await terminal.waitFor('❯ /permissions read-only');
    terminal.write('\r');
    await terminal.waitFor('read-only · ready');
    terminal.write('/permissions auto\r');
    expect(await terminal.waitFor('allows at most ask')).toContain('read-only · ready');
  });

  test('runs custom commands of the person and of the repository', async () => {
    await mkdir(join(home, '.mogplex', 'commands'), { recursive: true, mode: 0o700 });
    await mkdir(join(home, '.agents', 'commands'), { recursive: true });
    await writeFile(join(home, '.mogplex', 'commands', 'review.md'), '---\ndescription: look closely\n---\nReview $1 with $ARGUMENTS.');
    await writeFile(join(home, '.agents', 'commands', 'review.md'), 'The repository may not take this name over.');
    await writeFile(join(home, '.agents', 'commands', 'plan.md'), 'Plan the work.');
    await using terminal = await openReady();
    terminal.write('/help\r');
    await terminal.waitFor('Commands');
    terminal.write(KEYS.pageDown);
    await terminal.waitFor('look closely');
    terminal.write(KEYS.escape);
    await terminal.waitFor((screen) => !screen.includes('look closely'));
    terminal.write('/review src care\r');
    await terminal.waitFor('Review src with src care.');
    await terminal.waitFor('Hello there.');
    terminal.write('/plan soon\r');
    await terminal.waitFor('Plan the work.');
    await expect.poll(() => sentPrompts().at(-1), { timeout: 20_000 }).toContain('Plan the work.\\n\\nsoon');
  });
});

test('the conversation scrolls to its start and back, and stays where it is asked to', async () => {
  upstream.answer = { text: Array.from({ length: 60 }, (_, at) => `- row ${at}\n`), usage: { inputTokens: 11, outputTokens: 7 } };
  await using terminal = await openReady();
  terminal.write('list\r');
  await terminal.waitFor((screen) => screen.includes('row 59') && screen.includes('18 tok'));
  terminal.write(KEYS.pageUp);
  await terminal.waitFor((screen) => screen.includes('more rows') && !screen.includes('row 59'));
  terminal.write(KEYS.escape);
  await terminal.waitFor('q leave');
  terminal.write('g');
  await terminal.waitFor((screen) => screen.includes('❯ list') && screen.includes('row 0'));
  terminal.write('j');
  await terminal.waitFor((screen) => !screen.includes('❯ list') && screen.includes('row 0'));
  terminal.write('G');
  await terminal.waitFor((screen) => screen.includes('row 59') && !screen.includes('more rows'));
  terminal.write(KEYS.enter);
  expect(await terminal.waitFor('Enter send')).toContain('row 59');
});

describe('the drawers', () => {
  test('choose a model, tell the cost, the status and the keys, and close with Esc', async () => {
    await using terminal = await openReady({}, { cols: 100, rows: 30 });
    terminal.write('/model\r');
    await terminal.waitFor('type to filter');
    terminal.write('5.4-mini');
    await terminal.waitFor((screen) => /❯ openai\/gpt-5\.4-mini/.test(screen));
    terminal.write('\r');
    await terminal.waitFor((screen) => screen.split('\n')[0]?.includes('openai/gpt-5.4-mini') === true);
    terminal.write('hi\r');
    await terminal.waitFor('18 tok');
    terminal.write('/cost\r');
    await terminal.waitFor(/openai\/gpt-5\.4-mini +1 request +11 in +7 out/);
    terminal.write(KEYS.escape);
    await terminal.waitFor((screen) => !screen.includes('Tokens and cost'));
    terminal.write('/status\r');
    await terminal.waitFor('Credential   openai · env OPENAI_API_KEY');
    terminal.write(KEYS.escape);
    await terminal.waitFor((screen) => !screen.includes('Credential   openai'));
    terminal.write('/mcp\r');
    await terminal.waitFor('MCP servers come with a Mogplex account');
    expect(terminal.raw).not.toContain(KEY);
  });

  test('export the conversation as a file of mode 0600 that is never overwritten', async () => {
    await using terminal = await openReady();
    terminal.write('hi\r');
    await terminal.waitFor('18 tok');
    terminal.write('/export\r');
    await terminal.waitFor('Save as Markdown');
    terminal.write('\r');
    const screen = await terminal.waitFor(/mogplex-[\w-]+\.md/);
    const name = /mogplex-[\w-]+\.md/.exec(screen.replaceAll('\n  ', ''))?.[0] ?? '';
    expect((await stat(join(home, name))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(home, name), 'utf8')).toContain('Hello there.');
  });
});

describe('/logout', () => {
  test('A14 asks once, naming what goes, and says that an env var still wins', async () => {
    await storeKeys({ openai: 'sk-stored-000000000000000000000000', groq: 'gsk_stored_0000000000000000000' });
    await using terminal = await openReady({}, { cols: 120, rows: 30 });
    terminal.write('/logout\r');
    const question = await terminal.waitFor('Enter or y: yes');
    expect(question).toContain('the stored OpenAI key');
    expect(question).toContain('OPENAI_API_KEY in the environment, which still wins');
    expect(question).toContain('the stored Groq key');
    terminal.write('n');
    await terminal.waitFor((screen) => !screen.includes('Enter or y: yes'));
    expect(await readFile(join(home, '.mogplex', 'auth.json'), 'utf8')).toContain('sk-stored');
    terminal.write('/logout\r');
    await terminal.waitFor('Enter or y: yes');
    terminal.write('y');
    await terminal.waitFor('Logged out.');
    const left = await readFile(join(home, '.mogplex', 'auth.json'), 'utf8');
    expect(left).not.toContain('sk-stored');
    expect(left).toContain('gsk_stored');
    expect(terminal.rows()[1]).toContain('openai · env OPENAI_API_KEY');
  });

  test('A14 leads to the login screen when nothing is left, and the process has no adapter any more', async () => {
    await storeKeys({ openai: KEY });
    await using terminal = await openReady({ OPENAI_API_KEY: '' });
    terminal.write('hi\r');
    await terminal.waitFor('18 tok');
    terminal.write('/logout\r');
    await terminal.waitFor('Enter or y: yes');
    terminal.write('\r');
    expect(await terminal.waitFor('❯ Sign in with Mogplex')).toContain('q leave');
    expect(upstream.requests).toHaveLength(1);
  });

  test('A14 A16 an answer that is under way leaves nothing behind', async () => {
    await storeKeys({ openai: KEY });
    upstream.answer = { text: Array.from({ length: 2_000 }, (_, at) => `leftover${at} `), gapMs: 20 };
    await using terminal = await openReady({ OPENAI_API_KEY: '' });
    terminal.write('go\r');
    await terminal.waitFor('leftover3');
    terminal.write('/logout\r');
    await terminal.waitFor('Enter or y: yes');
    terminal.write('y');
    await terminal.waitFor('❯ Sign in with Mogplex');
    terminal.write(KEYS.down);
    terminal.write(KEYS.enter);
    await terminal.waitFor('❯ Anthropic');
    terminal.write(KEYS.down);
    terminal.write(KEYS.enter);
    await terminal.waitFor('OpenAI API key');
    terminal.paste('sk-other-1111111111111111111111');
    await terminal.waitFor('••••');
    terminal.write(KEYS.enter);
    expect(await terminal.waitFor('The OpenAI key is stored')).not.toContain('leftover');
  });

  test('A14 works with a configuration that cannot be read, which is told', async () => {
    await storeKeys({ openai: KEY });
    await writeFile(join(home, '.mogplex', 'config.toml'), 'permission_mode = "everything"\n');
    await using terminal = open({ OPENAI_API_KEY: '' });
    await terminal.waitFor(/configuration: .*config\.toml/s);
    terminal.write('/logout\r');
    await terminal.waitFor('the stored OpenAI key');
    terminal.write('y');
    await terminal.waitFor('❯ Sign in with Mogplex');
    expect(await readFile(join(home, '.mogplex', 'auth.json'), 'utf8')).not.toContain(KEY);
  });

  test('A15 --attach with --logout clears the account, shows the login screen, then says what became of the run', async () => {
    await mkdir(join(home, '.mogplex'), { mode: 0o700 });
    const account = {
      origin: 'http://127.0.0.1:9',
      email: 'a@example.com',
      clientId: 'mogplex-cli',
      accessToken: 'mog_at_canary000000000000',
    };
    const path = join(home, '.mogplex', 'auth.json');
    await writeFile(path, JSON.stringify({ version: 1, generation: 1, mogplex: account, providers: {} }), { mode: 0o600 });
    await using terminal = openTerminal({
      cwd: home,
      args: ['--attach', 'run_abc123', '--logout'],
      env: { HOME: home, MOGPLEX_HOME: join(home, '.mogplex'), OPENAI_API_KEY: KEY },
    });
    await terminal.waitFor('❯ Sign in with Mogplex');
    await terminal.waitFor('Removed here; the platform could not be told: revoke it under Settings there.');
    expect(await readFile(path, 'utf8')).not.toContain('mog_at_');
    terminal.write(KEYS.escape);
    await terminal.waitFor(/no credential|no account|sign in/i);
    expect(terminal.raw).not.toContain('mog_at_');
  });
});
