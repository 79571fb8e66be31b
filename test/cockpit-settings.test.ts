import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openVault, Secret } from '@mogplex/credentials';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { KEYS, openTerminal, type PseudoTerminal, type TerminalOptions } from './support/terminal.ts';

const KEY = 'sk-canary-5d7f9b1c3e5a7092b4d6f8a0c2e4f6a8';
const SHIFT_TAB = '\u001b[Z';

let home: string;
let upstream: Upstream;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mogplex-settings-'));
  upstream = await startOpenAiUpstream({ answer: { text: ['Hello', ' there.'], usage: { inputTokens: 11, outputTokens: 7 } } });
});

afterEach(async () => {
  await upstream.close();
  await rm(home, { recursive: true, force: true });
});

const open = (env: Record<string, string> = {}, options: TerminalOptions = {}): PseudoTerminal =>
  openTerminal({ cwd: home, ...options, env: { HOME: home, OPENAI_BASE_URL: upstream.url, OPENAI_API_KEY: KEY, ...env } });

const writeConfig = async (text: string): Promise<void> => {
  await mkdir(join(home, '.mogplex'), { recursive: true, mode: 0o700 });
  await writeFile(join(home, '.mogplex', 'config.toml'), text);
};

/** The right end of the first row. */
const shownModel = (terminal: PseudoTerminal): string => terminal.rows()[0]?.trimEnd().split(' ').at(-1) ?? '';

describe('the settings', () => {
  test('that cannot be read are told and end nothing; once they are mended the next prompt is answered', async () => {
    await writeConfig('permission_mode = "everything"\n');
    await using terminal = open({}, { args: ['--model', 'openai/gpt-test'] });
    await terminal.waitFor(/configuration: .*config\.toml/s);
    terminal.write(SHIFT_TAB);
    await terminal.waitFor((screen) => screen.split('permission_mode').length > 2);
    terminal.write('/model openai/gpt-5\r');
    await terminal.waitFor((screen) => screen.split('permission_mode').length > 3);
    expect(upstream.requests).toHaveLength(0);
    await writeConfig('permission_mode = "read-only"\n');
    terminal.write('hello\r');
    await terminal.waitFor('Hello there.');
    expect(terminal.rows()[1]).toContain('read-only');
  });

  test('allow_models holds for the default, for /model and for a key that is stored meanwhile', async () => {
    await writeConfig('allow_models = ["openai/gpt-5*", "groq/nothing"]\n');
    await using terminal = open();
    await terminal.waitFor(() => shownModel(terminal) === 'openai/gpt-5.5');
    terminal.write('/model openai/gpt-6-sol\r');
    expect(await terminal.waitFor('do not allow openai/gpt-6-sol')).toContain('allow_models');
    terminal.write('/model nowhere/gpt\r');
    await terminal.waitFor('there is no model "nowhere/gpt"');
    expect(shownModel(terminal)).toBe('openai/gpt-5.5');
    terminal.write('/login groq\r');
    await terminal.waitFor('Groq API key');
    terminal.paste('gsk_canary_000000000000000000');
    terminal.write(KEYS.enter);
    await terminal.waitFor('The Groq key is stored');
    terminal.write('hello\r');
    await terminal.waitFor((screen) => screen.includes('do not allow groq/') || screen.includes('Hello there.'));
    expect(upstream.requests.every(({ body }) => body?.['model'] === 'gpt-5.5')).toBe(true);
  });
});

test('/status names the platform without the password in its address', async () => {
  await using terminal = open({ MOGPLEX_URL: 'https://someone:hunter22hunter@mogplex.example/x' }, { cols: 100 });
  await terminal.waitFor('Ask something');
  terminal.write('/status\r');
  await terminal.waitFor('Platform     https://mogplex.example');
  expect(terminal.raw).not.toContain('hunter22');
});

test('A13 an account that cannot be used is named with the reason, in the header and where a prompt fails', async () => {
  await mkdir(join(home, '.mogplex'), { mode: 0o700 });
  const account = {
    origin: 'https://one.example',
    email: 'a@example.com',
    clientId: 'mogplex-cli',
    accessToken: 'mog_at_canary000000000000',
  };
  await writeFile(join(home, '.mogplex', 'auth.json'), JSON.stringify({ version: 1, generation: 1, mogplex: account, providers: {} }), {
    mode: 0o600,
  });
  await using terminal = open({ OPENAI_API_KEY: '', MOGPLEX_URL: 'https://two.example' }, { cols: 160, rows: 40 });
  await terminal.waitFor('not used: account a@example.com at https://one.example · MOGPLEX_URL is https://two.example');
  const screen = await terminal.waitFor('cannot be used');
  expect(screen).toContain('Type /login to sign in');
  expect(terminal.raw).not.toContain('mog_at_');
});

