import { randomBytes } from 'node:crypto';
import { stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { makeToken } from '@mogplex/protocol';
import { expect, test } from 'vitest';
import { startOpenAiUpstream } from './fakes/index.ts';
import { makeMogplexHome } from './support/mogplex-home.ts';

const KEY = `sk-proj-${randomBytes(20).toString('hex')}`;
const STORED = `gsk_${randomBytes(20).toString('hex')}`;
const ACCOUNT = `mog_at_${randomBytes(20).toString('hex')}`;

const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** The encodings in which a secret could slip through. */
const formsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('hex'),
  Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1),
  Buffer.from(secret).toString('base64url').slice(0, -1),
];

const expectNone = (text: string, secrets: readonly string[]): void => {
  for (const secret of secrets) for (const form of formsOf(secret)) expect(text).not.toContain(form);
};

test('A17 a session log follows its schema, is private, and holds no secret in any encoding, whoever puts it there', async () => {
  await using home = await makeMogplexHome();
  const pasted = makeToken('mog_', randomBytes);
  const encoded = formsOf(KEY).join(' ');
  await using upstream = await startOpenAiUpstream({ answer: { text: ['You said ', KEY.slice(0, 20), KEY.slice(20), ' and ', STORED] } });
  await home.storeAuth({
    keys: { groq: STORED },
    mogplex: { origin: 'https://mogplex.example', email: 'me@example.com', clientId: 'mogplex-cli', accessToken: ACCOUNT },
  });
  const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: upstream.url };
  const asked = await home.run(['exec', '--system', `Use ${ACCOUNT}`, `My token is ${pasted}, in forms: ${encoded}`], env);
  expect(asked.code).toBe(0);
  const [[name = '', text = ''] = []] = await home.logs();
  expect(name).toMatch(/^\d{8}-\d{6}-[0-9a-f]{8}\.jsonl$/);
  expectNone(text, [KEY, STORED, ACCOUNT, pasted]);
  const path = join(home.path, 'logs', name);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(home.path, 'logs'))).mode & 0o777).toBe(0o700);
  const lines = linesOf(text);
  expect(lines.map(({ type }) => type)).toEqual(['session', 'prompt', 'usage', 'answer']);
  lines.forEach((line, index) => expect(line).toMatchObject({ v: 1, seq: index, at: expect.stringMatching(/^\d{4}-.*Z$/) as string }));
  expect(lines[0]).toMatchObject({ sessionId: name.replace('.jsonl', ''), command: 'exec' });
  expect(lines[1]).toMatchObject({
    model: 'openai/gpt-6-sol',
    source: 'env OPENAI_API_KEY',
    overrides: [expect.stringContaining('account') as string],
  });
  expect(lines[2]).toMatchObject({ input: 11, output: 5 });
  expect(lines[3]).toMatchObject({ complete: true, text: expect.stringContaining('You said ') as string });
});

test('A18 MOGPLEX_DEBUG writes stream pieces to a private file of its own, with a warning, and no secret across their seams', async () => {
  await using home = await makeMogplexHome();
  const pieces = ['the key is ', ...KEY.split(''), ' as you know'];
  await using upstream = await startOpenAiUpstream({ answer: { text: pieces } });
  const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: upstream.url };
  const quiet = await home.run(['exec', 'hello'], env);
  expect(quiet.stderr).toBe('');
  const { stderr } = await home.run(['exec', 'hello'], { ...env, MOGPLEX_DEBUG: '1' });
  const debug = [...(await home.logs())].filter(([name]) => name.endsWith('.debug.jsonl'));
  expect(debug).toHaveLength(1);
  const [[name, text] = ['', '']] = debug;
  expect(stderr).toContain(name);
  expect(stderr).toContain('prompts');
  expect((await stat(join(home.path, 'logs', name))).mode & 0o777).toBe(0o600);
  const lines = linesOf(text);
  expect(lines.every(({ type, kind }) => type === 'chunk' && kind === 'text')).toBe(true);
  const joined = lines.map((line) => String(line['text'])).join('');
  expect(joined).toContain('the key is ');
  expectNone(text + joined, [KEY]);
});

test('A17 mogplex logs lists and shows sessions', async () => {
  await using home = await makeMogplexHome();
  expect(await home.run(['logs'])).toMatchObject({ code: 0, stdout: '' });
  await using upstream = await startOpenAiUpstream({ answer: { text: ['fine\u001b[2J'] } });
  const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: upstream.url };
  await home.run(['exec', 'first question'], env);
  upstream.fault = 'server-error';
  await home.run(['exec', '--model', 'openai/gpt-5', 'second question'], env);
  const listed = await home.run(['logs', 'list', '--json']);
  const sessions = linesOf(listed.stdout);
  expect(sessions).toHaveLength(2);
  const failed = sessions.find(({ errors }) => errors === 1);
  expect(failed).toMatchObject({ command: 'exec', prompts: 1, models: ['openai/gpt-5'] });
  expect((await home.run(['logs'])).stdout).toContain('1 prompt, 1 failed');
  const other = sessions.find(({ errors }) => errors === 0);
  const shown = await home.run(['logs', 'show', String(other?.['sessionId'])]);
  expect(shown.stdout).toContain('first question');
  expect(shown.stdout).toContain('fine');
  expect(shown.stdout).not.toContain('\u001b');
  const raw = await home.run(['logs', 'show', String(failed?.['sessionId']), '--json']);
  expect(linesOf(raw.stdout).find(({ type }) => type === 'error')).toMatchObject({ error: { code: 'upstream_error', boundary: 'model' } });
  expect(await home.run(['logs', 'show', 'nothing'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no such session log') as string,
  });
});

test('A17 a log of a newer version is named and hides none of the others', async () => {
  await using home = await makeMogplexHome();
  await using upstream = await startOpenAiUpstream();
  await home.run(['exec', 'first question'], { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: upstream.url });
  await home.write(join('logs', '29990101-000000-0123abcd.jsonl'), '{"v":2,"seq":0,"type":"session"}\n');
  const listed = await home.run(['logs']);
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  const [newer = '', own = ''] = listed.stdout.split('\n');
  expect(newer).toMatch(/^29990101-000000-0123abcd .*newer version of mogplex/);
  expect(own).toContain('1 prompt');
});

test('A17 logs are removed by age, can be switched off, and never stop a prompt', async () => {
  await using home = await makeMogplexHome();
  await using upstream = await startOpenAiUpstream();
  const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: upstream.url };
  await home.write('config.toml', '[logs]\ndays = 2\n');
  await home.run(['exec', 'one'], env);
  const [[name = ''] = []] = await home.logs();
  const longAgo = Date.now() / 1000 - 3 * 86_400;
  await utimes(join(home.path, 'logs', name), longAgo, longAgo);
  await home.run(['exec', 'two'], env);
  const names = [...(await home.logs()).keys()];
  expect(names).toHaveLength(1);
  expect(names).not.toContain(name);
  await home.write('config.toml', '[logs]\nenabled = false\n');
  await home.run(['exec', 'three'], env);
  expect([...(await home.logs()).keys()]).toEqual(names);

  await using other = await makeMogplexHome();
  await other.write('logs', 'a file where the folder should be');
  const answered = await other.run(['exec', 'four'], env);
  expect(answered).toMatchObject({ code: 0, stdout: 'Hello from the model.\n' });
  expect(answered.stderr).toContain('session log cannot be written');
});
