import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '@mogplex/credentials';
import { afterEach, describe, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { type ChildServer, openOperator, startChildServer, type TestOperator } from './support/gateway.ts';
import { openLine } from './support/line.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { expectWhole, runsOf, said, statusesOf } from './support/run-watch.ts';
import { createDatabase, describeStores, type StorePlace, temporaryFolder } from './support/stores.ts';

const KEY = 'sk-hosted-key-of-the-operator-0001';
const LIMITS = { MOGPLEX_RATE_LIMIT: '1000000', MOGPLEX_START_LIMIT: '1000000' };
const LONG = { text: Array.from({ length: 200 }, (_one, index) => `word${index} `), gapMs: 50 };
const ANSWER = { text: ['The whole', ' answer.'] };

const cleaning: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleaning.splice(0).toReversed()) await clean();
});

const prepare = async (place: StorePlace): Promise<{ operator: TestOperator; upstream: Upstream }> => {
  const upstream = await startOpenAiUpstream({ answer: ANSWER });
  cleaning.push(() => upstream.close());
  const operator = await openOperator(place);
  cleaning.push(() => operator.close());
  await operator.upstream('openai', upstream.url, KEY);
  return { operator, upstream };
};

/** A platform in a process of its own, to be killed, stopped or frozen. */
const begin = async (place: StorePlace, env: Record<string, string> = {}): Promise<ChildServer> => {
  const server = await startChildServer(place, { ...LIMITS, ...env });
  cleaning.push(() => server.kill());
  return server;
};

/** A platform in this process, over a socket like any other. */
const join = async (place: StorePlace, env: Record<string, string> = {}): Promise<TestPlatform> => {
  const platform = await startPlatform(place, env);
  cleaning.push(() => platform.close());
  return platform;
};

const speaking = async (runs: ReturnType<typeof runsOf>, id: string): Promise<void> => {
  await expect.poll(async () => said(await runs.events(id)), { timeout: 30_000 }).toContain('word2');
};

const restarts = (events: Awaited<ReturnType<ReturnType<typeof runsOf>['events']>>): number =>
  events.filter((event) => event.type === 'notice' && event.data.code === 'restarted').length;

describeStores('D7 workers that are lost', (stores) => {
  test('D7 kill -9 of the worker: another takes the run over, and no event is lost or doubled', async () => {
    const place = await stores.place();
    const { operator, upstream } = await prepare(place);
    const first = await begin(place);
    const runs = runsOf(first.url, operator.token);
    upstream.answersOnce.push(LONG);
    const { data } = await runs.start({ prompt: 'x' });
    await speaking(runs, data.run.id);
    const before = await runs.events(data.run.id);
    await first.kill();
    const second = await join(place);
    const after = runsOf(second.url, operator.token);
    const watched = await after.watch(data.run.id, { after: before.length });
    const events = await after.events(data.run.id);
    expectWhole(events);
    expect(events.slice(0, before.length)).toEqual(before);
    expect(events.slice(before.length)).toEqual(watched.events);
    expect(restarts(events)).toBe(1);
    expect(said(events)).toBe('The whole answer.');
    expect(statusesOf(events)).toEqual(['pending', 'running', 'succeeded']);
    expect(watched.end).toEqual({ reason: 'done', lastSeq: events.length });
  });

  test('D7 a server that stops in order lets its runs end, and tells its watchers to come back', async () => {
    const place = await stores.place();
    const { operator, upstream } = await prepare(place);
    const server = await begin(place, { MOGPLEX_DRAIN_SECONDS: '20' });
    const runs = runsOf(server.url, operator.token);
    upstream.answersOnce.push({ text: LONG.text.slice(0, 40), gapMs: 50 });
    const { data } = await runs.start({ prompt: 'x' });
    await speaking(runs, data.run.id);
    const opened = Promise.withResolvers<void>();
    const watching = runs.watch(data.run.id, { onOpen: opened.resolve });
    await opened.promise;
    await server.stop();
    const watched = await watching;
    expect(watched.end).toEqual({ reason: 'closing', lastSeq: watched.events.length });
    const next = runsOf((await join(place)).url, operator.token);
    const events = await next.events(data.run.id);
    expectWhole(events);
    expect(restarts(events)).toBe(0);
    expect(said(events)).toContain('word39');
    const rest = await next.watch(data.run.id, { last: watched.end?.lastSeq ?? 0 });
    expect([...watched.events, ...rest.events]).toEqual(events);
  });

  test('D7 a run that does not end in time is handed on, and begins again elsewhere at once', async () => {
    const place = await stores.place();
    const { operator, upstream } = await prepare(place);
    const server = await startPlatform(place, { MOGPLEX_DRAIN_SECONDS: '1' });
    const runs = runsOf(server.url, operator.token);
    upstream.answersOnce.push(LONG);
    const { data } = await runs.start({ prompt: 'x' });
    await speaking(runs, data.run.id);
    await server.close();
    await expect.poll(() => upstream.requests[0]?.abandoned, { timeout: 10_000 }).toBe(true);
    const next = runsOf((await join(place)).url, operator.token);
    await next.until(data.run.id, 'succeeded');
    const events = await next.events(data.run.id);
    expectWhole(events);
    expect(restarts(events)).toBe(1);
    expect(said(events)).toBe('The whole answer.');
  });
});