test('A12 a key behind /login <provider> is neither used nor repeated nor kept', async () => {
  await using terminal = open();
  await terminal.waitFor('Ask something');
  terminal.write('/login groq gsk_typed_canary_0123456789\r');
  const screen = await terminal.waitFor('Groq API key');
  expect(screen).toContain('is not used');
  expect(screen).not.toContain('gsk_typed');
  terminal.write(KEYS.escape);
  await terminal.waitFor('❯ Groq');
  terminal.write(KEYS.escape);
  await terminal.waitFor('❯ Use a provider API key');
  terminal.write(KEYS.escape);
  await terminal.waitFor('Ask something');
  terminal.write(KEYS.up);
  await terminal.waitFor('❯ /login groq');
  expect(terminal.text()).not.toContain('gsk_typed');
  terminal.write(`${KEYS.ctrlU}/login sk-ant-api03-canary-0123456789abcdef0123456789abcdef\r`);
  expect(await terminal.waitFor('Unknown provider')).not.toMatch(/Unknown provider sk-ant-api03-canary/);
  const folder = join(home, '.mogplex', 'history');
  const kept = async (): Promise<string> => await readFile(join(folder, (await readdir(folder))[0] ?? ''), 'utf8');
  await expect.poll(kept).toContain('/login groq');
  expect(await kept()).not.toContain('gsk_typed');
});

describe('the repository', () => {
  test('keeps its commands at its root, and the nearest of one name wins', async () => {
    const inner = join(home, 'packages', 'one');
    for (const folder of [home, inner]) await mkdir(join(folder, '.agents', 'commands'), { recursive: true });
    await mkdir(join(home, '.git'));
    await writeFile(join(home, '.git', 'HEAD'), 'ref: refs/heads/ma\u001b]0;owned\u0007in\u202e\n');
    await writeFile(join(home, '.agents', 'commands', 'plan.md'), 'Plan from the root.');
    await writeFile(join(home, '.agents', 'commands', 'test.md'), 'Test from the root.');
    await writeFile(join(inner, '.agents', 'commands', 'test.md'), 'Test from near by.');
    await using terminal = open({}, { cwd: inner, args: ['--model', 'openai/gpt-test'] });
    await terminal.waitFor((screen) => screen.includes('Ask something') && screen.includes('· main'));
    expect(terminal.raw).not.toMatch(/owned|\u202e/);
    terminal.write('/plan\r');
    await terminal.waitFor((screen) => screen.includes('Plan from the root.') && screen.includes('18 tok'));
    terminal.write('/test\r');
    await terminal.waitFor('Test from near by.');
  });

  test('gets a new file with every export, and a folder that takes none is named', async () => {
    await using terminal = open({}, { args: ['--model', 'openai/gpt-test'] });
    await terminal.waitFor((screen) => screen.includes('Ask something') && screen.includes('openai/gpt-test'));
    terminal.write('hi\r');
    await terminal.waitFor('18 tok');
    const exports = async (): Promise<string[]> => (await readdir(home)).filter((name) => name.endsWith('.md'));
    for (const count of [1, 2]) {
      terminal.write('/export\r');
      await terminal.waitFor('Save as Markdown');
      terminal.write('\r');
      await expect.poll(async () => (await exports()).length).toBe(count);
      await terminal.waitFor((screen) => !screen.includes('Save as Markdown'));
    }
    expect((await exports()).some((name) => name.endsWith('-2.md'))).toBe(true);
  });
});

describe('the cursor of the terminal', () => {
  const at = (terminal: PseudoTerminal): [number, number] => [
    terminal.emulator.buffer.active.cursorX,
    terminal.emulator.buffer.active.cursorY,
  ];
  /** Whether the terminal shows it (DECTCEM, the last word counts). */
  const isShown = (terminal: PseudoTerminal): boolean => terminal.raw.lastIndexOf('\u001b[?25h') > terminal.raw.lastIndexOf('\u001b[?25l');

  test.each([{}, { NO_COLOR: '1' }] as Record<string, string>[])('stands where the next character goes, with %j', async (env) => {
    await using terminal = open(env, { args: ['--model', 'openai/gpt-test'] });
    await terminal.waitFor((screen) => screen.includes('Ask something') && screen.includes('ask · ready'));
    terminal.write('漢字 ab');
    await terminal.waitFor(() => at(terminal).join() === '9,22' && isShown(terminal));
    terminal.write(KEYS.left + KEYS.left + KEYS.left);
    await terminal.waitFor(() => at(terminal).join() === '6,22');
    terminal.write(`${KEYS.shiftEnter}x`);
    await terminal.waitFor(() => at(terminal).join() === '3,22' && terminal.rows()[21]?.startsWith('❯ 漢字') === true);
    terminal.write(KEYS.ctrlP);
    await terminal.waitFor((screen) => screen.includes('type to filter') && !isShown(terminal));
    terminal.write(KEYS.escape);
    await terminal.waitFor((screen) => !screen.includes('type to filter') && isShown(terminal));
    terminal.write(`${KEYS.ctrlU}${KEYS.backspace}${KEYS.ctrlU}${KEYS.ctrlK}/login groq\r`);
    await terminal.waitFor('Groq API key');
    terminal.write('abc');
    await terminal.waitFor((screen) => screen.includes('•••') && at(terminal)[0] === 9 && isShown(terminal));
    expect(terminal.rows()[at(terminal)[1]]).toBe('  Key •••');
  });
});

