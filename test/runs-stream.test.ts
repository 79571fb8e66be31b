import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '@mogplex/protocol';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { expectWhole, type Runs, runsOf, said, watch } from './support/run-watch.ts';
import { describeStores, type StorePlace } from './support/stores.ts';

const KEY = 'sk-hosted-key-of-the-operator-0001';

/** Numbers that are the same in every test run. */
const dice = (seed: number) => () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};

describeStores('D7 the live stream', (stores) => {
  let place: StorePlace;
  let gateway: TestGateway;
  let upstream: Upstream;
  let runs: Runs;

  beforeAll(async () => {
    upstream = await startOpenAiUpstream();
    place = await stores.place();
    gateway = await startGateway(place);
    await gateway.upstream('openai', upstream.url, KEY);
    runs = runsOf(gateway.url, gateway.token);
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  test('D7 a line that is lost 50 times at any point gives 1 to n, none lost and none doubled', async () => {
    upstream.answer = { text: Array.from({ length: 120 }, (_one, index) => `piece ${index} of the answer, `), gapMs: 25 };
    const { data } = await runs.start({ prompt: 'x' });
    const roll = dice(7);
    const seen: RunEvent[] = [];
    let losses = 0;
    for (let ended = false; !ended;) {
      const cut = losses < 50 ? { cutAfter: 20 + Math.floor(roll() * 700) } : {};
      const position = seen.at(-1)?.seq ?? 0;
      const watched = await runs.watch(data.run.id, losses % 2 === 0 ? { last: position, ...cut } : { after: position, ...cut });
      seen.push(...watched.events);
      losses += 1;
      ended = watched.end?.reason === 'done';
    }
    expect(losses).toBeGreaterThan(50);
    expectWhole(seen);
    expect(seen).toEqual(await runs.events(data.run.id));
    expect(said(seen)).toBe(upstream.answer.text?.join(''));
  });

  test('D7 a thousand watchers of one run on all servers get every event', { timeout: 240_000 }, async () => {
    upstream.answer = { text: Array.from({ length: 60 }, (_one, index) => `piece ${index}, `), gapMs: 50 };
    // On PostgreSQL half of them stand at another server.
    const second: TestPlatform | undefined = place.databaseUrl ? await startPlatform(place) : undefined;
    const { data } = await runs.start({ prompt: 'x' });
    const urls = [gateway.url, second?.url ?? gateway.url];
    const watching = Array.from({ length: 1_000 }, (_one, index) => watch(urls[index % 2] ?? '', gateway.token, data.run.id));
    const all = await Promise.all(watching);
    const events = await runs.events(data.run.id);
    expectWhole(events);
    const expected = JSON.stringify(events);
    expect(all.filter((watched) => JSON.stringify(watched.events) !== expected)).toEqual([]);
    expect(all.filter(({ end }) => end?.reason !== 'done')).toEqual([]);
    await second?.close();
  });

  test('B4 D7 a read token watches, and a revoked one does not', async () => {
    upstream.answer = {};
    const { data } = await runs.start({ prompt: 'x' });
    await runs.until(data.run.id, 'succeeded');
    const reader = await gateway.makeToken(gateway.accountId, ['read']);
    const { events, end } = await watch(gateway.url, reader, data.run.id);
    expect(end?.reason).toBe('done');
    expectWhole(events);
    const list = await runs.call<{ items: { id: string; scopes: string[] }[] }>('GET', '/tokens');
    const id = list.data.items.find(({ scopes }) => !scopes.includes('write'))?.id ?? '';
    await runs.call('DELETE', `/tokens/${id}`);
    expect((await watch(gateway.url, reader, data.run.id)).status).toBe(401);
  });
});
