import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '@mogplex/protocol';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { type ChildServer, openOperator, startChildServer, type TestOperator } from './support/gateway.ts';
import { expectWhole, type Runs, runsOf, said, watch } from './support/run-watch.ts';
import { describeStores, type StorePlace } from './support/stores.ts';

const CROWD = 2_000;
const LIMITS = { MOGPLEX_RATE_LIMIT: '1000000', MOGPLEX_START_LIMIT: '1000000' };
const KEY = 'sk-hosted-key-of-the-operator-0001';

/** Numbers that are the same in every test run. */
const dice = (seed: number) => () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};

describeStores('D7 the live stream', (stores) => {
  let place: StorePlace;
  let operator: TestOperator;
  let server: ChildServer;
  let upstream: Upstream;
  let runs: Runs;

  beforeAll(async () => {
    upstream = await startOpenAiUpstream();
    place = await stores.place();
    operator = await openOperator(place);
    await operator.upstream('openai', upstream.url, KEY);
    // In a process of its own, as thousands of connections are to it.
    server = await startChildServer(place, LIMITS);
    runs = runsOf(server.url, operator.token);
  });
  afterAll(async () => {
    await server.stop();
    await operator.close();
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

  test('D7 two thousand watchers who come at different times, on all servers, get every event', { timeout: 240_000 }, async () => {
    upstream.answer = { text: Array.from({ length: 60 }, (_one, index) => `piece ${index}, `), gapMs: 50 };
    // On PostgreSQL half of them stand at another server.
    const second = place.databaseUrl ? await startChildServer(place, LIMITS) : undefined;
    const { data } = await runs.start({ prompt: 'x' });
    const urls = [server.url, second?.url ?? server.url];
    const watching = Array.from({ length: CROWD }, async (_one, index) => {
      // They come over two seconds, so that the later ones find a run that has spoken already.
      await sleep((index / CROWD) * 2_000);
      for (let tries = 0; ; tries += 1) {
        try {
          return await watch(urls[index % 2] ?? '', operator.token, data.run.id);
        } catch (error) {
          // A machine under load turns connections away before the platform sees them: who watches comes again.
          if (tries === 20) throw error;
          await sleep(250);
        }
      }
    });
    const all = await Promise.all(watching);
    const events = await runs.events(data.run.id);
    expectWhole(events);
    const expected = JSON.stringify(events);
    expect(all.filter((watched) => JSON.stringify(watched.events) !== expected)).toEqual([]);
    expect(all.filter(({ end }) => end?.reason !== 'done')).toEqual([]);
    await second?.stop();
  });

  test('B4 D7 a read token watches, and a revoked one does not', async () => {
    upstream.answer = {};
    const { data } = await runs.start({ prompt: 'x' });
    await runs.until(data.run.id, 'succeeded');
    const reader = await operator.makeToken(operator.accountId, ['read']);
    const { events, end } = await watch(server.url, reader, data.run.id);
    expect(end?.reason).toBe('done');
    expectWhole(events);
    const list = await runs.call<{ items: { id: string; scopes: string[] }[] }>('GET', '/tokens');
    const id = list.data.items.find(({ scopes }) => !scopes.includes('write'))?.id ?? '';
    await runs.call('DELETE', `/tokens/${id}`);
    expect((await watch(server.url, reader, data.run.id)).status).toBe(401);
  });
});
