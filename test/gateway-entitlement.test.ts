import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOpenAiUpstream, startVercelUpstream, type Upstream } from './fakes/index.ts';
import { putPennyModel, startGateway, type TestGateway } from './support/gateway.ts';
import { owner, type Person } from './support/person.ts';
import { describeStores } from './support/stores.ts';

const HOSTED = 'sk-hosted-key-of-the-operator-0003';
const SECOND = 'sk-hosted-key-of-the-operator-0004';
const OWN = 'sk-own-key-of-the-account-00000001';

interface Listed {
  id: string;
  reachable: boolean;
  reason?: string;
  via?: string;
  message?: string;
}

describeStores('B7 entitlement', (stores) => {
  let gateway: TestGateway;
  let hosted: Upstream;
  let second: Upstream;
  let own: Upstream;
  let boss: Person;

  beforeAll(async () => {
    [hosted, second, own] = await Promise.all([startOpenAiUpstream(), startOpenAiUpstream(), startOpenAiUpstream()]);
    const place = await stores.place();
    gateway = await startGateway(place, { MOGPLEX_ALLOW_PRIVATE_UPSTREAMS: '127.0.0.0/8' }, async (platform) => {
      boss = await owner(platform);
    });
    await gateway.upstream('openai', hosted.url, HOSTED);
    await putPennyModel(gateway.store, 'penny', 1_000);
  });
  afterAll(async () => {
    await gateway.close();
    await Promise.all([hosted.close(), second.close(), own.close()]);
  });

  const ask = (token: string, model = 'penny', headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${gateway.url}/gateway/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
      body: JSON.stringify({ model, max_tokens: 100, messages: [] }),
    });

  const listed = async (token: string, id: string, query = ''): Promise<Listed | undefined> => {
    const response = await fetch(`${gateway.url}/api/v1/mogplex/models${query}`, { headers: { authorization: `Bearer ${token}` } });
    return ((await response.json()) as { data: { models: Listed[] } }).data.models.find((model) => model.id === id);
  };

  const as = (token: string) => async (method: string, path: string, body?: unknown) => {
    const init = {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    return fetch(`${gateway.url}/api/v1/mogplex${path}`, init);
  };

  test('A10 B7 a plan without models: no model access, by reason of the plan, until the account brings a key', async () => {
    const { accountId, token } = await gateway.account('poor@example.com');
    const given = await boss.call('PUT', '/entitlements', { subject: `account:${accountId}`, plan: 'none' });
    expect(given.status).toBe(200);
    const refused = await ask(token);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toMatch(/no model access.*plan.*Settings > API Keys/);
    expect(await listed(token, 'openai/penny')).toMatchObject({ reachable: false, reason: 'plan' });

    await gateway.upstream('openai', own.url, OWN, { accountId });
    expect((await ask(token)).status).toBe(200);
    expect(own.requests.at(-1)?.credentialIs(OWN)).toBe(true);
    expect(await listed(token, 'openai/penny')).toMatchObject({ reachable: true, via: 'own' });
    const entries = () => gateway.store.db.selectFrom('model_ledger').selectAll().where('account_id', '=', accountId).execute();
    await expect.poll(async () => (await entries()).length, { timeout: 10_000 }).toBe(1);
    // Metered, and paid by the key's own account.
    expect(await entries()).toMatchObject([{ amount: 0, cost: 5, output_tokens: 5 }]);
  });

  test('B7 an own key goes before the hosted one, and a broken one never spends the credit of the platform unasked', async () => {
    const { accountId, token } = await gateway.account('rich@example.com');
    await gateway.upstream('openai', own.url, OWN, { accountId });
    const before = hosted.requests.length;
    own.fault = 'unauthorized';
    const refused = await ask(token);
    own.fault = undefined;
    expect(refused.status).toBe(401);
    expect(await refused.text()).not.toContain(OWN);
    expect((await ask(token)).status).toBe(200);
    expect(hosted.requests).toHaveLength(before);
  });

  test('B7 an AI Gateway key serves the models of other providers under their names there', async () => {
    const vercel = await startVercelUpstream();
    const { accountId, token } = await gateway.account('vercel@example.com');
    await gateway.upstream('vercel', vercel.url, OWN, { accountId });
    await ask(token, 'gpt-5');
    expect(vercel.requests.at(-1)?.body).toMatchObject({ model: 'openai/gpt-5', messages: [] });
    await vercel.close();
  });

  test('B7 own keys are set in a browser session only, are sealed, and are never shown', async () => {
    const set = await boss.call('PUT', '/api-keys/openai', { key: 'sk-a-brand-new-own-key-000000wxyz' });
    expect(set).toMatchObject({ status: 200, data: { provider: 'openai', keyHint: '…wxyz', health: 'ok' } });
    const shown = await boss.call('GET', '/api-keys');
    expect(JSON.stringify(shown.data)).not.toContain('sk-a-brand');
    const rows = await gateway.store.db.selectFrom('model_upstreams').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain('sk-a-brand');
    expect((await as(gateway.token)('PUT', '/api-keys/openai', { key: 'sk-from-a-token-000000' })).status).toBe(403);
    expect((await boss.call('PUT', '/api-keys/openai', { key: 'two words' })).status).toBe(400);
    expect((await boss.call('PUT', '/api-keys/groq', { key: 'gsk_000000000000000' })).status).toBe(400);
    expect((await boss.call('DELETE', '/api-keys/openai')).status).toBe(200);
    expect((await boss.call('DELETE', '/api-keys/openai')).status).toBe(404);
  });

  test('B7 a model that is off, excluded or unpriced says which, in the list and in the call', async () => {
    const { accountId, token } = await gateway.account('picky@example.com');
    const api = as(token);
    expect((await api('PUT', '/models/choice', { model: 'openai/penny', enabled: false })).status).toBe(200);
    expect(await listed(token, 'openai/penny')).toMatchObject({ reachable: false, reason: 'entitlement' });
    expect((await ask(token)).status).toBe(403);
    await api('PUT', '/models/choice', { model: 'openai/penny', isDefault: true });
    const catalogue = (await (await api('GET', '/models')).json()) as { data: { default: string } };
    expect(catalogue.data.default).toBe('openai/penny');

    await api('PUT', '/models/exclusions', { repository: 'Acme/Web', model: 'openai/penny' });
    const excluded = await ask(token, 'penny', { 'x-mogplex-repository': 'acme/web' });
    expect(excluded.status).toBe(403);
    expect(await excluded.text()).toContain('excluded for acme/web');
    expect((await ask(token, 'penny', { 'x-mogplex-repository': 'acme/api' })).status).toBe(200);
    expect(await listed(token, 'openai/penny', '?repository=acme/web')).toMatchObject({ reason: 'entitlement' });
    await api('DELETE', '/models/exclusions', { repository: 'acme/web', model: 'openai/penny' });
    expect((await ask(token, 'penny', { 'x-mogplex-repository': 'acme/web' })).status).toBe(200);

    const unpriced = { provider: 'openai', name: 'new-model', contextLength: 1_000, maxOutput: 100, price: null };
    expect((await boss.call('PUT', '/catalog/models', unpriced)).status).toBe(200);
    await gateway.plan({ monthlyCredit: 1_000 }, `account:${accountId}`);
    expect(await (await ask(token, 'new-model')).text()).toMatch(/no model access.*no price/);
    await boss.call('PUT', '/catalog/models', { ...unpriced, enabled: false });
    expect(await listed(token, 'openai/new-model')).toMatchObject({ reason: 'catalog' });
  });

  test('B7 the owner switches a model off and on again without saying anew what it costs', async () => {
    const astra = { provider: 'openai', name: 'gpt-6-astra' };
    const shown = async () => {
      const model = await listed(gateway.token, 'openai/gpt-6-astra');
      return { ...model, isDefault: false };
    };
    const before = await shown();
    expect(before).toMatchObject({ reachable: true, label: 'GPT-6 Astra', price: { long: { above: 272_000 } } });
    expect((await boss.call('PUT', '/catalog/models', { ...astra, enabled: false })).status).toBe(200);
    expect(await shown()).toMatchObject({ reachable: false, reason: 'catalog', label: 'GPT-6 Astra' });
    expect((await boss.call('PUT', '/catalog/models', { ...astra, enabled: true })).status).toBe(200);
    expect(await shown()).toEqual(before);
    // A version with other figures left its row like this: what the owner never stated is what ships now.
    const { db } = gateway.store;
    const older = { input_price: 1, output_price: 2, label: 'Astra', context_length: 9, max_output: 8, capabilities: '[]' };
    await db.updateTable('models').set(older).where('id', '=', 'openai/gpt-6-astra').execute();
    await gateway.plan({});
    expect(await shown()).toEqual(before);
    const price = { input: 1, cachedInput: 1, output: 1 };
    expect((await boss.call('PUT', '/catalog/models', { ...astra, price })).status).toBe(200);
    // A price that is stated holds for requests of every length.
    expect(await shown()).toEqual({ ...before, price });
    const unknown = await boss.call('PUT', '/catalog/models', { provider: 'openai', name: 'gpt-0', price: null });
    expect(unknown).toMatchObject({ status: 400, error: { message: expect.stringContaining('contextLength') as string } });
    // What was stated stays stated, also through a change that says nothing of it.
    expect((await boss.call('PUT', '/catalog/models', { ...astra, enabled: false })).status).toBe(200);
    expect(await shown()).toMatchObject({ price, reachable: false });
    expect((await boss.call('PUT', '/catalog/models', { ...astra, enabled: true })).status).toBe(200);
  });

  test('B7 a model that a provider listed before it shipped costs what ships', async () => {
    const row = { id: 'openai/gpt-6-luna', provider: 'openai', name: 'gpt-6-luna', label: 'luna', context_length: 1, max_output: 1 };
    const prices = { input_price: null, cached_input_price: null, output_price: null, cache_write_price: null };
    const before = await listed(gateway.token, row.id);
    const values = { ...row, ...prices, capabilities: '["text"]', origin: 'upstream' as const, enabled: 1, updated_at: 1 };
    await gateway.store.db.insertInto('models').values(values).execute();
    await gateway.plan({});
    expect(await listed(gateway.token, row.id)).toEqual(before);
  });

  test('B7 plans limit models, parallel calls and calls a minute, and tell when to come back', async () => {
    const { accountId, token } = await gateway.account('limited@example.com');
    const subject = `account:${accountId}`;
    await gateway.plan({ allowedModels: ['openai/pen*'], parallelCalls: 1, callsPerMinute: 3 }, subject);
    expect(await (await ask(token, 'gpt-5')).text()).toContain('no model access');
    hosted.answer = { gapMs: 700 };
    const slow = ask(token);
    await expect.poll(async () => (await ask(token)).status, { timeout: 5_000, interval: 20 }).toBe(429);
    expect((await slow).status).toBe(200);
    hosted.answer = {};
    let last = await ask(token);
    for (let round = 0; round < 5 && last.status === 200; round++) last = await ask(token);
    expect(last.status).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('B7 credit: alerts at soft limits, a hard stop with where to mend it, usage by day and model, credit by hand', async () => {
    const { accountId, token } = await gateway.account('metered@example.com');
    await gateway.plan({ monthlyCredit: 250, softLimits: [50, 100] }, `account:${accountId}`);
    hosted.answer = { usage: { inputTokens: 3, outputTokens: 80 } };
    expect((await ask(token)).status).toBe(200);
    const usage = async () =>
      (
        (await (await as(token)('GET', '/usage')).json()) as {
          data: { rows: unknown[]; credit: { left: number; alerts: { percent: number }[] } };
        }
      ).data;
    await expect.poll(async () => (await usage()).credit.left, { timeout: 10_000 }).toBe(170);
    expect((await ask(token)).status).toBe(200);
    await expect.poll(async () => (await usage()).credit.left, { timeout: 10_000 }).toBe(90);
    const report = await usage();
    expect(report.rows).toMatchObject([
      { model: 'openai/penny', calls: 2, inputTokens: 6, outputTokens: 160, cost: 160, charged: 160, estimatedCalls: 0 },
    ]);
    expect(report.credit.alerts.map(({ percent }) => percent)).toEqual([50]);
    const told = async () =>
      ((await (await as(token)('GET', '/notifications')).json()) as { data: { items: { kind: string; text: string }[] } }).data.items;
    await expect
      .poll(told, { timeout: 10_000 })
      .toMatchObject([{ kind: 'credit', text: expect.stringMatching(/used up to 50 %.*Settings > API Keys/) as string }]);
    const stopped = await ask(token);
    expect(stopped.status).toBe(402);
    expect(await stopped.text()).toMatch(/out of credit.*Settings > API Keys/);
    const gift = { subject: `account:${accountId}`, amount: 100, reference: 'gift-2026-1' };
    expect((await boss.call('POST', '/credit/adjustments', gift)).status).toBe(200);
    expect((await boss.call('POST', '/credit/adjustments', gift)).status).toBe(200);
    expect((await usage()).credit.left).toBe(190);
    expect((await ask(token)).status).toBe(200);
    hosted.answer = {};
    expect((await as(token)('PUT', '/plans/mine', {})).status).toBe(403);
  });

  test('B7 several keys of a provider: 401, 429, 5xx and a dead upstream fail over before the first byte', async () => {
    await gateway.upstream('openai', second.url, SECOND, { label: 'second' });
    for (const fault of ['unauthorized', 'rate-limited', 'server-error', 'overloaded', 'reset'] as const) {
      hosted.fault = fault;
      const before = second.requests.length;
      const response = await ask(gateway.token);
      expect([fault, response.status]).toEqual([fault, 200]);
      expect(second.requests.length).toBe(before + 1);
      expect(second.requests.at(-1)?.credentialIs(SECOND)).toBe(true);
      // The ailing key rests: the next call goes straight to the other one.
      const tried = hosted.requests.length;
      expect((await ask(gateway.token)).status).toBe(200);
      expect(hosted.requests.length).toBe(tried);
      await gateway.upstream('openai', hosted.url, HOSTED);
      await expect
        .poll(async () => (await ask(gateway.token)).status === 200 && hosted.requests.length > tried, { timeout: 10_000, interval: 100 })
        .toBe(true);
    }
    hosted.fault = undefined;
  });

  test('B7 the owner refreshes the catalogue from the lists of all keys, and a name that two of them list is added once', async () => {
    await gateway.upstream('openai', second.url, SECOND, { label: 'second' });
    await gateway.upstream('openai', 'http://127.0.0.1:9', SECOND, { label: 'down' });
    expect(await listed(gateway.token, 'openai/gpt-test')).toBeUndefined();
    const refresh = () => boss.call('POST', '/catalog/refresh', {});
    expect(await refresh()).toMatchObject({ status: 200, data: { added: 1 } });
    expect(await listed(gateway.token, 'openai/gpt-test')).toMatchObject({ reachable: true, via: 'hosted' });
    expect(await refresh()).toMatchObject({ status: 200, data: { added: 0 } });
    expect(gateway.platform.logged()).toContain('the models of a provider could not be listed');
  });
});
