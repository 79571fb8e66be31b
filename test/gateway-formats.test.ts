import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAnthropicUpstream, startGoogleUpstream, type Upstream } from './fakes/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { describeStores } from './support/stores.ts';

const ANTHROPIC_KEY = 'sk-ant-hosted-key-of-the-operator-01';
const GOOGLE_KEY = 'AIzaHostedKeyOfTheOperator000000000001';

/** What stands beside the words of "no model access" and "out of credit". */
const WORDS: Record<string, object[]> = {
  openai: [
    { type: 'permission_error', code: 'no_model_access' },
    { type: 'insufficient_quota', code: 'out_of_credit' },
  ],
  anthropic: [{ type: 'permission_error' }, { type: 'billing_error' }],
  google: [
    { code: 403, status: 'PERMISSION_DENIED' },
    { code: 402, status: 'FAILED_PRECONDITION' },
  ],
};

describeStores('B7 the gateway for Anthropic and Gemini clients', (stores) => {
  let gateway: TestGateway;
  let anthropic: Upstream;
  let google: Upstream;

  beforeAll(async () => {
    anthropic = await startAnthropicUpstream();
    google = await startGoogleUpstream();
    gateway = await startGateway(await stores.place());
    await gateway.upstream('anthropic', anthropic.origin, ANTHROPIC_KEY);
    await gateway.upstream('google', google.origin, GOOGLE_KEY);
    await gateway.upstream('openai', anthropic.origin, ANTHROPIC_KEY);
  });
  afterAll(async () => {
    await gateway.close();
    await anthropic.close();
    await google.close();
  });

  const post = (path: string, body: unknown, headers: Record<string, string>): Promise<Response> =>
    fetch(`${gateway.url}/gateway${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  const lastEntry = async (model: string) => {
    const query = () => gateway.store.db.selectFrom('model_ledger').selectAll().where('model', '=', model).execute();
    await expect.poll(async () => (await query()).length, { timeout: 10_000 }).toBeGreaterThan(0);
    return (await query()).at(-1);
  };

  test('B7 messages stream with their events, and unknown fields and betas pass', async () => {
    const body = {
      model: 'claude-sonnet-4-5',
      max_tokens: 64,
      stream: true,
      messages: [{ role: 'user', content: 'hi' }],
      context_management: { edits: [] },
    };
    const response = await post('/anthropic/v1/messages?beta=true', body, {
      'x-api-key': gateway.token,
      'anthropic-beta': 'one-2025,two-2025',
      'anthropic-version': '2023-06-01',
    });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain('event: message_start');
    expect(text).toContain('event: message_stop');
    const seen = anthropic.requests.at(-1);
    expect(seen?.path).toBe('/v1/messages?beta=true');
    expect(seen?.body).toEqual(body);
    expect(seen?.headers['anthropic-beta']).toBe('one-2025,two-2025');
    expect(seen?.credentialIs(ANTHROPIC_KEY)).toBe(true);
    expect(await lastEntry('anthropic/claude-sonnet-4-5')).toMatchObject({
      input_tokens: 11,
      output_tokens: 5,
      exact: 1,
      cost: Math.ceil(11 * 3 + 5 * 15),
    });
  });

  test('B7 Bearer works as well, and tokens are counted for nothing', async () => {
    const body = { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'hi' }] };
    const count = () => post('/anthropic/v1/messages/count_tokens?beta=true', body, { authorization: `Bearer ${gateway.token}` });
    const entries = () => gateway.store.db.selectFrom('model_ledger').select('reference').execute();
    const before = (await entries()).length;
    const counted = await count();
    expect([counted.status, await counted.json()]).toEqual([200, { input_tokens: 11 }]);
    // Where the provider cannot count, the client is told so in a way that it does not repeat.
    anthropic.fault = 'not-found';
    const refused = await count();
    anthropic.fault = undefined;
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([501, 'false']);
    expect(await refused.json()).toMatchObject({
      type: 'error',
      error: { type: 'api_error', message: expect.stringContaining('does not count tokens') as string },
    });
    expect(await entries()).toHaveLength(before);
    const listed = await fetch(`${gateway.url}/gateway/anthropic/v1/models?limit=1000`, { headers: { 'x-api-key': gateway.token } });
    expect(((await listed.json()) as { data: { id: string }[] }).data.map(({ id }) => id)).toContain('claude-haiku-4-5');
  });

  test('B7 the probe of Claude Code is answered', async () => {
    const hello = await fetch(`${gateway.url}/gateway/anthropic/api/hello`, { method: 'HEAD' });
    expect(hello.status).toBe(200);
  });

  test('B7 Gemini calls stream and answer whole, by header and by query key, which no log holds', async () => {
    const body = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] };
    const streamed = await post('/google/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse', body, {
      'x-goog-api-key': gateway.token,
    });
    expect(streamed.status).toBe(200);
    expect(await streamed.text()).toContain('data: ');
    expect(google.requests.at(-1)?.path).toBe('/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse');
    expect(google.requests.at(-1)?.credentialIs(GOOGLE_KEY)).toBe(true);
    const whole = await post(`/google/v1beta/models/gemini-2.5-flash:generateContent?key=${gateway.token}`, body, {});
    expect(whole.status).toBe(200);
    expect(google.requests.at(-1)?.path).not.toContain('key=');
    expect(await lastEntry('google/gemini-2.5-flash')).toMatchObject({ input_tokens: 11, output_tokens: 5, exact: 1 });
    const listed = await fetch(`${gateway.url}/gateway/google/v1beta/models?key=${gateway.token}`);
    expect(((await listed.json()) as { models: { name: string }[] }).models.map(({ name }) => name)).toContain('models/gemini-2.5-pro');
    expect(gateway.platform.logged()).not.toContain(gateway.token);
    expect(gateway.platform.logged()).not.toContain('key=');
  });

  test('B22 errors speak the format of the client', async () => {
    const body = { model: 'no-such-model', max_tokens: 5, messages: [] };
    const message = await post('/anthropic/v1/messages', body, { 'x-api-key': gateway.token });
    expect(message.status).toBe(404);
    expect(await message.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
    const gemini = await post('/google/v1beta/models/nope:generateContent', {}, { 'x-goog-api-key': gateway.token });
    expect(gemini.status).toBe(404);
    expect(await gemini.json()).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } });
    const refused = await post('/anthropic/v1/messages', body, { 'x-api-key': 'wrong' });
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
  });

  test.each([
    ['openai', '/openai/v1/responses', { model: 'gpt-5', input: 'hi' }],
    ['openai', '/openai/v1/chat/completions', { model: 'gpt-5', messages: [] }],
    ['anthropic', '/anthropic/v1/messages', { model: 'claude-sonnet-4-5', max_tokens: 5, messages: [] }],
    ['google', '/google/v1beta/models/gemini-2.5-flash:generateContent', { contents: [] }],
  ])('A10 B7 "no model access" and "out of credit" in the format of %s clients (%s), with where to mend it', async (format, path, body) => {
    const { accountId, token } = await gateway.account(`${path.replaceAll(/\W+/g, '-')}@example.com`);
    const known = anthropic.requests.length + google.requests.length;
    const refusal = async (plan: Parameters<TestGateway['plan']>[0]): Promise<{ status: number; error: Record<string, unknown> }> => {
      await gateway.plan(plan, `account:${accountId}`);
      const response = await post(path, body, { authorization: `Bearer ${token}` });
      expect(response.headers.get('x-should-retry')).toBe('false');
      const { error } = (await response.json()) as { error: Record<string, unknown> };
      expect(error['message']).toContain(response.headers.get('x-request-id'));
      return { status: response.status, error };
    };
    const none = await refusal({ allowedModels: [] });
    expect(none.status).toBe(403);
    expect(none.error['message']).toMatch(/no model access: the plan .*Settings > API Keys/);
    const broke = await refusal({ monthlyCredit: 1 });
    expect(broke.status).toBe(402);
    expect(broke.error['message']).toMatch(/out of credit: .*Settings > API Keys/);
    expect([none.error, broke.error]).toMatchObject(WORDS[format] ?? []);
    expect(anthropic.requests.length + google.requests.length).toBe(known);
  });

  test('B7 a model of another format is not found rather than translated', async () => {
    const response = await post(
      '/openai/v1/chat/completions',
      { model: 'claude-sonnet-4-5', messages: [] },
      { authorization: `Bearer ${gateway.token}` },
    );
    expect(response.status).toBe(404);
  });
});
