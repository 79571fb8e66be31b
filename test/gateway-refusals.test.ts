import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { describeStores } from './support/stores.ts';

interface Refusal {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

const GOOGLE_BAD_KEY = {
  error: {
    code: 400,
    message: 'API key not valid. Please pass a valid API key.',
    status: 'INVALID_ARGUMENT',
    details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' }],
  },
};
const XAI_BAD_KEY = {
  code: 'Client specified an invalid argument',
  error: 'Incorrect API key provided: xa***01. You can obtain an API key from https://console.x.ai.',
};
const ANTHROPIC_EMPTY = {
  type: 'error',
  error: {
    type: 'invalid_request_error',
    message: 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.',
  },
};
const OPENAI_EMPTY = {
  error: {
    message: 'You exceeded your current quota, please check your plan.',
    type: 'insufficient_quota',
    param: null,
    code: 'insufficient_quota',
  },
};
const DEEPSEEK_EMPTY = { error: { message: 'Insufficient Balance', type: 'unknown_error', param: null, code: 'invalid_request_error' } };

const CALLS = {
  openai: { path: '/openai/v1/chat/completions', model: 'gpt-5' },
  deepseek: { path: '/openai/v1/chat/completions', model: 'deepseek-flash' },
  xai: { path: '/openai/v1/chat/completions', model: 'grok-4.7' },
  anthropic: { path: '/anthropic/v1/messages', model: 'claude-sonnet-5-5' },
  google: { path: '/google/v1beta/models/gemini-2.5-flash:generateContent', model: 'gemini-2.5-flash' },
};
type Provider = keyof typeof CALLS;

describeStores('B7 B22 what providers refuse', (stores) => {
  let gateway: TestGateway;
  const refusals = new Map<string, Refusal>();
  const tried: string[] = [];
  let close: () => void;
  let address = '';

  beforeAll(async () => {
    const server = createServer((incoming, response) => {
      const { authorization, 'x-api-key': anthropic, 'x-goog-api-key': google } = incoming.headers;
      const key = String(authorization?.replace('Bearer ', '') ?? anthropic ?? google);
      incoming.resume().on('end', () => {
        tried.push(key);
        const { status, body, headers } = refusals.get(key) ?? { status: 200, body: {} };
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => server.close();
    gateway = await startGateway(await stores.place(), { MOGPLEX_ALLOW_PRIVATE_UPSTREAMS: '127.0.0.0/8' });
  });
  afterAll(async () => {
    await gateway.close();
    close();
  });

  const ask = (provider: Provider, token = gateway.token): Promise<Response> => {
    const { path, model } = CALLS[provider];
    return fetch(`${gateway.url}/gateway${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ model, max_tokens: 5, messages: [], contents: [] }),
    });
  };

  const CASES: [string, Provider, Refusal, RegExp][] = [
    ['a bad key of Google, which says 400', 'google', { status: 400, body: GOOGLE_BAD_KEY }, /refused the key that the platform holds/],
    ['a bad key of xAI, which says 400', 'xai', { status: 400, body: XAI_BAD_KEY }, /refused the key that the platform holds/],
    [
      'an empty account of Anthropic, which says 400',
      'anthropic',
      { status: 400, body: ANTHROPIC_EMPTY },
      /account at the provider has no credit/,
    ],
    ['an empty account of OpenAI, which says 429', 'openai', { status: 429, body: OPENAI_EMPTY }, /account at the provider has no credit/],
    [
      'an empty account of DeepSeek, which says 402',
      'deepseek',
      { status: 402, body: DEEPSEEK_EMPTY },
      /account at the provider has no credit/,
    ],
  ];

  test.each(CASES)(
    'B7 B22 %s: nothing of it reaches the client but the status, and another key is tried',
    async (_what, provider, refusal, words) => {
      const [first, second] = [`key-of-${provider}-000001`, `key-of-${provider}-000002`];
      refusals.set(first, refusal);
      await gateway.upstream(provider, address, first);
      const response = await ask(provider);
      const text = await response.text();
      expect(response.status).toBe(refusal.status);
      expect(text).toMatch(words);
      expect(text).not.toMatch(/console\.x\.ai|Plans & Billing|current quota|pass a valid|Insufficient Balance/);
      // Neither a repetition nor a pause mends a key or an account.
      expect(response.headers.get('x-should-retry')).toBe('false');

      await gateway.upstream(provider, address, second, { label: 'second' });
      await gateway.upstream(provider, address, first);
      tried.length = 0;
      expect((await ask(provider)).status).toBe(200);
      expect((await ask(provider)).status).toBe(200);
      expect(tried).toEqual([first, second, second]);
      const row = () =>
        gateway.store.db
          .selectFrom('model_upstreams')
          .select('health')
          .where('label', '=', 'default')
          .where('provider', '=', provider)
          .where('account_id', 'is', null);
      await expect.poll(() => row().executeTakeFirst()).toEqual({ health: 'refused' });
    },
  );

  test.each([
    [500, 'false', 'false'],
    [429, 'false', 'false'],
    [500, undefined, 'true'],
    [400, undefined, 'false'],
  ] as const)('B7 what a provider says of repeating a %s (%s) holds: %s', async (status, said, told) => {
    const { accountId, token } = await gateway.account(`retry-${status}-${said}@example.com`);
    const key = `key-own-retry-${status}-${said}`;
    refusals.set(key, { status, body: {}, ...(said === undefined ? {} : { headers: { 'x-should-retry': said } }) });
    await gateway.upstream('openai', address, key, { accountId });
    const response = await ask('openai', token);
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([status, told]);
  });

  test.each([
    [401, {}, /your own key: replace it in Settings > API Keys/],
    [403, {}, /your own key may not do this.*Settings > API Keys/],
    [429, OPENAI_EMPTY, /your own account at the provider has no credit.*Settings > API Keys/],
  ] as const)('A10 B22 an own key that a provider refuses with %s is told as such, with where to mend it', async (status, body, words) => {
    const { accountId, token } = await gateway.account(`own-${status}@example.com`);
    const key = `key-own-of-${status}-0001`;
    refusals.set(key, { status, body });
    await gateway.upstream('openai', address, key, { accountId });
    const response = await ask('openai', token);
    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(words);
  });
});
