import { randomBytes } from 'node:crypto';
import { makeToken, type RunEvent } from '@mogplex/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { expectWhole, type Runs, runsOf, said } from './support/run-watch.ts';
import { describeStores } from './support/stores.ts';

const KEY = 'sk-hosted-key-of-the-operator-0001';

/** The documented limits of a run event. */
const STRING = 2_000;
const TOTAL = 20_000;

const stringsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
};

const expectCapped = (events: readonly RunEvent[]): void => {
  expectWhole(events);
  for (const { data } of events) {
    expect(JSON.stringify(data).length).toBeLessThanOrEqual(TOTAL);
    for (const text of stringsIn(data)) {
      expect(text.length).toBeLessThanOrEqual(STRING);
      // oxlint-disable-next-line no-control-regex
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }
  }
};

describeStores('B16 what a hostile model says', (stores) => {
  let gateway: TestGateway;
  let upstream: Upstream;
  let runs: Runs;

  beforeAll(async () => {
    upstream = await startOpenAiUpstream();
    gateway = await startGateway(await stores.place());
    await gateway.upstream('openai', upstream.url, KEY);
    runs = runsOf(gateway.url, gateway.token);
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  const eventsFor = async (body: Record<string, unknown>): Promise<RunEvent[]> => {
    const { data } = await runs.start(body);
    await runs.until(data.run.id, 'succeeded', 'failed');
    return runs.events(data.run.id);
  };

  test('B16 D1 escape sequences and hidden marks are gone, also those cut in two', async () => {
    upstream.answer = {
      text: [
        'red\u001b[3',
        '1m text\u001b[0m',
        '\u001b]8;;http://evil.example\u0007link\u001b]8;;\u001b',
        '\\ \u202eback\u0000\u0085\u009b2Jend\r\n',
        'line\u001b',
      ],
      gapMs: 70,
    };
    const events = await eventsFor({ prompt: '\u001b[2Jprompt\u202e', system: '\u001b]0;x\u0007' });
    expectCapped(events);
    expect(said(events)).toBe('red textlink backend\nline');
    expect(events[1]).toMatchObject({ data: { role: 'user', text: 'prompt' } });
  });

  test('B16 D1 a secret is masked wherever the pieces cut it, and in the prompt, the title and the message', async () => {
    const secret = makeToken('mog_', randomBytes);
    const foreign = `ghp_${'Ab1'.repeat(12)}`;
    for (const at of [1, 9, secret.length - 1]) {
      upstream.answer = { text: [`here: ${secret.slice(0, at)}`, `${secret.slice(at)} and ${KEY}`, ' that was all'], gapMs: 60 };
      const { data } = await runs.start({ prompt: `my token is ${secret}` });
      expect(data.run.title).not.toContain(secret.slice(8));
      await runs.until(data.run.id, 'succeeded');
      const events = await runs.events(data.run.id);
      expectCapped(events);
      const text = JSON.stringify(events);
      for (const part of [secret, secret.slice(8, 30), KEY]) expect(text).not.toContain(part);
      expect(said(events)).toContain('that was all');
    }
    upstream.answer = { text: [`${foreign} `, Buffer.from(KEY).toString('base64')] };
    const text = JSON.stringify(await eventsFor({ prompt: 'x' }));
    expect(text).not.toContain(foreign);
    expect(text).not.toContain(Buffer.from(KEY).toString('base64').slice(4, 30));
    const stored = await gateway.store.db.selectFrom('run_event').select('data').execute();
    expect(JSON.stringify(stored)).not.toContain(KEY);
  });

  test('B16 a line of a megabyte is cut into pieces, kept up to a limit, and the run goes on', async () => {
    upstream.answer = { text: ['😀'.repeat(131_072), 'x'.repeat(1_048_576), ' end'] };
    const events = await eventsFor({ prompt: 'y'.repeat(5_000) });
    expectCapped(events);
    expect(said(events).length).toBeLessThanOrEqual(262_144);
    expect(said(events).length).toBeGreaterThan(250_000);
    expect(said(events).isWellFormed()).toBe(true);
    expect(events.filter(({ type }) => type === 'notice')).toMatchObject([{ data: { code: 'output_capped' } }]);
    expect(events[1]).toMatchObject({ data: { role: 'user', truncated: true } });
    expect(events.filter(({ type }) => type === 'message').at(-1)).toMatchObject({ data: { role: 'assistant', truncated: true } });
    expect(events.at(-1)).toMatchObject({ data: { status: 'succeeded' } });
  });

  test('B16 a key that the provider repeats in its answer or its error is masked', async () => {
    for (const fault of ['echo-key', 'unauthorized'] as const) {
      upstream.fault = fault;
      const events = await eventsFor({ prompt: 'x' });
      upstream.fault = undefined;
      expectCapped(events);
      expect(JSON.stringify(events)).not.toContain(KEY.slice(6, 30));
    }
  });

  test('B16 a prompt at its limit is taken, one beyond it is refused, and so is what does not belong into a start', async () => {
    upstream.answer = {};
    const events = await eventsFor({ prompt: 'z'.repeat(200_000) });
    expect(events.at(-1)).toMatchObject({ data: { status: 'succeeded' } });
    const wrong = [
      { prompt: 'z'.repeat(200_001) },
      { prompt: '' },
      { prompt: '   ' },
      { prompt: 5 },
      {},
      { prompt: 'x', unknown: 1 },
      { prompt: 'x', repository: 'no-slash' },
      { prompt: 'x', repository: '../../etc' + '/passwd' },
      { prompt: 'x', source: 'slack' },
      { prompt: 'x\u0000y' },
    ];
    for (const body of wrong) {
      const { status, error } = await runs.start(body);
      expect([status, error.code, error.boundary]).toEqual([400, 'invalid_request', 'request']);
    }
    expect((await runs.start({ prompt: 'x', teamId: 'nobodys' })).status).toBe(404);
  });

  test('B4 B16 a position that no event or row can have is refused or empty, and nothing fails inside', async () => {
    const { data } = await runs.start({ prompt: 'x' });
    const { id } = data.run;
    const status = async (path: string): Promise<number> => (await runs.call('GET', path)).status;
    expect(await status(`/runs/${id}/events?after=${Number.MAX_SAFE_INTEGER}`)).toBeLessThan(500);
    expect(await status('/runs/%00/stream')).toBeLessThan(500);
    const cursor = Buffer.from(JSON.stringify([1, '\u0000'])).toString('base64url');
    expect(await status(`/runs?cursor=${cursor}`)).toBe(400);
    expect(await status(`/tokens?cursor=${cursor}`)).toBe(400);
    const at = (moment: number): string => Buffer.from(JSON.stringify([moment, 'x'])).toString('base64url');
    expect(await status(`/runs?cursor=${at(8_640_000_000_000_000)}`)).toBe(200);
    expect(await status(`/runs?cursor=${at(8_640_000_000_000_001)}`)).toBe(400);
  });
});
