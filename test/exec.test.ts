import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { execEvent } from '@mogplex/protocol';
import { describe, expect, test } from 'vitest';
import { type Fault, startAnthropicUpstream, startOpenAiUpstream } from './fakes/index.ts';
import { type MogplexHome, makeMogplexHome } from './support/mogplex-home.ts';
import { MOGPLEX, openTerminal } from './support/terminal.ts';

const KEY = `sk-proj-${randomBytes(16).toString('hex')}`;

const openAiEnv = (url: string) => ({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: url });

const expectNoKey = async (home: MogplexHome, ...texts: string[]): Promise<void> => {
  for (const text of [...texts, ...(await home.logs()).values()]) {
    for (const form of [KEY, Buffer.from(KEY).toString('base64').slice(0, 30), Buffer.from(KEY).toString('hex')])
      expect(text).not.toContain(form);
  }
};

describe('a prompt with a key of the provider', () => {
  test('A20 A2 prints what the provider streams and nothing else, with no platform', async () => {
    await using home = await makeMogplexHome();
    await using upstream = await startOpenAiUpstream({ answer: { text: ['Paris', ' is', ' it.'] } });
    const { code, stdout, stderr } = await home.run(['exec', '--model', 'openai/any', 'hello'], openAiEnv(upstream.url));
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'Paris is it.\n', stderr: '' });
    expect(upstream.requests[0]?.credentialIs(KEY)).toBe(true);
    await expectNoKey(home, stdout);
  });

  test('A13 A20 a stored key answers, and the environment outranks it', async () => {
    await using home = await makeMogplexHome();
    await using upstream = await startAnthropicUpstream();
    await home.storeAuth({ keys: { anthropic: 'sk-ant-stored-0123456789abcdef' } });
    const env = { ANTHROPIC_BASE_URL: upstream.url };
    const start = async (more: Record<string, string>) => {
      const { stdout } = await home.run(['exec', '--json', 'hello'], { ...env, ...more });
      return execEvent.parse(JSON.parse(stdout.split('\n')[0] ?? ''));
    };
    expect(await start({})).toMatchObject({ type: 'start', source: 'stored key', overrides: [] });
    expect(upstream.requests[0]?.credentialIs('sk-ant-stored-0123456789abcdef')).toBe(true);
    expect(await start({ ANTHROPIC_API_KEY: KEY })).toMatchObject({ source: 'env ANTHROPIC_API_KEY', overrides: ['stored key'] });
    expect(upstream.requests[1]?.credentialIs(KEY)).toBe(true);
    expect(await start({ ANTHROPIC_API_KEY: '' })).toMatchObject({ source: 'stored key' });
  });

  test('A20 the prompt, the context on stdin and the system text reach the model', async () => {
    await using home = await makeMogplexHome();
    await using upstream = await startOpenAiUpstream();
    const env = openAiEnv(upstream.url);
    await home.run(['exec', '--system', 'Be brief.', 'Review this'], env, 'diff --git a b\n');
    await home.run(['exec', '-'], env, 'All of it from stdin');
    const messages = upstream.requests.map(({ body }) => body?.['messages']);
    expect(messages[0]).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Review this\n\ndiff --git a b\n' },
    ]);
    expect(messages[1]).toEqual([{ role: 'user', content: 'All of it from stdin' }]);
    expect((await home.run(['exec', '-'], env)).code).toBe(2);
  });

  test('A20 --json prints one event a line by the published schema', async () => {
    await using home = await makeMogplexHome();
    await using upstream = await startOpenAiUpstream({ answer: { toolCall: { id: 'call_1', name: 'look', input: '{"at":"x"}' } } });
    const { code, stdout } = await home.run(['exec', '--json', 'hello'], openAiEnv(upstream.url));
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => execEvent.parse(JSON.parse(line)));
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({ type: 'start', version: 1, source: 'env OPENAI_API_KEY' });
    expect(events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('')).toBe('Hello from the model.');
    expect(events.slice(-3)).toEqual([
      { type: 'tool_call', id: 'call_1', name: 'look', input: '{"at":"x"}' },
      { type: 'usage', inputTokens: 11, outputTokens: 5 },
      { type: 'finish', reason: 'tool-calls' },
    ]);
    upstream.fault = 'rate-limited';
    const failed = await home.run(['exec', '--json', 'hello'], openAiEnv(upstream.url));
    const last = execEvent.parse(JSON.parse(failed.stdout.trimEnd().split('\n').at(-1) ?? ''));
    expect(failed.code).toBe(75);
    expect(last).toMatchObject({ type: 'error', error: { code: 'rate_limited', boundary: 'model', retryAfter: 7 } });
  });

  test('A20 B22 every failure has its exit code, names its boundary and holds no key', async () => {
    await using home = await makeMogplexHome();
    await using upstream = await startOpenAiUpstream();
    const cases: [Fault, number, RegExp][] = [
      ['hang', 69, /said nothing for 1 s/],
      ['unauthorized', 64, /refused the credential \(env OPENAI_API_KEY\)/],
      ['rate-limited', 75, /Try again in 7 s/],
      ['server-error', 69, /status 500/],
      ['cut', 69, /cut the answer off/],
    ];
    for (const [fault, expected, words] of cases) {
      upstream.fault = fault;
      const before = upstream.requests.length;
      const { code, stderr, stdout } = await home.run(['exec', 'hello'], { ...openAiEnv(upstream.url), MOGPLEX_MODEL_TIMEOUT: '1' });
      expect({ fault, code }).toEqual({ fault, code: expected });
      expect(stderr).toMatch(words);
      expect(stderr).toContain('[model]');
      expect(upstream.requests.length - before).toBe(1);
      await expectNoKey(home, stdout, stderr);
    }
    upstream.fault = 'unauthorized';
    const debugged = await home.run(['exec', 'hello'], { ...openAiEnv(upstream.url), MOGPLEX_DEBUG: '1' });
    expect(debugged.stderr).toContain(' at ');
    await expectNoKey(home, debugged.stderr);
  });

  test('A20 an answer that is not whole says so on stderr, and in its last event', async () => {
    await using home = await makeMogplexHome();
    await using upstream = await startOpenAiUpstream({ answer: { text: ['Par'], finish: 'length' } });
    const { code, stdout, stderr } = await home.run(['exec', 'hello'], openAiEnv(upstream.url));
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Par\n' });
    expect(stderr).toContain('reached the longest that the model may say');
    const json = await home.run(['exec', '--json', 'hello'], openAiEnv(upstream.url));
    expect(json.stdout.trimEnd().split('\n').at(-1)).toBe('{"type":"finish","reason":"length"}');
    upstream.answer = { text: [] };
    expect(await home.run(['exec', 'hello'], openAiEnv(upstream.url))).toEqual({
      code: 0,
      stdout: '',
      stderr: 'mogplex: The model ended without a word.\n',
    });
  });

  test('A20 D1 a provider that repeats the key cannot print it', async () => {
    await using home = await makeMogplexHome();
    await using upstream = await startOpenAiUpstream({ fault: 'echo-key' });
    const plain = await home.run(['exec', 'hello'], { ...openAiEnv(upstream.url), MOGPLEX_DEBUG: '1' });
    const json = await home.run(['exec', '--json', 'hello'], openAiEnv(upstream.url));
    expect(plain).toMatchObject({ code: 0, stdout: expect.stringContaining('redacted') as string });
    await expectNoKey(home, plain.stdout, plain.stderr, json.stdout, json.stderr);
  });
});

