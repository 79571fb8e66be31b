import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Run, runEvent } from '@mogplex/protocol';
import { makeAccessTokenFor } from '@mogplex/server/test/people';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { makeMogplexHome, type MogplexHome } from './support/mogplex-home.ts';
import type { Finished } from './support/run.ts';
import { rewriteEvents, startBadLine } from './support/run-lines.ts';
import { freePort } from './support/server-process.ts';
import { temporaryFolder } from './support/stores.ts';
import { MOGPLEX, openTerminal } from './support/terminal.ts';

const KEY = 'sk-0123456789abcdef0123456789';
const MODEL = ['--model', 'openai/gpt-5'];
const WORDS = Array.from({ length: 40 }, (_, index) => `wörd ${index} 🧵\n`);
const UNKNOWN = 'run_00000000000000000000000000';

let upstream: Upstream;
let gateway: TestGateway;
let home: MogplexHome;
let env: Record<string, string>;

beforeAll(async () => {
  upstream = await startOpenAiUpstream();
  gateway = await startGateway({ dataDir: await temporaryFolder() });
  await gateway.upstream('openai', upstream.url, KEY);
  home = await makeMogplexHome();
  env = { MOGPLEX_API_KEY: gateway.token, MOGPLEX_URL: gateway.url };
});

beforeEach(() => {
  upstream.answer = { text: ['Hello.'] };
});

afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
  await home?.[Symbol.asyncDispose]();
});

const runs = (args: readonly string[], more: Record<string, string> = {}, input = ''): Promise<Finished> =>
  home.run(['runs', ...args], { ...env, ...more }, input);

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

