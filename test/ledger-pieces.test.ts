import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EVENT_STREAM, sse } from './fakes/upstream.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { describeStores } from './support/stores.ts';

const KEY = 'sk-hosted-key-of-the-operator-0021';
const SEARCH = 10_000;
const CREDIT = 1_000_000;
const NANO = 'gpt-5-nano';
const HAIKU = 'claude-haiku-5-5';

const item = (action: string): object => ({
  type: 'web_search_call',
  id: 'ws_1',
  status: 'completed',
  action: { type: action, query: 'x' },
});
const itemDone = (action: string): string => sse({ type: 'response.output_item.done', item: item(action) }, 'response.output_item.done');
const completed = sse({ type: 'response.completed', response: { usage: { input_tokens: 20, output_tokens: 0 } } }, 'response.completed');
const searchBlock = sse(
  { type: 'content_block_start', index: 1, content_block: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} } },
  'content_block_start',
);
const messageStart = sse({ type: 'message_start', message: { usage: { input_tokens: 20, output_tokens: 0 } } }, 'message_start');
const messageDelta = (searches: number): string =>
  sse({ type: 'message_delta', usage: { output_tokens: 0, server_tool_use: { web_search_requests: searches } } }, 'message_delta');

describeStores('B7 what providers charge by the piece', (stores) => {
  let gateway: TestGateway;
  let answer: (response: ServerResponse) => void = (response) => void response.writeHead(500).end();
  let asked = 0;
  const provider = createServer((incoming, response) => {
    incoming.resume().on('end', () => {
      asked += 1;
      answer(response);
    });
  });

  beforeAll(async () => {
    gateway = await startGateway(await stores.place());
    await once(provider.listen(0, '127.0.0.1'), 'listening');
    const origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
    for (const name of ['openai', 'anthropic', 'google', 'xai']) await gateway.upstream(name, origin, KEY);
  });
  afterAll(async () => {
    await gateway.close();
    provider.closeAllConnections();
    provider.close();
  });

  const stream = (...events: string[]) =>
    (answer = (response) => void response.writeHead(200, { 'content-type': EVENT_STREAM }).end(events.join('')));
  const json = (body: object) =>
    (answer = (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)));

  const post = (token: string, path: string, body: object): Promise<Response> =>
    fetch(`${gateway.url}/gateway/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });

  /** An account with so much credit, or without a limit. */
  const account = async (monthlyCredit: number | null) => {
    const { accountId, token } = await gateway.account(`payer-${Math.random()}@example.com`);
    await gateway.plan({ monthlyCredit }, `account:${accountId}`);
    const entries = () =>
      gateway.store.db.selectFrom('model_ledger').selectAll().where('account_id', '=', accountId).where('kind', '=', 'usage').execute();
    const booked = async () => {
      await expect.poll(async () => (await entries()).length, { timeout: 10_000 }).toBeGreaterThan(0);
      return (await entries()).map(({ cost, amount, searches, exact, outcome }) => ({ cost, amount, searches, exact, outcome }));
    };
    return { token, entries, booked, post: (path: string, body: object) => post(token, path, body) };
  };

  const respond = (tools: readonly object[], more: object = {}) => ({ model: NANO, max_output_tokens: 100, input: 'x', tools, ...more });
  const message = (tool: object, more: object = {}) => ({ model: HAIKU, max_tokens: 100, messages: [], tools: [tool], ...more });

  test('B7 searches that Anthropic makes are set aside, booked and reported', async () => {
    const { token, booked, post: ask } = await account(CREDIT);
    stream(messageStart, searchBlock, searchBlock, messageDelta(2));
    const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 };
    expect((await ask('anthropic/v1/messages', message(search, { stream: true }))).status).toBe(200);
    const cost = 2 + 2 * SEARCH;
    expect(await booked()).toEqual([{ cost, amount: -cost, searches: 2, exact: 1, outcome: 'done' }]);
    const usage = await fetch(`${gateway.url}/api/v1/mogplex/usage`, { headers: { authorization: `Bearer ${token}` } });
    expect(await usage.json()).toMatchObject({ data: { rows: [{ webSearches: 2, cost, charged: cost, estimatedCalls: 0 }] } });
    // The tokens of its whole context and thirty searches at most: less than that is not enough.
    const poor = await account(30 * SEARCH);
    const refused = await poor.post('anthropic/v1/messages', message({ ...search, max_uses: 30 }));
    expect([refused.status, await refused.text()]).toEqual([402, expect.stringContaining('out of credit')]);
  });

  test('B7 searches that OpenAI makes are counted in the events and in a whole response; pages that it opens are free', async () => {
    const streamed = await account(CREDIT);
    stream(itemDone('search'), itemDone('open_page'), itemDone('search'), completed);
    // The tool as Codex sends it.
    const codex = respond([{ type: 'web_search', external_web_access: false }], { stream: true });
    expect((await streamed.post('openai/v1/responses', codex)).status).toBe(200);
    expect(await streamed.booked()).toMatchObject([{ cost: 1 + 2 * SEARCH, searches: 2, exact: 1 }]);
    const whole = await account(CREDIT);
    json({ output: [item('search'), item('find_in_page'), { type: 'message' }], usage: { input_tokens: 20, output_tokens: 0 } });
    expect((await whole.post('openai/v1/responses', respond([{ type: 'web_search' }], { max_tool_calls: 4 }))).status).toBe(200);
    expect(await whole.booked()).toMatchObject([{ cost: 1 + SEARCH, searches: 1, exact: 1 }]);
  });

  test('B7 searches without a limit are refused where an answer cannot be cut, with the field that sets one', async () => {
    const { entries, post: ask } = await account(CREDIT);
    asked = 0;
    for (const [path, body] of [
      ['openai/v1/responses', respond([{ type: 'web_search' }])],
      ['anthropic/v1/messages', message({ type: 'web_search_20250305', name: 'web_search' })],
    ] as const) {
      const refused = await ask(path, body);
      expect(refused.status).toBe(400);
      expect(await refused.text()).toMatch(/max_tool_calls.*max_uses/);
    }
    expect([asked, await entries()]).toEqual([0, []]);
  });

  test.each([
    ['openai/v1/responses', (more: object) => respond([{ type: 'web_search' }], more), itemDone('search')],
    ['anthropic/v1/messages', (more: object) => message({ type: 'web_search_20260209', name: 'web_search' }, more), searchBlock],
  ] as const)('B7 an answer of %s that searches on and on is cut, and no more is booked than was set aside', async (path, body, search) => {
    const { booked, post: ask } = await account(CREDIT);
    let left = (): void => undefined;
    const abandoned = new Promise<void>((resolve) => (left = resolve));
    answer = (response) => {
      response.writeHead(200, { 'content-type': EVENT_STREAM }).on('close', left);
      const on = async (): Promise<void> => {
        for (response.write(messageStart); !response.destroyed; await sleep(5)) response.write(search);
      };
      void on();
    };
    const response = await ask(path, body({ stream: true }));
    expect(await response.text()).toContain('more than 24 web searches');
    await abandoned;
    const [entry] = await booked();
    expect(entry).toMatchObject({ outcome: 'cut', exact: 0 });
    expect(entry?.searches).toBeGreaterThan(24);
    expect(entry?.searches).toBeLessThanOrEqual(32);
    expect(entry?.amount).toBe(-(entry?.cost ?? 0));
  });

  test.each<[string, object]>([
    ['openai/v1/responses', respond([{ type: 'image_generation' }], { stream: true })],
    ['openai/v1/responses', respond([{ type: 'web_search_preview' }], { max_tool_calls: 1 })],
    ['openai/v1/responses', respond([{ type: 'shell', environment: { type: 'container_auto' } }])],
    ['openai/v1/responses', respond([{ type: 'a_tool_of_next_year' }])],
    ['openai/v1/responses', respond([], { prompt: { id: 'pmpt_1' } })],
    ['openai/v1/responses', respond([], { input: [{ type: 'additional_tools', tools: [{ type: 'code_interpreter' }] }] })],
    ['openai/v1/responses', respond([{ type: 'namespace', tools: [{ type: 'image_generation' }] }])],
    ['openai/v1/responses', { ...respond([{ type: 'web_search' }], { max_tool_calls: 1 }), model: 'grok-4.7' }],
    ['openai/v1/chat/completions', { model: NANO, max_tokens: 9, messages: [], web_search_options: {} }],
    ['anthropic/v1/messages', message({ type: 'code_execution_20250825', name: 'code_execution' })],
    ['google/v1beta/models/gemini-3.8-flash:generateContent', { contents: [], tools: [{ googleSearch: {} }] }],
  ])('B7 what nobody here has a price for is not started on credit: %s %j', async (path, body) => {
    const { entries, post: ask } = await account(CREDIT);
    asked = 0;
    const refused = await ask(path, body);
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('no price for it')]);
    expect([asked, await entries()]).toEqual([0, []]);
  });

  test('B7 without a credit limit such a tool passes, and its entry says that it may have cost more', async () => {
    const { booked, post: ask } = await account(null);
    json({ output: [], usage: { input_tokens: 20, output_tokens: 0 } });
    expect((await ask('openai/v1/responses', respond([{ type: 'image_generation' }]))).status).toBe(200);
    expect(await booked()).toEqual([{ cost: 1, amount: 0, searches: 0, exact: 0, outcome: 'done' }]);
  });

  test('B7 tools that the client runs, and those that cost what they bring, need no price', async () => {
    const { post: ask } = await account(CREDIT);
    json({ output: [], usage: { input_tokens: 20, output_tokens: 0 } });
    const tools = ['function', 'custom', 'local_shell', 'shell', 'apply_patch', 'computer_use_preview', 'tool_search', 'mcp'];
    expect((await ask('openai/v1/responses', respond(tools.map((type) => ({ type, name: 'web_search' }))))).status).toBe(200);
    for (const type of ['bash_20250124', 'text_editor_20250728', 'memory_20250818', 'web_fetch_20250910', 'custom'])
      expect((await ask('anthropic/v1/messages', message({ type, name: 'x' }))).status).toBe(200);
  });
});
