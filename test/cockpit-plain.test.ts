import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { KEYS, openTerminal, type PseudoTerminal } from './support/terminal.ts';

const KEY = 'sk-canary-2c4e6081a3c5e7092b4d6f8091b3d5f7';

let home: string;
let upstream: Upstream;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mogplex-plain-'));
  upstream = await startOpenAiUpstream({ answer: { text: ['# Hello', ' there.\n'], usage: { inputTokens: 11, outputTokens: 7 } } });
});

afterEach(async () => {
  await upstream.close();
  await rm(home, { recursive: true, force: true });
});

const open = (env: Record<string, string>, args: readonly string[] = []): PseudoTerminal =>
  openTerminal({ cols: 100, rows: 60, cwd: home, args, env: { HOME: home, OPENAI_BASE_URL: upstream.url, ...env } });

/** Types a line once the program asks for it, on the row that is written last. */
const say = async (terminal: PseudoTerminal, question: string, line: string): Promise<void> => {
  await terminal.waitFor((screen) => screen.split('\n').at(-1)?.startsWith(question) === true);
  terminal.write(`${line}\n`);
};

describe('the cockpit in plain lines', () => {
  test('A6 A12 A14 A20 does everything on a dumb terminal, without one escape sequence and without showing the key', async () => {
    await using terminal = open({ TERM: 'dumb' });
    await say(terminal, 'Number, or q', '2');
    await say(terminal, 'Number, or nothing', '2');
    await say(terminal, 'Key, or nothing', KEY);
    await say(terminal, '>', 'say hello');
    expect(await terminal.waitFor('Done, 18 tok')).toMatch(/Using openai\/[\w.-]+, openai · stored key, ask, direct\./);
    expect(terminal.text()).toContain('# Hello there.');
    expect(upstream.requests[0]?.credentialIs(KEY)).toBe(true);
    await say(terminal, '>', '/permissions');
    await say(terminal, 'Number, or nothing', '1');
    await terminal.waitFor('read-only, direct');
    await say(terminal, '>', '/nope');
    await terminal.waitFor('Error: Unknown command /nope');
    await say(terminal, '>', '/login groq');
    await say(terminal, 'Key, or nothing', '');
    await say(terminal, 'Number, or nothing', '');
    await say(terminal, 'Number, or nothing', '');
    await say(terminal, '>', '/logout');
    expect(await terminal.waitFor('Yes or no?')).toContain('the stored OpenAI key');
    await say(terminal, 'Yes or no?', 'y');
    await say(terminal, 'Number, or q', 'q');
    expect((await terminal.waitForExit()).exitCode).toBe(0);
    expect(await readFile(join(home, '.mogplex', 'auth.json'), 'utf8')).not.toContain(KEY);
    expect(terminal.raw).not.toContain('\u001b');
    expect(terminal.raw).not.toContain(KEY.slice(0, 12));
  });

  test('--plain and MOGPLEX_PLAIN ask for it; Ctrl+C interrupts an answer, and twice leaves', async () => {
    upstream.answer = { text: ['one ', 'two ', 'three '] };
    upstream.fault = 'hang-mid-stream';
    await using terminal = open({ OPENAI_API_KEY: KEY }, ['--plain']);
    const abandoned = upstream.nextAbandoned();
    await say(terminal, '>', 'two rows \\');
    terminal.write('go\n');
    await terminal.waitFor('one');
    terminal.write(KEYS.ctrlC);
    await terminal.waitFor('Interrupted.');
    await abandoned;
    expect(JSON.stringify(upstream.requests[0]?.body)).toContain('two rows \\ngo');
    terminal.write(KEYS.ctrlC);
    terminal.write(KEYS.ctrlC);
    expect((await terminal.waitForExit()).exitCode).toBe(0);

    await using other = open({ OPENAI_API_KEY: KEY, MOGPLEX_PLAIN: '1' });
    await say(other, '>', '/quit');
    expect((await other.waitForExit()).exitCode).toBe(0);
    expect(other.raw).not.toContain('\u001b');
  });
});
