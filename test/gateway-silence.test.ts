import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAnthropicUpstream, startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { temporaryFolder } from './support/stores.ts';

/** Milliseconds between two events of the upstream: a ping of the gateway fits into it. */
const GAP = 1_800;
const ANSWER = { text: ['half', ' and half'], usage: { inputTokens: 12, outputTokens: 7 }, gapMs: GAP };

describe('B7 a provider that thinks for long', () => {
  let gateway: TestGateway;
  let openai: Upstream;
  let anthropic: Upstream;

  beforeAll(async () => {
    [openai, anthropic] = await Promise.all([startOpenAiUpstream(), startAnthropicUpstream()]);
    for (const upstream of [openai, anthropic]) upstream.answer = ANSWER;
    gateway = await startGateway({ dataDir: await temporaryFolder() }, { MOGPLEX_MODEL_PING_SECONDS: '1' });
    await gateway.upstream('openai', openai.url, 'sk-upstream-openai-00000001');
    await gateway.upstream('anthropic', anthropic.origin, 'sk-upstream-anthropic-00001');
  });
  afterAll(async () => {
    await gateway.close();
    await Promise.all([openai.close(), anthropic.close()]);
  });

  const stream = async (url: string, body: object): Promise<string> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.token}` },
      body: JSON.stringify({ ...body, stream: true }),
    });
    return response.text();
  };

  const chat = async (): Promise<string> => {
    const client = new OpenAI({ baseURL: `${gateway.url}/gateway/openai/v1`, apiKey: gateway.token, maxRetries: 0 });
    const answer = await client.chat.completions
      .stream({ model: 'gpt-5', messages: [{ role: 'user', content: 'go' }], stream_options: { include_usage: true } })
      .finalChatCompletion();
    return answer.choices[0]?.message.content ?? '';
  };

  const responses = async (): Promise<string> => {
    const client = new OpenAI({ baseURL: `${gateway.url}/gateway/openai/v1`, apiKey: gateway.token, maxRetries: 0 });
    let text = '';
    for await (const event of await client.responses.create({ model: 'gpt-5', input: 'go', stream: true })) {
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    return text;
  };

  const messages = (): Promise<string> => {
    const client = new Anthropic({ baseURL: `${gateway.url}/gateway/anthropic`, apiKey: gateway.token, maxRetries: 0 });
    return client.messages.stream({ model: 'claude-sonnet-5-5', max_tokens: 64, messages: [{ role: 'user', content: 'go' }] }).finalText();
  };

  test(
    'B7 silent gaps are filled between whole events, and the clients and the ledger see the same answer',
    { timeout: 120_000 },
    async () => {
      const ask = { max_tokens: 64, messages: [{ role: 'user', content: 'go' }] };
      const [pinged, commented, ...texts] = await Promise.all([
        stream(`${gateway.url}/gateway/anthropic/v1/messages`, { ...ask, model: 'claude-sonnet-5-5' }),
        stream(`${gateway.url}/gateway/openai/v1/chat/completions`, { ...ask, model: 'gpt-5' }),
        messages(),
        chat(),
        responses(),
      ]);
      expect(texts).toEqual(['half and half', 'half and half', 'half and half']);
      const parts = pinged.split('\n\n').slice(0, -1);
      expect(parts.filter((part) => part === 'event: ping\ndata: {"type": "ping"}').length).toBeGreaterThan(3);
      for (const part of parts) expect(part).toMatch(/^event: \w+\ndata: \{.*\}$/);
      const comments = commented.split('\n\n').slice(0, -1);
      expect(comments.filter((part) => part === ': ping').length).toBeGreaterThan(3);
      for (const part of comments) expect(part).toMatch(/^(?:: ping|data: (?:\{.*\}|\[DONE\]))$/);
      const entries = () => gateway.store.db.selectFrom('model_ledger').selectAll().where('kind', '=', 'usage').execute();
      await expect.poll(async () => (await entries()).length, { timeout: 10_000 }).toBe(5);
      const exact = (await entries()).filter((entry) => entry.exact === 1);
      expect(exact.length).toBeGreaterThanOrEqual(4);
      for (const entry of exact) expect(entry).toMatchObject({ input_tokens: 12, output_tokens: 7 });
    },
  );

  test('B7 a silence in the midst of an event is left as it is, and the next one is filled', { timeout: 60_000 }, async () => {
    const halves = ['data: {"choices":[{"delta":{"content":"ha', 'lf"}}]}\n\n', 'data: [DONE]\n\n'];
    const provider = createServer((incoming, response) => {
      const write = async (): Promise<void> => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const [at, piece] of halves.entries()) {
          if (at > 0) await sleep(GAP);
          response.write(piece);
        }
        response.end();
      };
      incoming.resume().on('end', () => void write());
    });
    await once(provider.listen(0, '127.0.0.1'), 'listening');
    await gateway.upstream('groq', `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`, 'gsk-upstream-000000000001');
    const text = await stream(`${gateway.url}/gateway/openai/v1/chat/completions`, { model: 'llama-3.1-8b-instant', messages: [] });
    const [first = '', ...others] = text.split(/(?<=\n\n)/);
    expect(first).toBe(halves.slice(0, 2).join(''));
    expect(new Set(others)).toEqual(new Set([': ping\n\n', 'data: [DONE]\n\n']));
    provider.close();
  });

  test('B7 a stream in which something comes all the time gets nothing of ours', { timeout: 60_000 }, async () => {
    anthropic.answersOnce.push({ ...ANSWER, text: Array.from({ length: 24 }, () => 'word '), gapMs: 100 });
    const ask = { max_tokens: 64, messages: [{ role: 'user', content: 'go' }] };
    const text = await stream(`${gateway.url}/gateway/anthropic/v1/messages`, { ...ask, model: 'claude-sonnet-5-5' });
    expect(text.match(/"word /g)).toHaveLength(24);
    expect(text).not.toContain('event: ping\ndata: {"type": "ping"}');
  });
});
