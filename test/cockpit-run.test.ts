import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { makeMogplexHome, type MogplexHome } from './support/mogplex-home.ts';
import { rewriteEvents, startBadLine } from './support/run-lines.ts';
import { type Runs, runsOf } from './support/run-watch.ts';
import { temporaryFolder } from './support/stores.ts';
import { KEYS, openTerminal, type PseudoTerminal } from './support/terminal.ts';

const KEY = 'sk-0123456789abcdef0123456789';

let upstream: Upstream;
let gateway: TestGateway;
let runs: Runs;
let home: MogplexHome;

beforeAll(async () => {
  upstream = await startOpenAiUpstream();
  gateway = await startGateway({ dataDir: await temporaryFolder() });
  await gateway.upstream('openai', upstream.url, KEY);
  runs = runsOf(gateway.url, gateway.token);
});

beforeEach(async () => {
  upstream.fault = undefined;
  upstream.answer = { text: ['Done', ' and dusted.'], usage: { inputTokens: 20, outputTokens: 5 } };
  home = await makeMogplexHome();
});

afterEach(async () => {
  await home[Symbol.asyncDispose]();
});

afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

const open = (args: readonly string[], env: Record<string, string> = {}, size = { cols: 120, rows: 32 }): PseudoTerminal =>
  openTerminal({
    ...size,
    cwd: home.user,
    args,
    env: { HOME: home.user, MOGPLEX_API_KEY: gateway.token, MOGPLEX_URL: gateway.url, ...env },
  });

const start = async (prompt = 'Explain the parser'): Promise<string> => (await runs.start({ prompt })).data.run.id;

/** What `/export` wrote. */
const exported = async (terminal: PseudoTerminal, id: string): Promise<string> => {
  terminal.write('/export\r');
  await terminal.waitFor('Save as Markdown');
  terminal.write('\r');
  await expect.poll(async () => (await readdir(home.user)).includes(`mogplex-${id}.md`), { timeout: 20_000 }).toBe(true);
  return await readFile(join(home.user, `mogplex-${id}.md`), 'utf8');
};

