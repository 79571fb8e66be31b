import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeToken } from '@mogplex/protocol';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { KEYS, openTerminal, type PseudoTerminal } from './support/terminal.ts';

/** Milliseconds that the platform is asked for something by itself. */
const QUESTION_MS = 20_000;

const WORKING = /Asking which models can be used · \d+ s · Esc stops/;

let home: string;
let upstream: Upstream;
/** Who asked the platform for its models since the test began, and whether they still wait for them. */
let asked: { waits: boolean }[] = [];
const abandoned = (): number => asked.filter(({ waits }) => !waits).length;

/** A platform that never answers when it is asked for its models, and has nothing else. */
const platform = createServer((incoming, outgoing) => {
  if (!incoming.url?.endsWith('/models')) {
    outgoing.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    return;
  }
  const question = { waits: true };
  asked.push(question);
  outgoing.on('close', () => (question.waits = false));
});

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'mogplex-asking-'));
  upstream = await startOpenAiUpstream();
  await once(platform.listen(0, '127.0.0.1'), 'listening');
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  platform.closeAllConnections();
  platform.close();
  await upstream.close();
  await rm(home, { recursive: true, force: true });
});

const account = (): Record<string, string> => ({
  HOME: home,
  MOGPLEX_URL: `http://127.0.0.1:${(platform.address() as AddressInfo).port}`,
  MOGPLEX_API_KEY: makeToken('mog_', randomBytes),
});

const open = (more: readonly string[] = []): PseudoTerminal =>
  openTerminal({
    cwd: home,
    args: ['--model', 'openai/gpt-5', ...more],
    env: {
      ...account(),
      OPENAI_API_KEY: 'sk-canary-6a8c0e2f4b5d7193a5c7e9f1b3d5f7a9',
      OPENAI_BASE_URL: upstream.url,
    },
  });

/** The window of the model, what Tab completes, and the command each ask for the list. */
const ASKED = 3;

/** Sends `/model` and waits until it is under way, on screen and at the platform. */
const askForModels = async (terminal: PseudoTerminal): Promise<void> => {
  await terminal.waitFor('Ask something');
  terminal.write('/model\r');
  await terminal.waitFor(WORKING);
  await expect.poll(() => asked.length).toBe(ASKED);
  expect(abandoned()).toBe(0);
};

test.each([
  ['Esc', KEYS.escape],
  ['Ctrl+C', KEYS.ctrlC],
])('A9 a platform that hangs is seen to be asked for its models, and %s stops it', async (_name, key) => {
  await using terminal = open();
  await askForModels(terminal);
  terminal.write(key);
  const screen = await terminal.waitFor((text) => !WORKING.test(text));
  expect(screen).not.toMatch(/not known|Error/);
  await expect.poll(abandoned).toBe(1);
  terminal.write('hello\r');
  await terminal.waitFor('Hello from the model.');
  expect(terminal.text()).not.toContain('❯ openai/');
});

test('A9 asking once more leaves the first question, and the composer is usable meanwhile', async () => {
  await using terminal = open();
  await askForModels(terminal);
  terminal.write('/model\r');
  await expect.poll(() => [asked.length, abandoned()]).toEqual([ASKED + 1, 1]);
  await terminal.waitFor(WORKING);
  terminal.write('hello\r');
  await terminal.waitFor('Hello from the model.');
  expect(terminal.text()).toMatch(WORKING);
});

test('A9 in plain lines it is said, and Ctrl+C stops it', async () => {
  await using terminal = open(['--plain']);
  await terminal.waitFor('>');
  terminal.write('/model\n');
  await terminal.waitFor('Asking which models can be used. Ctrl+C stops.');
  await expect.poll(() => asked.length).toBe(ASKED - 1);
  terminal.write(KEYS.ctrlC);
  await terminal.waitFor('Press Ctrl+C again to leave');
  await expect.poll(abandoned).toBe(1);
});

test('A9 a platform that hangs while it is asked for the default model is seen to be asked, and can be left', async () => {
  await using terminal = openTerminal({ cwd: home, env: account() });
  await terminal.waitFor(/Choosing a model · \d+ s · Esc stops/);
  terminal.write(KEYS.escape);
  await terminal.waitFor((text) => !text.includes('Choosing a model'));
  const before = asked.length;
  terminal.write('hello\r');
  await terminal.waitFor('Waiting for the model');
  await expect.poll(() => asked.length).toBeGreaterThan(before);
  const waiting = asked.length - abandoned();
  terminal.write(KEYS.ctrlC);
  // A question that nobody stops ends by itself, but not so soon.
  await terminal.waitFor((text) => !/Waiting for the model|Interrupting/.test(text), QUESTION_MS / 2);
  await expect.poll(() => asked.length - abandoned()).toBeLessThan(waiting);
});
