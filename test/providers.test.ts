import { findProvider, MogplexError, PROVIDERS, type ProviderId } from '@mogplex/protocol';
import { Secret } from '@mogplex/credentials';
import { createDirectClient, SHIPPED_MODELS } from '@mogplex/providers';
import { describe, expect, test } from 'vitest';
import { type Fault, startOpenAiUpstream, type Upstream, UPSTREAMS } from './fakes/index.ts';

const KEY = 'sk-canary-4f1d2c7b9a8e6053';

const clientOf = (id: ProviderId, upstream: Upstream, options: { silenceSeconds?: number; fetch?: typeof fetch } = {}) => {
  const provider = findProvider(id);
  if (!provider) throw new Error(`no provider ${id}`);
  return createDirectClient({
    provider,
    key: new Secret(KEY, `env ${provider.envVar}`),
    credential: `env ${provider.envVar}`,
    baseUrl: upstream.url,
    ...options,
  });
};

const weather = {
  name: 'get_weather',
  description: 'Tells the weather of a city',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
};

const collect = async (
  id: ProviderId,
  upstream: Upstream,
  { signal, silenceSeconds = 60 }: { signal?: AbortSignal; silenceSeconds?: number } = {},
) => {
  const events = [];
  const request = {
    model: SHIPPED_MODELS[id][0],
    system: 'Be brief.',
    messages: [{ role: 'user' as const, content: 'hello' }],
    tools: [weather],
    ...(signal === undefined ? {} : { signal }),
  };
  for await (const event of clientOf(id, upstream, { silenceSeconds }).stream(request)) events.push(event);
  return events;
};

const failing = async (id: ProviderId, upstream: Upstream, fault: Fault, silenceSeconds?: number): Promise<MogplexError> => {
  upstream.fault = fault;
  const options = silenceSeconds === undefined ? {} : { silenceSeconds };
  const outcome: unknown = await collect(id, upstream, options).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(MogplexError);
  const error = outcome as MogplexError;
  for (const text of [error.message, error.hint, error.stack, JSON.stringify(error), String(error.cause)])
    expect(text ?? '').not.toContain(KEY);
  expect(error.boundary).toBe('model');
  return error;
};

/** Each fault with the code, the exit code and what the message has to say. */
const FAULTS: readonly [Fault, string, number, RegExp][] = [
  ['unauthorized', 'unauthenticated', 64, /refused the credential \(env /],
  ['forbidden', 'forbidden', 65, /does not allow this: Your organization/],
  ['not-found', 'not_found', 1, /The model does not exist/],
  ['rate-limited', 'rate_limited', 75, /limits the rate/],
  ['server-error', 'upstream_error', 69, /failed \(status 500\)/],
  ['overloaded', 'unavailable', 69, /is overloaded/],
  ['reset', 'unavailable', 69, /could not be reached/],
  ['cut', 'upstream_error', 69, /cut the answer off/],
  ['malformed', 'upstream_error', 69, /not in its format/],
  ['ends-early', 'upstream_error', 69, /cut the answer off/],
];

describe.each(PROVIDERS.map(({ id }) => id))('%s', (id) => {
  test(`A2 A20 ${id} streams text, usage and the end with the key in the place that the vendor wants`, async () => {
    await using upstream = await UPSTREAMS[id]();
    const events = await collect(id, upstream);
    expect(events.filter((event) => event.type === 'text').map((event) => event.text)).toEqual(['Hello', ' from', ' the model.']);
    expect(events.at(-2)).toEqual({ type: 'usage', inputTokens: 11, outputTokens: 5 });
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
    expect(upstream.requests).toHaveLength(1);
    expect(upstream.requests[0]?.credentialIs(KEY)).toBe(true);
  });

  test(`A20 ${id} calls a tool`, async () => {
    await using upstream = await UPSTREAMS[id]();
    upstream.answer = { text: ['Let me see.'], toolCall: { id: 'call_1', name: 'get_weather', input: '{"city":"Graz"}' } };
    const events = await collect(id, upstream);
    const call = events.find((event) => event.type === 'tool-call');
    expect(call).toMatchObject({ name: 'get_weather' });
    expect(JSON.parse(call?.input ?? '')).toEqual({ city: 'Graz' });
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'tool-calls' });
    expect(JSON.stringify(upstream.requests[0]?.body)).toContain('get_weather');
  });

  test(`A20 B22 ${id} failures name their boundary, are tried once and never carry the key`, async () => {
    await using upstream = await UPSTREAMS[id]();
    for (const [fault, code, exitCode, words] of FAULTS) {
      const before = upstream.requests.length;
      const error = await failing(id, upstream, fault);
      expect({ fault, code: error.code, exit: error.exitCode }).toEqual({ fault, code, exit: exitCode });
      expect(error.message).toMatch(words);
      expect(error.retryAfter).toBe(fault === 'rate-limited' ? 7 : undefined);
      expect(upstream.requests.length - before).toBe(1);
    }
  });

  test(`A20 ${id} is left within a second of an interruption`, async () => {
    await using upstream = await UPSTREAMS[id]();
    upstream.answer = { text: Array.from({ length: 200 }, () => 'x'), gapMs: 20 };
    const controller = new AbortController();
    const outcome = collect(id, upstream, { signal: controller.signal }).catch((error: unknown) => error);
    while (upstream.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort();
    expect(await outcome).toMatchObject({ code: 'interrupted' });
    await upstream.nextAbandoned();
  });
});