describe('A15 attaching to a run', () => {
  test('A15 --attach shows its header, its past and its live events, and how it ended', async () => {
    upstream.answer = {
      text: Array.from({ length: 60 }, (_, at) => `piece ${at}.\n\n`),
      gapMs: 100,
      usage: { inputTokens: 1_200, outputTokens: 34 },
    };
    const id = await start();
    await using terminal = open(['--attach', id]);
    const screen = await terminal.waitFor((text) => text.includes(`● ${id} running · live`) && /piece \d+\./.test(text));
    expect(screen).toContain('openai/gpt-5 · ');
    expect(terminal.rows()[1]).toContain('mogplex · env MOGPLEX_API_KEY');
    await terminal.waitFor(`✓ ${id} succeeded · ended`, 60_000);
    expect(await terminal.waitFor('1,234 tok')).toContain('The run has succeeded.');
    terminal.write('a prompt that is not for the run\r');
    await terminal.waitFor('You are watching a run.');
    terminal.write(`${KEYS.ctrlU}/detach\r`);
    const back = await terminal.waitFor(`Left ${id}. It has succeeded.`);
    expect(back).not.toContain('piece 59.');
  });

  test('A15 MOGPLEX_ATTACH_RUN_ID stands for --attach, and the run of a small screen keeps its header', async () => {
    const id = await start();
    await using terminal = open([], { MOGPLEX_ATTACH_RUN_ID: id }, { cols: 80, rows: 24 });
    const screen = await terminal.waitFor((text) => text.includes('The run has succeeded') && text.includes(`✓ ${id} succeeded`));
    expect(screen).toContain('❯ Explain the parser');
    expect(screen).toContain('Done and dusted.');
  });

  test('A15 D7 a line that breaks is said in the header, and nothing is lost or doubled', async () => {
    upstream.answer = { text: Array.from({ length: 120 }, (_, at) => `<${at}> `), gapMs: 40 };
    await using line = await startBadLine(gateway.url, { least: 1_000_000, most: 2_000_000 });
    const id = await start();
    await using terminal = open(['--attach', id], { MOGPLEX_URL: line.url });
    await terminal.waitFor(/<\d+>/);
    line.close();
    expect(await terminal.waitFor('line lost, trying again')).toMatch(/The line to the platform is lost .*Trying again in/);
    line.open();
    await terminal.waitFor('The line is back');
    await terminal.waitFor(`✓ ${id} succeeded`, 60_000);
    const text = await exported(terminal, id);
    const pieces = [...text.matchAll(/<(\d+)>/g)].map(([, at]) => Number(at));
    expect(pieces).toEqual(Array.from({ length: 120 }, (_, at) => at));
  });

  test('A15 /cancel asks once and stops the run, /detach leaves it running, and Tab names it to /attach', async () => {
    upstream.answer = { text: Array.from({ length: 400 }, (_, at) => `word${at} `), gapMs: 50 };
    const id = await start('a long one');
    await using terminal = open(['--attach', id]);
    await terminal.waitFor(/word\d/);
    terminal.write('/detach\r');
    await terminal.waitFor('It goes on; /attach');
    terminal.write(`/attach ${id.slice(0, -6)}\t`);
    await terminal.waitFor(`❯ /attach ${id}`);
    terminal.write('\r');
    await terminal.waitFor(`● ${id} running · live`);
    terminal.write('/cancel\r');
    expect(await terminal.waitFor('Stop the run')).toContain('a long one');
    terminal.write('n');
    await terminal.waitFor((screen) => !screen.includes('Stop the run'));
    expect((await runs.get(id)).cancelRequestedAt).toBeUndefined();
    terminal.write('/cancel\r');
    await terminal.waitFor('Stop the run');
    terminal.write('y');
    await terminal.waitFor(`– ${id} cancelled · ended`);
    await terminal.waitFor('The run was cancelled.');
    expect((await runs.get(id)).status).toBe('cancelled');
  });

  test('A15 B22 a run that fails, one that is not there and an id that is none are told with their boundary and request id', async () => {
    upstream.fault = 'unauthorized';
    const id = await start();
    await using terminal = open(['--attach', id]);
    const failed = await terminal.waitFor(`✗ ${id} failed`);
    expect(failed).toMatch(/✗ model: .*\n(?:.*\n)*.*request req_/);
    terminal.write('/attach run_00000000000000000000000000\r');
    await terminal.waitFor(/✗ run: .*\n(?:.*\n)*.*request req_/);
    terminal.write('/attach nonsense\r');
    await terminal.waitFor('"nonsense" is not the id of a run');
    expect(terminal.raw).not.toContain(KEY);
  });

  test('A15 what a run says is data: no sequence, no control, no mark of it reaches the terminal', async () => {
    const id = await start();
    await runs.until(id, 'succeeded');
    await rewriteEvents(gateway, id, [
      { type: 'message', data: { role: 'user', text: 'look \u001b]0;owned\u0007here', truncated: false } },
      { type: 'message.delta', data: { text: 'first \u001b]52;c;ZXZ' } },
      { type: 'message.delta', data: { text: 'pbA==\u0007second \u001b[2J\u001b[1;1H\u009b31mthird ev\u202eil' } },
      { type: 'notice', data: { code: 'restarted', text: 'again \u001b[6n now' } },
    ]);
    await using terminal = open(['--attach', id]);
    const titles: string[] = [];
    terminal.emulator.onTitleChange((title) => titles.push(title));
    const screen = await terminal.waitFor((text) => text.includes('again') && text.includes('The run has succeeded'));
    for (const word of ['look here', 'first second third evil', 'again  now', 'cut off']) expect(screen).toContain(word);
    expect(titles).toEqual([]);
    expect(terminal.rows()[0]).toMatch(/^mogplex/);
    for (const trace of ['\u001b]52', '\u001b]0', '\u202e', '\u001b[6n', '\u009b']) expect(terminal.raw).not.toContain(trace);
  });

  test('A15 without an account it says so and attaches after the sign-in', async () => {
    await using terminal = open(['--attach', await start()], { MOGPLEX_API_KEY: '', OPENAI_API_KEY: KEY });
    const screen = await terminal.waitFor('this needs a Mogplex account');
    expect(screen).toContain('/login mogplex signs in to an account');
  });
});

describe('the panels of the account', () => {
  test('A9 show agents, runs and MCP servers at 120x40, and /agents attaches to a run', async () => {
    const id = await start('the one with a title');
    await runs.until(id, 'succeeded');
    await using terminal = open([], {}, { cols: 120, rows: 40 });
    const screen = await terminal.waitFor((text) => text.includes('✓ the one with a title') && text.includes('│ MCP'));
    expect(screen).toMatch(/│ Agents\n.*│ Chat/);
    expect(screen).toContain('│ Context');
    terminal.write('\u0014');
    await terminal.waitFor((text) => !text.includes('│ Agents'));
    terminal.write('/agents\r');
    await terminal.waitFor('It has no tools');
    terminal.write('one with a title');
    await terminal.waitFor(/❯ the one with a title +succeeded · chat · openai\/gpt-5/);
    terminal.write('\r');
    await terminal.waitFor(`✓ ${id} succeeded`);
  });
});