test('a login whose plugin is gone hides no other model', async () => {
  const vault = openVault(join(home, '.mogplex'), { env: { MOGPLEX_VAULT_KEY: 'file' }, now: Date.now });
  await vault.put('oauth/gone/tokens', {
    secrets: { accessToken: new Secret('gone-canary-0123456789', 'test') },
    meta: { serviceName: 'Gone' },
  });
  await using terminal = open({}, { cols: 120, rows: 30 });
  await terminal.waitFor('Ask something');
  terminal.write('/model\r');
  expect(await terminal.waitFor('type to filter')).toContain('openai/gpt-5');
  terminal.write(KEYS.escape);
  expect(await terminal.waitFor('the models of gone are not known')).toContain('there is no provider "gone"');
});

test('Up goes through the rows of a long line before it goes to the history, and a word typed at the conversation goes to the composer', async () => {
  await using terminal = open({}, { args: ['--model', 'openai/gpt-test'] });
  await terminal.waitFor((screen) => screen.includes('Ask something') && screen.includes('openai/gpt-test'));
  terminal.write('earlier\r');
  await terminal.waitFor('18 tok');
  terminal.write(`${'word '.repeat(20)}end`);
  await terminal.waitFor('end');
  terminal.write(`${KEYS.up}[here]`);
  expect(await terminal.waitFor('[here]')).toContain('end');
  terminal.write(KEYS.up);
  expect(await terminal.waitFor(/❯ earlier\n Enter send/)).not.toContain('[here]');
  terminal.write(KEYS.ctrlU + KEYS.escape);
  await terminal.waitFor('q leave');
  terminal.write('hello');
  await terminal.waitFor(/❯ hello\n Enter send/);
});

test('a paste narrows a list', async () => {
  await using terminal = open();
  await terminal.waitFor('Ask something');
  terminal.write('/model\r');
  await terminal.waitFor('type to filter');
  terminal.paste('gpt-5.4-mini\n');
  expect(await terminal.waitFor(/Model +1 of \d+/)).toContain('❯ openai/gpt-5.4-mini');
});

test('A18 in the cockpit debug logs are announced, hold the stream, and have mode 0600', async () => {
  await using terminal = open({ MOGPLEX_DEBUG: '1' }, { args: ['--model', 'openai/gpt-test'], cols: 120 });
  expect(await terminal.waitFor('MOGPLEX_DEBUG is set')).toMatch(/prompts, answers and\s+tool output/);
  terminal.write('hi\r');
  await terminal.waitFor('18 tok');
  const folder = join(home, '.mogplex', 'logs');
  const debug = async (): Promise<string> => {
    const name = (await readdir(folder)).find((file) => file.endsWith('.debug.jsonl'));
    return name === undefined ? '' : await readFile(join(folder, name), 'utf8');
  };
  await expect.poll(debug).toContain('"chunk"');
  expect(await debug()).not.toContain(KEY);
});

test('C9 a tool of a plugin works after the prompt that it was loaded for was interrupted', async () => {
  await mkdir(join(home, '.mogplex', 'plugins'), { recursive: true, mode: 0o700 });
  const plugin = `import { definePlugin, defineProvider, defineTool } from '@moxxy/sdk';
import { oauth } from '@moxxy/plugin-oauth';
import { z } from 'zod';
const auth = oauth({ provider: 'acme', serviceName: 'Acme', issuer: 'https://acme.example', endpoints: 'oauth2', clientId: 'x', scopes: [], hosts: [] });
const provider = defineProvider({ name: 'acme', models: [{ id: 'one' }], createClient: () => ({}), auth });
export default definePlugin({
  name: 'acme',
  providers: [provider],
  tools: (host) => [
    defineTool({
      name: 'look',
      description: 'Looks whether it may go on',
      input: z.object({}),
      run: async () => (host.contextFor('acme').signal.aborted ? 'it was over before it began' : 'it may go on'),
    }),
  ],
});
`;
  await writeFile(join(home, '.mogplex', 'plugins', 'acme.mjs'), plugin, { mode: 0o600 });
  await chmod(join(home, '.mogplex', 'plugins', 'acme.mjs'), 0o600);
  await writeConfig('permission_mode = "auto"\n');
  await using terminal = open({ MOGPLEX_VAULT_KEY: 'file' }, { args: ['--model', 'openai/gpt-test'] });
  await terminal.waitFor((screen) => screen.includes('Ask something') && screen.includes('auto · ready'));
  upstream.answersOnce.push({ text: Array.from({ length: 1_000 }, () => 'word '), gapMs: 20 });
  terminal.write('first\r');
  await terminal.waitFor('word word');
  terminal.write(KEYS.ctrlC);
  await terminal.waitFor((screen) => screen.includes('interrupted') && screen.includes('auto · ready'));
  upstream.answersOnce.push({ toolCall: { id: 'call_1', name: 'look', input: '{}' } });
  terminal.write('second\r');
  await terminal.waitFor('Hello there.');
  expect(JSON.stringify(upstream.requests.at(-1)?.body)).toContain('it may go on');
});
