import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EVENT_STREAM, sse } from './fakes/upstream.ts';
import { putPennyModel, startGateway, type TestGateway } from './support/gateway.ts';
import { describeStores } from './support/stores.ts';

const KEY = 'sk-hosted-key-of-the-operator-0022';
const THOUGHT_MS = 600;
/** What a model is taken to have thought in that time, at least. */
const THOUGHT = 120;

const word = sse({ choices: [{ delta: { content: 'word' } }] });
const usage = sse({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 7 } });

describeStores('B7 calls of which the provider does not say what they used', (stores) => {
  let gateway: TestGateway;
  let answer: (response: ServerResponse) => Promise<void>;
  const provider = createServer((incoming, response) => void incoming.resume().on('end', () => void answer(response)));

  beforeAll(async () => {
    gateway = await startGateway(await stores.place(), { MOGPLEX_MODEL_IDLE_SECONDS: '5' });
    await once(provider.listen(0, '127.0.0.1'), 'listening');
    await gateway.upstream('openai', `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`, KEY);
    await putPennyModel(gateway.store, 'penny', 1_000);
  });
  afterAll(async () => {
    await gateway.close();
    provider.closeAllConnections();
    provider.close();
  });

  const account = async () => {
    const { accountId, token } = await gateway.account(`payer-${Math.random()}@example.com`);
    await gateway.plan({ monthlyCredit: 10_000_000 }, `account:${accountId}`);
    const ask = (body: object, signal?: AbortSignal): Promise<Response> =>
      fetch(`${gateway.url}/gateway/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ messages: [], stream: true, ...body }),
        ...(signal ? { signal } : {}),
      });
    const entry = async () => {
      const find = () =>
        gateway.store.db
          .selectFrom('model_ledger')
          .selectAll()
          .where('account_id', '=', accountId)
          .where('kind', '=', 'usage')
          .executeTakeFirst();
      await expect.poll(find, { timeout: 10_000 }).toBeDefined();
      return find();
    };
    const estimated = async (): Promise<unknown> => {
      const response = await fetch(`${gateway.url}/api/v1/mogplex/usage`, { headers: { authorization: `Bearer ${token}` } });
      return ((await response.json()) as { data: { rows: { estimatedCalls: number }[] } }).data.rows[0]?.estimatedCalls;
    };
    return { ask, entry, estimated };
  };

  const thinkThen =
    (...events: string[]) =>
    async (response: ServerResponse): Promise<void> => {
      response.writeHead(200, { 'content-type': EVENT_STREAM }).flushHeaders();
      await sleep(THOUGHT_MS);
      response.end(events.join(''));
    };

  test('B7 a model that reasons unseen is taken to have thought all the time, and the entry says that it is an estimate', async () => {
    const { ask, entry, estimated } = await account();
    answer = thinkThen(word, word, 'data: [DONE]\n\n');
    expect((await (await ask({ model: 'gpt-5-nano' })).text()).match(/word/g)).toHaveLength(2);
    const booked = await entry();
    expect(booked).toMatchObject({ exact: 0, outcome: 'done' });
    expect(booked?.output_tokens).toBeGreaterThanOrEqual(THOUGHT);
    expect(booked?.cost).toBeGreaterThan(0);
    expect(await estimated()).toBe(1);
  });

  test('B7 a provider that falls silent is not taken to have thought meanwhile', { timeout: 60_000 }, async () => {
    const { ask, entry } = await account();
    answer = async (response) => void response.writeHead(200, { 'content-type': EVENT_STREAM }).write(word);
    expect(await (await ask({ model: 'gpt-5-nano' })).text()).toContain('the provider cut the answer');
    const booked = await entry();
    expect(booked).toMatchObject({ exact: 0, outcome: 'cut' });
    expect(booked?.output_tokens).toBeLessThan(5 * 200);
  });

  test('B7 no more than the request allows is booked for it', async () => {
    const { ask, entry } = await account();
    answer = thinkThen(word);
    await (await ask({ model: 'gpt-5-nano', max_completion_tokens: 50 })).text();
    expect(await entry()).toMatchObject({ exact: 0, output_tokens: 50 });
  });

  test('B7 a client that leaves before a word came pays for the thinking that it asked for', async () => {
    const { ask, entry } = await account();
    const client = new AbortController();
    answer = async (response) => {
      await sleep(THOUGHT_MS);
      client.abort();
      await once(response, 'close');
    };
    await expect(ask({ model: 'gpt-5-nano', stream: false }, client.signal)).rejects.toThrow('aborted');
    const booked = await entry();
    expect(booked).toMatchObject({ exact: 0, outcome: 'cancelled' });
    expect(booked?.output_tokens).toBeGreaterThanOrEqual(THOUGHT);
  });

  test('B7 a client that asks for the usage pays what the provider says, and a model that does not reason what was to be read', async () => {
    const exact = await account();
    answer = thinkThen(word, usage);
    await (await exact.ask({ model: 'gpt-5-nano', stream_options: { include_usage: true } })).text();
    expect(await exact.entry()).toMatchObject({ exact: 1, input_tokens: 9, output_tokens: 7 });
    expect(await exact.estimated()).toBe(0);
    const plain = await account();
    answer = thinkThen(word, word, word);
    await (await plain.ask({ model: 'penny' })).text();
    expect(await plain.entry()).toMatchObject({ exact: 0, output_tokens: 3, cost: 3 });
  });
});