const started = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runs(['start', ...MODEL, 'hello', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trim();
};

const shown = async (id: string): Promise<Run> => JSON.parse((await runs(['show', id, '--json'])).stdout) as Run;

/** Starts `mogplex` and resolves as soon as it has written something that matches. */
const spawned = async (args: readonly string[], until: RegExp, more: Record<string, string> = {}) => {
  const child = spawn(process.execPath, [MOGPLEX, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home.user, ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  const ended = once(child, 'close');
  await new Promise<void>((resolve, reject) => {
    const take = (name: 'stdout' | 'stderr') => (text: string) => {
      written[name] += text;
      if (until.test(written.stdout)) resolve();
    };
    child.stdout.setEncoding('utf8').on('data', take('stdout'));
    child.stderr.setEncoding('utf8').on('data', take('stderr'));
    void ended.then(() => reject(new Error(`it ended with ${JSON.stringify(written)}`)));
  });
  const finished = async (): Promise<Finished> => {
    const [code] = (await ended) as [number | null];
    return { code, ...written };
  };
  return {
    written,
    finished,
    /** Sends a signal and waits for the end. */
    async end(signal: NodeJS.Signals): Promise<Finished> {
      child.kill(signal);
      return await finished();
    },
  };
};

describe('D7 B4 runs from the command line, with one token', () => {
  test('D7 A20 start --follow streams the answer; the prompt also comes from stdin; events are one JSON line each', async () => {
    upstream.answer = { text: WORDS };
    const followed = await runs(['start', ...MODEL, '--follow', 'Review this:'], {}, 'some context');
    expect({ code: followed.code, stdout: followed.stdout }).toEqual({ code: 0, stdout: WORDS.join('') });
    expect(followed.stderr).toMatch(/^run_[0-9a-z]{26} with openai\/gpt-5\n11 tokens in, 5 out, \$0\.\d+\n$/);
    expect(JSON.stringify(upstream.requests.at(-1)?.body)).toContain('Review this:\\n\\nsome context');
    const json = await runs(['start', ...MODEL, '--follow', '--json', '-'], {}, 'from stdin alone');
    expect({ code: json.code, stderr: json.stderr }).toEqual({ code: 0, stderr: '' });
    const events = lines(json.stdout).map((line) => runEvent.parse(JSON.parse(line)));
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.map((event) => (event.type === 'message.delta' ? event.data.text : '')).join('')).toBe(WORDS.join(''));
    expect(events.at(-1)).toMatchObject({ type: 'status', data: { status: 'succeeded' } });
  });

  test('D7 B20 a run is listed, filtered, shown with its credential, and its events read again', async () => {
    const id = await started('--repository', 'owner/name');
    expect(id).toMatch(/^run_[0-9a-z]{26}$/);
    expect((await runs(['events', id, '--follow'])).code).toBe(0);
    const all = await runs(['events', id]);
    const behind = await runs(['events', id, '--after', '2', '--json']);
    expect(lines(all.stdout)[1]).toMatch(/^ {4}2 {2}\d\d:\d\d:\d\d {2}message {8}user: hello$/);
    expect(lines(behind.stdout).map((line) => (JSON.parse(line) as { seq: number }).seq)[0]).toBe(3);
    expect(await runs(['events', id, '--after', '999'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'There are no events behind number 999.\n',
    });

    const list = await runs(['list', '--status', 'succeeded', '--json']);
    expect(lines(list.stdout).map((line) => (JSON.parse(line) as Run).id)).toContain(id);
    expect(await runs(['list', '--status', 'failed'])).toEqual({ code: 0, stdout: '', stderr: 'There are no failed runs.\n' });
    const shownText = (await runs(['show', id])).stdout;
    for (const part of [
      /Status +succeeded/,
      /Repository +owner\/name/,
      /Started by +access token "test", source cli/,
      /Used +11 tokens in/,
    ]) {
      expect(shownText).toMatch(part);
    }
    expect((await home.run(['agents'], env)).stdout).toMatch(/^chat {2}Chat\n {4}Answers the prompt/);
  });

  test('D7 times are those of the reader, and a table says what it holds', async () => {
    const id = await started();
    const { createdAt } = await shown(id);
    for (const zone of ['UTC', 'America/New_York', 'Asia/Kolkata']) {
      const local = new Date(createdAt).toLocaleString('sv-SE', { timeZone: zone });
      expect((await runs(['show', id], { TZ: zone })).stdout).toContain(local);
      const [heading, row] = lines((await runs(['list', '--limit', '1'], { TZ: zone })).stdout);
      expect(heading).toMatch(/^ID +STATUS +MODEL +CREATED +TOOK +COST +STARTED BY +PROMPT$/);
      expect(row).toContain(local);
    }
  });

  test('D7 the same idempotency key starts one run, and with another prompt none', async () => {
    const key = ['--idempotency-key', 'build-17'];
    expect(await started(...key)).toBe(await started(...key));
    const other = await runs(['start', ...MODEL, 'something else', ...key]);
    expect(other).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/Idempotency-Key[\s\S]*Request id: req_/) as string });
  });
});

describe('D7 a line that breaks', () => {
  test('D7 a followed run on a line that is cut again and again loses nothing and doubles nothing', async () => {
    upstream.answer = { text: Array.from({ length: 300 }, (_, index) => `${index} dätum ${'x'.repeat(40)}\n`), gapMs: 5 };
    await using line = await startBadLine(gateway.url, { least: 1_500, most: 8_000 });
    const followed = await runs(['start', ...MODEL, '--follow', '--json', 'hello'], { MOGPLEX_URL: line.url });
    expect(followed.code).toBe(0);
    const events = lines(followed.stdout).map((text) => runEvent.parse(JSON.parse(text)));
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.map((event) => (event.type === 'message.delta' ? event.data.text : '')).join('')).toBe(upstream.answer.text?.join(''));
    expect(line.cuts).toBeGreaterThan(2);
  });

  test('D7 a long outage is said once, and so is its end', async () => {
    upstream.answer = { text: Array.from({ length: 120 }, (_, index) => `${index} `), gapMs: 60 };
    await using line = await startBadLine(gateway.url, { least: 1_000_000, most: 2_000_000 });
    const following = await spawned(['runs', 'start', ...MODEL, '--follow', 'hello'], /5 /, { MOGPLEX_URL: line.url });
    line.close();
    await expect.poll(() => following.written.stderr, { timeout: 30_000 }).toMatch(/nothing is lost/);
    line.open();
    const { code, stdout, stderr } = await following.finished();
    expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: upstream.answer.text?.join('').trim() });
    expect(stderr.match(/is tried again|is back/g)).toEqual(['is tried again', 'is back']);
  });
});

