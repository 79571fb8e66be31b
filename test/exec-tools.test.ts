import { expect, test } from 'vitest';
import { startAnthropicUpstream, startGoogleUpstream, startOpenAiUpstream } from './fakes/index.ts';
import { makeMogplexHome } from './support/mogplex-home.ts';
import { KEYS, openTerminal } from './support/terminal.ts';

const KEY = 'sk-0123456789abcdef0123456789abcdef0123456789';
const CALL = { id: 'call_1', name: 'oauth_clear_token', input: '{"provider":"openai-codex"}' };

test.each([
  ['openai', startOpenAiUpstream, 'OPENAI_API_KEY', 'OPENAI_BASE_URL'],
  ['anthropic', startAnthropicUpstream, 'ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL'],
  ['google', startGoogleUpstream, 'GOOGLE_GENERATIVE_AI_API_KEY', 'GOOGLE_BASE_URL'],
] as const)('C9 A18 a model of %s calls a tool of a plugin and goes on with its output', async (provider, start, keyName, urlName) => {
  await using home = await makeMogplexHome();
  await using upstream = await start({ answer: { text: ['All done.'] } });
  await home.write('config.toml', 'permission_mode = "auto"\n');
  upstream.answersOnce.push({ text: ['Let me see. '], toolCall: CALL });
  const env = { [keyName]: KEY, [urlName]: upstream.url, MOGPLEX_DEBUG: '1', MOGPLEX_VAULT_KEY: 'file' };
  const { code, stdout } = await home.run(['exec', '--model', `${provider}/any`, 'Log me out'], env);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Let me see. All done.\n' });
  expect(upstream.requests).toHaveLength(2);
  const [first, second] = upstream.requests.map(({ body }) => JSON.stringify(body));
  expect(first).toContain('oauth_authorize');
  expect(first).not.toContain('Let me see');
  expect(second).toContain('Let me see');
  expect(second).toContain('openai-codex');
  const logs = await home.logs();
  const [, debug = ''] = [...logs].find(([name]) => name.endsWith('.debug.jsonl')) ?? [];
  const output = debug
    .split('\n')
    .filter((line) => line.includes('tool_output'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(output).toHaveLength(1);
  expect(output[0]).toMatchObject({ type: 'tool_output', name: 'oauth_clear_token' });
  expect(second).toContain(JSON.stringify(String(output[0]?.['output'])).slice(1, -1));
});

test('C9 tools are offered only where the person has allowed them, and a call without end is ended', async () => {
  await using home = await makeMogplexHome();
  await using upstream = await startOpenAiUpstream({ answer: { text: ['again '], toolCall: { ...CALL, name: 'oauth_get_token' } } });
  const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: upstream.url, MOGPLEX_VAULT_KEY: 'file' };
  const asked = await home.run(['exec', 'hello'], env);
  expect(asked.code).toBe(0);
  expect(upstream.requests.map(({ body }) => body?.['tools'])).toEqual([undefined]);
  await home.write('config.toml', 'permission_mode = "auto"\n');
  const endless = await home.run(['exec', 'hello'], env);
  expect(endless).toMatchObject({ code: 69, stderr: expect.stringContaining('called tools 24 times') as string });
  expect(upstream.requests).toHaveLength(25);
});

test('C9 A18 in the cockpit a call runs after a yes and not after a no', async () => {
  await using home = await makeMogplexHome();
  await using upstream = await startOpenAiUpstream({ answer: { text: ['All done.'] } });
  upstream.answersOnce.push({ text: ['Let me see. '], toolCall: CALL }, { text: ['First done.'] }, { text: ['Again. '], toolCall: CALL });
  const env = { HOME: home.user, OPENAI_API_KEY: KEY, OPENAI_BASE_URL: upstream.url, MOGPLEX_VAULT_KEY: 'file' };
  await using terminal = openTerminal({ args: ['--model', 'openai/any'], env, cwd: home.user, cols: 100, rows: 30 });
  await terminal.waitFor((screen) => screen.includes('Ask something') && screen.includes('openai/any'));
  const told = (index: number): string => JSON.stringify(upstream.requests[index]?.body?.['messages']);
  terminal.write('log me out\r');
  await terminal.waitFor('The model wants to run oauth_clear_token');
  terminal.write(KEYS.down);
  await terminal.waitFor(/❯ Run it this once/);
  terminal.write(KEYS.enter);
  await terminal.waitFor('First done.');
  expect(told(1)).not.toContain('did not allow');
  terminal.write('once more\r');
  await terminal.waitFor('The model wants to run oauth_clear_token');
  terminal.write(KEYS.enter);
  await terminal.waitFor('All done.');
  expect(told(3)).toContain('the person did not allow this call');
});

test('C9 a call with a megabyte of input is a question like any other, and is answered', async () => {
  await using home = await makeMogplexHome();
  await using upstream = await startOpenAiUpstream({ answer: { text: ['All done.'] } });
  const input = JSON.stringify({ provider: `${'x'.repeat(2_000_000)} the end` });
  upstream.answersOnce.push({ toolCall: { ...CALL, input } });
  const env = { HOME: home.user, OPENAI_API_KEY: KEY, OPENAI_BASE_URL: upstream.url, MOGPLEX_VAULT_KEY: 'file' };
  await using terminal = openTerminal({ args: ['--model', 'openai/any'], env, cwd: home.user });
  await terminal.waitFor((screen) => screen.includes('Ask something') && screen.includes('openai/any'));
  terminal.write('go\r');
  expect(await terminal.waitFor('The model wants to run oauth_clear_token')).toMatch(/… \d+ more rows/);
  terminal.write(KEYS.enter);
  await terminal.waitFor('All done.');
  expect(JSON.stringify(upstream.requests[1]?.body)).toContain('the person did not allow this call');
});

test('C9 a model that refuses tools is asked again without them', async () => {
  await using home = await makeMogplexHome();
  await using upstream = await startOpenAiUpstream();
  upstream.faultsOnce.push('bad-request');
  await home.write('config.toml', 'permission_mode = "auto"\n');
  const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: upstream.url, MOGPLEX_VAULT_KEY: 'file' };
  expect(await home.run(['exec', 'hello'], env)).toMatchObject({ code: 0, stdout: 'Hello from the model.\n' });
  expect(upstream.requests.map(({ body }) => body?.['tools'] !== undefined)).toEqual([true, false]);
});