describe('D7 D8 several servers over one PostgreSQL', () => {
  const place = async (): Promise<StorePlace> => ({
    dataDir: await temporaryFolder(),
    databaseUrl: new Secret(await createDatabase(), 'DATABASE_URL'),
  });

  test('D7 D8 a run is started on one, worked on by another, watched on a third and cancelled from the first', async () => {
    const at = await place();
    const { operator, upstream } = await prepare(at);
    const door = runsOf((await join(at, { MOGPLEX_RUN_WORKERS: '0' })).url, operator.token);
    const window = runsOf((await join(at, { MOGPLEX_RUN_WORKERS: '0' })).url, operator.token);
    const { data: waiting } = await door.start({ prompt: 'x' });
    await join(at);
    const watched = await window.watch(waiting.run.id);
    expectWhole(watched.events);
    expect(said(watched.events)).toBe('The whole answer.');
    upstream.answersOnce.push(LONG);
    const { data } = await door.start({ prompt: 'x' });
    const watching = window.watch(data.run.id);
    await speaking(door, data.run.id);
    const request = upstream.requests.at(-1);
    const asked = performance.now();
    await door.cancel(data.run.id);
    await expect.poll(() => request?.abandoned, { timeout: 10_000, interval: 10 }).toBe(true);
    expect(performance.now() - asked).toBeLessThan(1_000);
    const seen = await watching;
    expectWhole(seen.events);
    expect(statusesOf(seen.events)).toEqual(['pending', 'running', 'cancelled']);
  });

  test('B16 D8 twenty starts with one key on two servers at once are one run', async () => {
    const at = await place();
    const { operator, upstream } = await prepare(at);
    const doors = [await join(at), await join(at)].map(({ url }) => runsOf(url, operator.token));
    const starts = Array.from({ length: 10 }, () => doors.map((door) => door.start({ prompt: 'once' }, 'one-key'))).flat();
    const answers = await Promise.all(starts);
    const ids = new Set(answers.flatMap(({ status, data }) => (status === 201 ? [data.run.id] : [])));
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect(ids.size).toBe(1);
    await doors[0]?.until([...ids][0] ?? '', 'succeeded');
    expect(await operator.store.db.selectFrom('run').select('id').execute()).toHaveLength(1);
    expect(upstream.requests).toHaveLength(1);
  });

  test('D7 a worker that was frozen and comes back finds that the run is not its own any more', async () => {
    const at = await place();
    const { operator, upstream } = await prepare(at);
    const frozen = await begin(at);
    const runs = runsOf(frozen.url, operator.token);
    upstream.answersOnce.push({ ...LONG, text: Array.from({ length: 10 }, () => LONG.text).flat() });
    const { data } = await runs.start({ prompt: 'x' });
    await speaking(runs, data.run.id);
    const other = runsOf((await join(at, { MOGPLEX_RUN_WORKERS: '0' })).url, operator.token);
    frozen.signal('SIGSTOP');
    await join(at);
    await expect.poll(async () => restarts(await other.events(data.run.id)), { timeout: 40_000, interval: 200 }).toBe(1);
    frozen.signal('SIGCONT');
    await other.until(data.run.id, 'succeeded');
    // The one that was frozen lets its provider go, and has written nothing since.
    await expect.poll(() => upstream.requests[0]?.abandoned, { timeout: 20_000 }).toBe(true);
    const events = await other.events(data.run.id);
    expectWhole(events);
    expect(said(events)).toBe('The whole answer.');
  });

  test('D7 B22 with the store down nothing starts: 503 with Retry-After, and a run under way ends when it is back', async () => {
    const target = new URL(await createDatabase());
    const line = await openLine(target);
    cleaning.push(() => line.cut());
    const dataDir = await temporaryFolder();
    const { operator, upstream } = await prepare({ dataDir, databaseUrl: new Secret(target.href, 'DATABASE_URL') });
    const platform = await join({ dataDir, databaseUrl: new Secret(line.url, 'DATABASE_URL') });
    const runs = runsOf(platform.url, operator.token);
    upstream.answersOnce.push({ text: LONG.text.slice(0, 60), gapMs: 50 });
    const { data } = await runs.start({ prompt: 'x' });
    await speaking(runs, data.run.id);
    const watching = runs.watch(data.run.id);
    await line.cut();
    const down = await runs.start({ prompt: 'y' });
    expect([down.status, down.error.code, down.error.boundary]).toEqual([503, 'unavailable', 'storage']);
    expect(Number(down.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await runs.call('GET', `/runs/${data.run.id}`)).status).toBe(503);
    await sleep(500);
    await line.mend();
    await expect.poll(async () => (await runs.call('GET', '/runs')).status, { timeout: 20_000 }).toBe(200);
    await runs.until(data.run.id, 'succeeded');
    const events = await runs.events(data.run.id);
    expectWhole(events);
    const watched = await watching;
    const rest = await runs.watch(data.run.id, { after: watched.events.length });
    expect([...watched.events, ...rest.events]).toEqual(events);
    expect(await operator.store.db.selectFrom('run').select('id').execute()).toHaveLength(1);
  });
});