describe('B4 B22 what is refused', () => {
  test('B4 a read token lists and watches, and cannot start or cancel: exit 65 in clear words', async () => {
    const id = await started();
    const reader = { MOGPLEX_API_KEY: await gateway.makeToken(gateway.accountId, ['read']) };
    expect((await runs(['list'], reader)).code).toBe(0);
    expect((await runs(['events', id, '--follow'], reader)).code).toBe(0);
    for (const args of [
      ['start', 'hello'],
      ['cancel', id],
    ]) {
      const refused = await runs(args, reader);
      expect(refused).toMatchObject({ code: 65, stdout: '' });
      expect(refused.stderr).toMatch(/lacks the scope write \[token\]\n.*scope write.*\n {2}Request id: req_/);
    }
  });

  test("B22 an unknown run, another account's run, a wrong token, no token and no platform each have their words and exit code", async () => {
    const id = await started();
    const other = { MOGPLEX_API_KEY: (await gateway.account('other@example.com')).token };
    for (const command of ['show', 'events', 'cancel']) {
      for (const [run, more] of [
        [UNKNOWN, {}],
        [id, other],
      ] as const) {
        const unknown = await runs([command, run], more);
        expect({ command, ...unknown }).toMatchObject({ command, code: 1, stdout: '' });
        expect(unknown.stderr).toMatch(/\[run\][\s\S]*Request id: req_/);
      }
    }
    expect(await runs(['show', 'nonsense'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not the id of a run') as string,
    });
    expect((await runs(['events', UNKNOWN, '--follow'])).code).toBe(1);
    const wrong = await runs(['list'], { MOGPLEX_API_KEY: 'mog_wrong0123456789' });
    expect(wrong).toMatchObject({ code: 64, stdout: '' });
    expect(wrong.stderr).toMatch(new RegExp(`the platform at ${gateway.url} refused env MOGPLEX_API_KEY \\[token\\][\\s\\S]*Request id`));
    expect(wrong.stderr).not.toContain('mog_wrong');
    const none = await home.run(['runs', 'list']);
    expect(none).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining('MOGPLEX_API_KEY') as string });
    const away = await runs(['list'], { MOGPLEX_URL: `http://127.0.0.1:${await freePort()}` });
    expect(away).toMatchObject({ code: 69, stdout: '', stderr: expect.stringContaining('cannot be reached [network]') as string });
    const empty = await runs(['list'], other);
    expect(empty).toEqual({ code: 0, stdout: '', stderr: 'There are no runs yet. Start one: mogplex runs start "..."\n' });
  });

  test('B22 a run that fails says where and with which request, and exits 1', async () => {
    upstream.fault = 'unauthorized';
    try {
      const failed = await runs(['start', ...MODEL, '--follow', 'hello']);
      expect(failed).toMatchObject({ code: 1, stdout: '' });
      expect(failed.stderr).toMatch(/mogplex: .*refused.* \[model\][\s\S]*Request id: \S+/);
      expect(failed.stderr).not.toContain(KEY);
      const id = /run_[0-9a-z]{26}/.exec(failed.stderr)?.[0] ?? '';
      expect((await runs(['events', id, '--follow', '--after', '9999'])).code).toBe(1);
      expect((await runs(['show', id])).stdout).toMatch(/Error +.*\[model\][\s\S]*Request id +\S+/);
    } finally {
      upstream.fault = undefined;
    }
  });
});