test.each(['hang', 'hang-mid-stream'] as const)('A20 B22 a provider that falls silent (%s) is given up, all nine', async (fault) => {
  const given = async (id: ProviderId): Promise<void> => {
    await using upstream = await UPSTREAMS[id]();
    const error = await failing(id, upstream, fault, 1);
    expect({ id, code: error.code, exit: error.exitCode }).toEqual({ id, code: 'upstream_timeout', exit: 69 });
    expect(error.message).toContain('said nothing for 1 s');
    await upstream.nextAbandoned();
  };
  await Promise.all(PROVIDERS.map(({ id }) => given(id)));
});

test('A20 OpenAI itself is asked by its Responses API', async () => {
  await using upstream = await startOpenAiUpstream({
    answer: { toolCall: { id: 'call_1', name: 'get_weather', input: '{"city":"Graz"}' } },
  });
  const asked: string[] = [];
  const elsewhere: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    asked.push(url.origin);
    return await fetch(upstream.origin + url.pathname, init);
  };
  const provider = findProvider('openai');
  if (!provider) throw new Error('no provider openai');
  const client = createDirectClient({
    provider,
    key: new Secret(KEY, 'env OPENAI_API_KEY'),
    credential: 'env OPENAI_API_KEY',
    fetch: elsewhere,
  });
  const events = [];
  for await (const event of client.stream({ model: 'gpt-6-sol', messages: [{ role: 'user', content: 'hello' }], tools: [weather] })) {
    events.push(event);
  }
  expect(asked).toEqual(['https://api.openai.com']);
  expect(upstream.requests[0]?.path).toBe('/v1/responses');
  expect(events.map((event) => event.type)).toEqual(['text', 'text', 'text', 'tool-call', 'usage', 'finish']);
});

test('A20 a redirect is never followed, so no key leaves for another address', async () => {
  await using upstream = await startOpenAiUpstream();
  const seen: (RequestRedirect | undefined)[] = [];
  const watching: typeof fetch = async (input, init) => {
    seen.push(init?.redirect);
    return await fetch(input, init);
  };
  const request = { model: 'gpt-test', messages: [{ role: 'user' as const, content: 'hello' }] };
  for await (const event of clientOf('openai', upstream, { fetch: watching }).stream(request)) expect(event).toBeDefined();
  expect(seen).toEqual(['error']);
});
