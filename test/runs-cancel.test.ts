import { setTimeout as sleep } from 'node:timers/promises';
import { makeRunTokenFor } from '@mogplex/server/test/people';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { expectWhole, type Runs, runsOf, said, statusesOf } from './support/run-watch.ts';
import { describeStores } from './support/stores.ts';

const KEY = 'sk-hosted-key-of-the-operator-0001';
const SLOW = { text: Array.from({ length: 400 }, (_one, index) => `word${index} `), gapMs: 50 };

describeStores('D7 the end of runs', (stores) => {
  let gateway: TestGateway;
  let upstream: Upstream;
  let runs: Runs;

  beforeAll(async () => {
    upstream = await startOpenAiUpstream();
    gateway = await startGateway(await stores.place());
    await gateway.plan({ parallelRuns: 2 });
    await gateway.upstream('openai', upstream.url, KEY);
    runs = runsOf(gateway.url, gateway.token);
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  const speaking = async (id: string): Promise<void> => {
    await expect.poll(async () => said(await runs.events(id)), { timeout: 30_000 }).toContain('word2');
  };

  test('D7 a run that speaks is cancelled: the provider is left within a second, and what was used is booked', async () => {
    upstream.answer = SLOW;
    const { data } = await runs.start({ prompt: 'talk' });
    await speaking(data.run.id);
    const request = upstream.requests.at(-1);
    const asked = performance.now();
    const cancelled = await runs.cancel(data.run.id);
    expect(cancelled.data.run.cancelRequestedAt).toBeGreaterThan(0);
    await expect.poll(() => request?.abandoned, { timeout: 10_000, interval: 10 }).toBe(true);
    const left = performance.now() - asked;
    const run = await runs.until(data.run.id, 'cancelled', 'succeeded', 'failed');
    expect({ status: run.status, error: run.error, left: left < 1_000 }).toEqual({ status: 'cancelled', error: undefined, left: true });
    const events = await runs.events(run.id);
    expectWhole(events);
    expect(said(events)).toContain('word2');
    await expect.poll(async () => (await runs.get(run.id)).usage.outputTokens, { timeout: 10_000 }).toBeGreaterThan(0);
    expect((await runs.cancel(run.id)).data.run).toMatchObject({ status: 'cancelled', lastSeq: events.length });
  });

  test('D7 a run that waits is cancelled at once and never begins', async () => {
    upstream.answer = SLOW;
    const busy = await Promise.all([runs.start({ prompt: 'one' }), runs.start({ prompt: 'two' })]);
    const waiting = await runs.start({ prompt: 'three' });
    const next = await runs.start({ prompt: 'four' });
    for (const { data } of busy) await speaking(data.run.id);
    expect((await runs.get(waiting.data.run.id)).status).toBe('pending');
    expect((await runs.cancel(waiting.data.run.id)).data.run.status).toBe('cancelled');
    for (const { data } of busy) await runs.cancel(data.run.id);
    // The place goes to the one that was not cancelled.
    await speaking(next.data.run.id);
    await runs.cancel(next.data.run.id);
    await runs.until(next.data.run.id, 'cancelled');
    const events = await runs.events(waiting.data.run.id);
    expectWhole(events);
    expect(statusesOf(events)).toEqual(['pending', 'cancelled']);
  });

  test('D7 50 cancels at once, at every moment of a run: one end, and a cancelled run stays cancelled', async () => {
    upstream.answer = { text: ['a', 'b'], gapMs: 5 };
    for (const delay of [0, 5, 15, 30, 60, 100]) {
      const { data } = await runs.start({ prompt: `after ${delay}` });
      await sleep(delay);
      const answers = await Promise.all(Array.from({ length: 50 }, () => runs.cancel(data.run.id)));
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      const run = await runs.until(data.run.id, 'cancelled', 'succeeded');
      const asked = answers.some((answer) => answer.data.run.cancelRequestedAt !== undefined);
      expect(run.status).toBe(asked ? 'cancelled' : 'succeeded');
      const events = await runs.events(run.id);
      expectWhole(events);
      await runs.cancel(run.id);
      expect(await runs.events(run.id)).toEqual(events);
      expect((await runs.get(run.id)).status).toBe(run.status);
    }
  });

  test('B4 a run token opens the gateway while its run is under way, and nothing else', async () => {
    const { token, runId } = await makeRunTokenFor(gateway.store, gateway.accountId);
    upstream.answer = {};
    const ask = () =>
      fetch(`${gateway.url}/gateway/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content: 'x' }] }),
      });
    expect((await ask()).status).toBe(200);
    const mine = runsOf(gateway.url, token);
    for (const path of ['/me', '/models', '/runs', `/runs/${runId}`, `/runs/${runId}/events`, '/tokens', '/mcp/servers']) {
      expect([path, (await mine.call('GET', path)).error.code]).toEqual([path, 'forbidden']);
    }
    expect((await mine.start({ prompt: 'x' })).error.code).toBe('forbidden');
    expect((await mine.watch(runId)).status).toBe(403);
    await gateway.store.db.updateTable('run').set({ status: 'succeeded' }).where('id', '=', runId).execute();
    const after = await ask();
    expect(after.status).toBe(401);
    const unknown = await fetch(`${gateway.url}/gateway/openai/v1/models`, { headers: { authorization: 'Bearer mog_run_unknown' } });
    const strip = (text: string): string => text.replaceAll(/req_[\w-]+/g, '');
    expect(strip(await after.text())).toBe(strip(await unknown.text()));
  });

  test('B4 the model that is excluded for a repository is excluded for its runs', async () => {
    const excluded = { repository: 'acme/secret', model: 'openai/gpt-5' };
    await gateway.store.db
      .insertInto('model_exclusions')
      .values({ account_id: gateway.accountId, ...excluded })
      .execute();
    await gateway.upstream('openai', upstream.url, KEY);
    const { data } = await runs.start({ prompt: 'x', repository: 'acme/secret' });
    const run = await runs.until(data.run.id, 'failed', 'succeeded');
    expect(run.error).toMatchObject({ code: 'no_model_access', boundary: 'model' });
    const other = await runs.start({ prompt: 'x', repository: 'acme/open' });
    await runs.until(other.data.run.id, 'succeeded');
  });
});