describe('without what it takes', () => {
  test('A7 no credential and no terminal: exit 64, nothing on stdout, a line that says to run mogplex', async () => {
    await using home = await makeMogplexHome();
    for (const args of [[], ['exec', 'hello']]) {
      const { code, stdout, stderr } = await home.run(args);
      expect({ args, code, stdout }).toEqual({ args, code: 64, stdout: '' });
      expect(stderr).toMatch(/[Rr]un `mogplex`/);
    }
    expect(await home.run([], { OPENAI_API_KEY: KEY })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('mogplex exec') as string,
    });
  });

  test('A20 unknown providers, models, options and commands are refused, each naming what is wrong', async () => {
    await using home = await makeMogplexHome();
    const env = { OPENAI_API_KEY: KEY };
    expect(await home.run(['exec', '--model', 'acme/one', 'x'], env)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no model "acme\/one" \[model\]/) as string,
    });
    expect(await home.run(['exec', '--model', 'gpt', 'x'], env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('[model]') as string,
    });
    expect(await home.run(['exec', '--modle', 'x', 'y'], env)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--model') as string,
    });
    expect((await home.run(['exce'], env)).code).toBe(2);
    expect((await home.run(['exec'], env)).code).toBe(2);
    expect(await home.run(['exec', '--model', 'openai/x', 'y'], { ...env, OPENAI_BASE_URL: 'ftp://x' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('OPENAI_BASE_URL') as string,
    });
    const withPassword = await home.run(['exec', 'y'], { ...env, OPENAI_BASE_URL: 'http://user:hunter22@127.0.0.1:9/v1' });
    expect(withPassword).toMatchObject({ code: 1, stderr: expect.stringContaining('[configuration]') as string });
    expect(withPassword.stderr).not.toContain('hunter22');
  });

  test('A20 --json tells a wrong settings file as its only event, on stderr and by exit code 2', async () => {
    await using home = await makeMogplexHome();
    await home.write('config.toml', 'permission_mode = "everything"\n');
    const { code, stdout, stderr } = await home.run(['exec', '--json', 'hello'], { OPENAI_API_KEY: KEY });
    expect({ code, event: execEvent.parse(JSON.parse(stdout)) }).toMatchObject({
      code: 2,
      event: { type: 'error', error: { code: 'usage', boundary: 'configuration' } },
    });
    expect(stderr).toContain('config.toml');
  });

  test('A1 A20 a credential that is there and cannot be used is named with the reason', async () => {
    await using home = await makeMogplexHome();
    const account = { origin: 'https://one.example', email: 'a@example.com', clientId: 'mogplex-cli', accessToken: 'mog_at_0123456789' };
    await home.storeAuth({ mogplex: account });
    const elsewhere = await home.run(['exec', 'hello'], { MOGPLEX_URL: 'https://two.example' });
    expect(elsewhere).toMatchObject({ code: 64, stdout: '' });
    expect(elsewhere.stderr).toContain('account a@example.com at https://one.example cannot be used: MOGPLEX_URL is https://two.example');
    const malformed = await home.run(['exec', '--model', 'groq/any', 'hello'], { MOGPLEX_API_KEY: 'mog_any', MOGPLEX_URL: 'two.example' });
    expect(malformed).toMatchObject({ code: 64, stdout: '' });
    expect(malformed.stderr).toContain('env MOGPLEX_API_KEY cannot be used: MOGPLEX_URL is not an http or https URL');
    const odd = await home.run(['agents'], { MOGPLEX_API_KEY: 'mog_canary_schl\u00fcssel_\u6f22', MOGPLEX_URL: 'http://127.0.0.1:9' });
    expect(odd).toMatchObject({ code: 64, stdout: '' });
    expect(odd.stderr).toContain('the token for the platform at http://127.0.0.1:9 holds a character that cannot be sent [token]');
    expect(odd.stderr).not.toContain('canary');
  });

  test('A15 --logout without a terminal clears the account login and says so', async () => {
    await using home = await makeMogplexHome();
    const account = { origin: 'http://127.0.0.1:9', email: 'a@example.com', clientId: 'mogplex-cli', accessToken: 'mog_at_0123456789' };
    await home.storeAuth({ mogplex: account, keys: { groq: 'gsk_0123456789' } });
    const first = await home.run(['--logout']);
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(first.stderr).toMatch(/the account login was removed\n.*could not be told: revoke the login under Settings there/);
    expect(await home.readAuth()).toMatchObject({ providers: { groq: {} } });
    expect((await home.readAuth()).mogplex).toBeUndefined();
    expect(await home.run(['--logout'])).toMatchObject({ code: 0, stderr: 'mogplex: no account login was stored\n' });
    const attaching = await home.run(['--attach', 'run_00000000000000000000000000', '--logout']);
    expect(attaching).toMatchObject({ code: 2, stderr: expect.stringContaining('needs a terminal') as string });
  });

  test('A3 a damaged auth.json is reported and kept, and the environment still works', async () => {
    await using home = await makeMogplexHome();
    await using upstream = await startOpenAiUpstream();
    await home.write('auth.json', '{"version":1,"providers":{"openai":{"apiKey":"sk-half');
    const answered = await home.run(['exec', 'hello'], openAiEnv(upstream.url));
    expect(answered).toMatchObject({ code: 0, stdout: 'Hello from the model.\n' });
    expect(answered.stderr).toContain('auth.json');
    const refused = await home.run(['exec', 'hello']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/auth\.json is not valid JSON.*\[storage\]/);
    expect(refused.stderr).not.toContain('sk-half');
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)('A20 %s aborts the request at the provider and exits 130', async (signal) => {
  await using home = await makeMogplexHome();
  await using upstream = await startOpenAiUpstream({ answer: { text: Array.from({ length: 2_000 }, () => 'word '), gapMs: 20 } });
  const env = { PATH: process.env['PATH'] ?? '', HOME: home.user, ...openAiEnv(upstream.url) };
  const child = spawn(process.execPath, [MOGPLEX, 'exec', 'hello'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill(signal);
  expect(await ended).toBe(130);
  await upstream.nextAbandoned();
  const [log = ''] = (await home.logs()).values();
  expect(log).toContain('"complete":false');
});

test('A20 hostile output changes nothing but text on a terminal, and is left as it is for a pipe', async () => {
  await using home = await makeMogplexHome();
  const hostile = ['\u001b]52;c;aGVsbG8=\u0007', 'safe\u001b[2J\u001b[1;1H', '\u001b]0;title\u0007', 'text\u202eback', 'x'.repeat(100_000)];
  await using upstream = await startOpenAiUpstream({ answer: { text: hostile } });
  const env = { HOME: home.user, ...openAiEnv(upstream.url) };
  await using terminal = openTerminal({ args: ['exec', 'hello'], env, cols: 120, rows: 40 });
  expect(await terminal.waitForExit()).toMatchObject({ exitCode: 0 });
  expect(terminal.raw).toContain('safe');
  expect(terminal.raw).not.toContain('\u001b]52');
  expect(terminal.raw).not.toContain('\u001b]0;');
  expect(terminal.raw).not.toContain('\u001b[2J');
  expect(terminal.raw).not.toContain('\u202e');
  expect((await home.run(['exec', 'hello'], env)).stdout).toBe(`${hostile.join('')}\n`);
});
