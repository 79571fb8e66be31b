import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { describeStores } from './support/stores.ts';

const KEY = 'sk-hosted-key-of-the-operator-0001';

interface WireError {
  error: { message: string; type: string; code: string | null };
}

describeStores('B7 the gateway for OpenAI clients', (stores) => {
  let gateway: TestGateway;
  let upstream: Upstream;

  beforeAll(async () => {
    upstream = await startOpenAiUpstream();
    gateway = await startGateway(await stores.place());
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${gateway.url}/gateway/openai/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.token}`, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  test('A10 B7 without any key it says "no model access" and where to mend it', async () => {
    const response = await post('/chat/completions', { model: 'gpt-5', messages: [] });
    expect(response.status).toBe(403);
    expect(response.headers.get('x-should-retry')).toBe('false');
    const { error } = (await response.json()) as WireError;
    expect(error.code).toBe('no_model_access');
    expect(error.message).toContain('no model access');
    expect(error.message).toContain('Settings > API Keys');
    expect(error.message).toContain(response.headers.get('x-request-id'));
  });

  test('B7 A9 a streamed answer passes byte for byte, with the hosted key and without ours', async () => {
    await gateway.upstream('openai', upstream.url, KEY);
    const body =
      '{"model": "gpt-5",  "stream":true, "stream_options":{"include_usage":true}, "messages":[{"role":"user","content":"hällo"}], "unknown_field": [1,2]}';
    const response = await post('/chat/completions', body, {
      cookie: 'mogplex.session_token=x',
      'x-forwarded-for': '10.0.0.1',
      'openai-organization': 'org-mine',
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const direct = await fetch(`${upstream.url}/chat/completions`, { method: 'POST', headers: { authorization: `Bearer ${KEY}` }, body });
    expect(await response.text()).toBe(await direct.text());
    const seen = upstream.requests.at(0);
    expect(seen?.credentialIs(KEY)).toBe(true);
    expect(seen?.body).toEqual(JSON.parse(body));
    expect(Object.keys(seen?.headers ?? {})).not.toEqual(expect.arrayContaining(['cookie']));
    for (const name of ['cookie', 'x-forwarded-for', 'openai-organization']) expect(seen?.headers[name]).toBeUndefined();
  });

  test('B7 responses, whole answers, embeddings and the id with its provider work too', async () => {
    const whole = await post('/chat/completions', { model: 'openai/gpt-5-mini', messages: [{ role: 'user', content: 'x' }] });
    expect(await whole.json()).toMatchObject({ choices: [{ message: { content: 'Hello from the model.' } }] });
    expect(upstream.requests.at(-1)?.body).toMatchObject({ model: 'gpt-5-mini' });
    const streamed = await post('/responses', { model: 'gpt-5', stream: true, input: 'x' });
    expect(await streamed.text()).toContain('response.completed');
  });

  test('B7 a model that the provider lists and the catalogue lacks is found by its list, without a price', async () => {
    const response = await post('/chat/completions', { model: 'gpt-test', messages: [] });
    expect(response.status).toBe(200);
    const row = await gateway.store.db.selectFrom('models').selectAll().where('id', '=', 'openai/gpt-test').executeTakeFirst();
    expect(row).toMatchObject({ origin: 'upstream', input_price: null });
  });

  test('B7 an unknown model is an error, never another model', async () => {
    const before = upstream.requests.length;
    const response = await post('/chat/completions', { model: 'gpt-99', messages: [] });
    expect(response.status).toBe(404);
    expect(((await response.json()) as WireError).error.message).toContain('gpt-99');
    expect(upstream.requests).toHaveLength(before);
  });

  test('B7 every call is in the ledger with whom, what, and what it cost', async () => {
    await expect
      .poll(() => gateway.store.db.selectFrom('model_ledger').selectAll().where('kind', '=', 'usage').orderBy('created_at').execute(), {
        timeout: 10_000,
      })
      .toHaveLength(4);
    const [first] = await gateway.store.db
      .selectFrom('model_ledger')
      .selectAll()
      .where('kind', '=', 'usage')
      .orderBy('created_at')
      .execute();
    expect(first).toMatchObject({
      account_id: gateway.accountId,
      model: 'openai/gpt-5',
      provider: 'openai',
      source: 'api',
      input_tokens: 11,
      output_tokens: 5,
      exact: 1,
      outcome: 'done',
    });
    // 11 tokens at $1.25 and 5 at $10 a million, in micro-dollars, rounded up.
    expect(first?.cost).toBe(Math.ceil(11 * 1.25 + 5 * 10));
    await expect.poll(() => gateway.store.db.selectFrom('model_reservations').selectAll().execute(), { timeout: 10_000 }).toEqual([]);
  });

  test('B7 the catalogue gives the reachable set and a reason for each other model', async () => {
    const response = await fetch(`${gateway.url}/api/v1/mogplex/models`, { headers: { authorization: `Bearer ${gateway.token}` } });
    const { data } = (await response.json()) as {
      data: { models: { id: string; reachable: boolean; reason?: string; via?: string }[]; default: string };
    };
    expect(data.models.find(({ id }) => id === 'openai/gpt-5')).toMatchObject({ reachable: true, via: 'hosted' });
    expect(data.models.find(({ id }) => id === 'groq/llama-3.3-70b-versatile')).toMatchObject({ reachable: false, reason: 'key' });
    expect(data.default).toMatch(/^openai\//);
    const list = await fetch(`${gateway.url}/gateway/openai/v1/models?client_version=1`, {
      headers: { authorization: `Bearer ${gateway.token}` },
    });
    expect(((await list.json()) as { data: { id: string }[] }).data.map(({ id }) => id)).toContain('gpt-5');
  });

  test('B4 B5 no token, a wrong one and one that may only read cannot spend', async () => {
    const before = upstream.requests.length;
    const body = { model: 'gpt-5', messages: [] };
    for (const authorization of ['', 'Bearer nothing', 'Bearer mog_000000000000000000000000000000000000', 'Basic abc']) {
      const response = await post('/chat/completions', body, { authorization });
      expect(response.status).toBe(401);
      expect(((await response.json()) as WireError).error.code).toBe('unauthenticated');
    }
    const readOnly = await gateway.makeToken(gateway.accountId, ['read']);
    const refused = await post('/chat/completions', body, { authorization: `Bearer ${readOnly}` });
    expect(refused.status).toBe(403);
    const listed = await fetch(`${gateway.url}/gateway/openai/v1/models`, { headers: { authorization: `Bearer ${readOnly}` } });
    expect(listed.status).toBe(200);
    expect(upstream.requests).toHaveLength(before);
  });

  test('B7 a body that is not what it seems is refused before anything is spent', async () => {
    const bad = [
      '',
      '[]',
      '{"model":"gpt-5-nano","model":"gpt-5"}',
      '{"model":"gpt-5-nano","mod\\u0065l":"gpt-5"}',
      '{"model":"gpt-5"',
      '{"messages":[]}',
      '{"model":7}',
    ];
    const before = upstream.requests.length;
    for (const body of bad) expect((await post('/chat/completions', body)).status).toBe(400);
    expect((await post('/responses', { model: 'gpt-5', background: true })).status).toBe(400);
    expect((await post('/chat/completions', '{}', { 'content-encoding': 'gzip' })).status).toBe(415);
    expect(upstream.requests).toHaveLength(before);
  });

  test('D2 neither the key nor the token is in the log', async () => {
    const log = gateway.platform.logged();
    expect(log).toContain('/gateway/openai/v1/chat/completions');
    expect(log).toContain('"model":"openai/gpt-5"');
    expect(log).not.toContain(KEY);
    expect(log).not.toContain(gateway.token);
  });
});