describe('D7 leaving and cancelling', () => {
  const long = { text: Array.from({ length: 2_000 }, (_, index) => `${index} `), gapMs: 20 };

  test('D7 Ctrl+C leaves a followed run to itself and says how to go on; cancel ends it, twice is once', async () => {
    upstream.answer = long;
    const following = await spawned(['runs', 'start', ...MODEL, '--follow', 'hello'], /3 /);
    const left = await following.end('SIGINT');
    const id = /run_[0-9a-z]{26}/.exec(left.stderr)?.[0] ?? '';
    expect(left.code).toBe(130);
    expect(left.stderr).toMatch(new RegExp(`Detached: ${id} goes on.\\n.*events ${id} --follow --after \\d+\\n.*runs cancel ${id}\\n$`));
    expect((await shown(id)).status).toBe('running');
    const cancelled = await runs(['cancel', id]);
    expect(cancelled).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/is cancelled|is being cancelled/) as string });
    expect((await runs(['events', id, '--follow'])).code).toBe(1);
    expect(await runs(['cancel', id])).toEqual({ code: 0, stdout: `${id} is cancelled.\n`, stderr: '' });
  });

  test('D7 with --cancel-on-interrupt a stopped job takes its run with it', async () => {
    upstream.answer = long;
    const following = await spawned(['runs', 'start', ...MODEL, '--follow', '--json', '--cancel-on-interrupt', 'hello'], /message\.delta/);
    const left = await following.end('SIGTERM');
    expect(left).toMatchObject({ code: 130, stderr: expect.stringMatching(/is cancelled|is being cancelled/) as string });
    const id = (JSON.parse(lines(left.stdout)[0] ?? '') as { runId: string }).runId;
    await expect.poll(async () => (await shown(id)).status, { timeout: 20_000 }).toBe('cancelled');
  });
});

describe('D7 much and hostile', () => {
  test('D7 5,000 events are printed in order, and nothing in them acts on a terminal', async () => {
    const id = await started();
    await runs(['events', id, '--follow']);
    const evil = '\u001b]52;c;ZXZpbA==\u0007\u001b[2J\u009b31mred \u202eevil';
    await rewriteEvents(gateway, id, [
      ...Array.from({ length: 4_998 }, (_, index) => ({ type: 'message.delta' as const, data: { text: `piece ${index}\n` } })),
      { type: 'message.delta', data: { text: evil } },
    ]);
    for (const args of [['--json'], ['--json', '--follow']]) {
      const { code, stdout } = await runs(['events', id, ...args]);
      const seqs = lines(stdout).map((line) => runEvent.parse(JSON.parse(line)).seq);
      expect({ code, seqs: seqs.length, ordered: seqs.every((seq, index) => seq === index + 1) }).toEqual({
        code: 0,
        seqs: 5_000,
        ordered: true,
      });
    }
    await using terminal = openTerminal({ args: ['runs', 'events', id, '--after', '4990'], env: { HOME: home.user, ...env }, cols: 100 });
    expect(await terminal.waitForExit()).toMatchObject({ exitCode: 0 });
    for (const sign of ['\u001b', '\u009b', '\u202e']) expect(terminal.raw).not.toContain(sign);
    expect(terminal.text()).toMatch(/4999 .* red evil\n.*5000 .* succeeded/);
  });
});

test('A8 A13 the stored account login serves as well, and the token of the environment comes before it', async () => {
  await using signedIn = await makeMogplexHome();
  const token = await makeAccessTokenFor(gateway.store, gateway.accountId, 'read write');
  await signedIn.storeAuth({ mogplex: { origin: gateway.url, email: 'first@example.com', clientId: 'mogplex-cli', accessToken: token } });
  const made = await signedIn.run(['runs', 'start', ...MODEL, '--json', 'hello']);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(made.stdout)).toMatchObject({ source: 'cli', startedBy: { kind: 'oauth' } });
  const refused = await signedIn.run(['runs', 'list'], { MOGPLEX_API_KEY: 'mog_wrong0123456789', MOGPLEX_URL: gateway.url });
  expect(refused).toMatchObject({ code: 64, stderr: expect.stringContaining('env MOGPLEX_API_KEY') as string });
});
