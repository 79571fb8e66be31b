import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fault, startAnthropicUpstream, startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { putPennyModel, startGateway, type TestGateway } from './support/gateway.ts';
import { describeStores } from './support/stores.ts';

const KEY = 'sk-hosted-key-of-the-operator-0005';
const MEGABYTE = 1024 * 1024;

/** A provider that sends its key back in a header, and 50 MB; compressed where the request says so. */
const startOddUpstream = (): Promise<Server> => {
  const server = createServer((incoming, response) => {
    const key = incoming.headers.authorization ?? '';
    let asked = '';
    incoming.on('data', (bytes: Buffer) => (asked += bytes.toString()));
    incoming.on('end', () => {
      const compressed = asked.includes('compressed');
      response.writeHead(200, {
        ...(compressed ? { 'content-encoding': 'gzip' } : {}),
        'content-type': 'application/json',
        'x-seen-key': key,
        'cache-control': `private; ${key}`,
        'x-ratelimit-remaining-tokens': '5',
        'set-cookie': 'a=b',
        'openai-organization': 'org-of-the-operator',
      });
      const opening = '{"choices":[{"message":{"content":"';
      const closing = `"}}],"usage":{"prompt_tokens":3,"completion_tokens":9}}`;
      const piece = 'x'.repeat(MEGABYTE);
      if (compressed) {
        response.end(gzipSync(`${opening}${piece.repeat(50)}${closing}`));
        return;
      }
      response.write(opening);
      for (let megabyte = 0; megabyte < 50; megabyte++) response.write(piece);
      response.end(closing);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
};

describeStores('B7 B22 upstream faults', (stores) => {
  let gateway: TestGateway;
  let openai: Upstream;
  let anthropic: Upstream;

  beforeAll(async () => {
    [openai, anthropic] = await Promise.all([startOpenAiUpstream(), startAnthropicUpstream()]);
    gateway = await startGateway(await stores.place(), {
      MOGPLEX_MODEL_FIRST_BYTE_SECONDS: '1',
      MOGPLEX_MODEL_IDLE_SECONDS: '1',
      MOGPLEX_MODEL_STALL_SECONDS: '2',
    });
    await putPennyModel(gateway.store, 'penny', 1_000);
    await gateway.upstream('anthropic', anthropic.origin, KEY);
    await gateway.plan({ monthlyCredit: 1_000_000 });
  });
  afterAll(async () => {
    await gateway.close();
    await Promise.all([openai.close(), anthropic.close()]);
  });

  const ask = (stream: boolean, init: RequestInit = {}): Promise<Response> =>
    fetch(`${gateway.url}/gateway/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.token}` },
      body: JSON.stringify({ model: 'penny', max_tokens: 50, stream, messages: [] }),
      ...init,
    });

  /** The one line of the log that tells of a call. */
  const lineOf = async (response: Response): Promise<string> => {
    const id = response.headers.get('x-request-id') ?? 'none';
    const lines = (): string[] =>
      gateway.platform
        .logged()
        .split('\n')
        .filter((line) => line.includes(id) && line.includes('"status"'));
    await expect.poll(() => lines().length, { timeout: 10_000 }).toBe(1);
    return lines()[0] ?? '';
  };

  /** One call under a fault, on a key that is new and therefore healthy. */
  const under = async (fault: Fault, stream = false): Promise<{ response: Response; text: string; line: string }> => {
    await gateway.upstream('openai', openai.url, KEY);
    openai.fault = fault;
    const response = await ask(stream);
    const text = await response.text();
    openai.fault = undefined;
    expect(text).not.toContain(KEY);
    return { response, text, line: await lineOf(response) };
  };

  const free = async () => {
    const credit = () => gateway.store.db.selectFrom('model_credit').selectAll().executeTakeFirst();
    await expect.poll(async () => (await credit())?.reserved, { timeout: 15_000 }).toBe(0);
    return (await credit())?.balance ?? 0;
  };

  test('B22 an upstream that hangs before its headers: 504, nothing charged', async () => {
    const { response, text, line } = await under('hang');
    expect(response.status).toBe(504);
    expect(text).toContain('did not begin to answer in time');
    expect(line).toMatch(/"status":504.*"code":"upstream_timeout","boundary":"model".*UPSTREAM_HEADERS_TIMEOUT/);
    expect(await free()).toBe(1_000_000);
  });

  test('B22 a reset before the headers: 502', async () => {
    const { response, line } = await under('reset');
    expect(response.status).toBe(502);
    expect(line).toMatch(/"code":"upstream_error","boundary":"model"/);
  });

  test.each([
    ['unauthorized', 401, 'refused the key that the platform holds', 'false'],
    ['forbidden', 403, 'may not do this', 'false'],
    ['rate-limited', 429, 'limiting the rate', 'true'],
    ['server-error', 500, 'the provider failed', 'true'],
  ] as const)('B22 %s keeps its status and loses what it says of the account', async (fault, status, words, retry) => {
    const { response, text, line } = await under(fault);
    expect(response.status).toBe(status);
    expect(text).toContain(words);
    expect(response.headers.get('x-should-retry')).toBe(retry);
    expect(response.headers.get('x-mogplex-boundary')).toBe('model');
    expect(response.headers.get('retry-after')).toBe(status === 429 ? '7' : null);
    const echoed = fault === 'unauthorized' ? ' and sent its key back' : '';
    expect(line).toMatch(new RegExp(`"status":${status}.*"fault":"the upstream answered ${status}${echoed}"`));
  });

  test('B22 529 reaches an Anthropic client as its own overload', async () => {
    anthropic.fault = 'overloaded';
    const response = await fetch(`${gateway.url}/gateway/anthropic/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': gateway.token },
      body: JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 5, messages: [] }),
    });
    anthropic.fault = undefined;
    expect(response.status).toBe(529);
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } });
    expect(await lineOf(response)).toMatch(/"status":529.*"outcome":"refused","fault":"the upstream answered 529"/);
  });

  test.each(['hang-mid-stream', 'cut'] as const)(
    'B22 %s: what came stands, the stream says that it is not whole, and it is metered',
    async (fault) => {
      const before = await free();
      const { response, text, line } = await under(fault, true);
      expect(response.status).toBe(200);
      expect(text).toContain('"delta"');
      expect(text).toContain('the provider cut the answer');
      expect(text).not.toContain('[DONE]');
      expect(line).toMatch(/"outcome":"cut, estimated"/);
      expect(await free()).toBeLessThan(before);
    },
  );

  test('B22 a malformed stream passes as it is and is counted by us', async () => {
    const { response, text, line } = await under('malformed', true);
    expect(response.status).toBe(200);
    expect(text).toContain('data: {"this is": not JSON');
    expect(line).toMatch(/"outcome":"done, estimated"/);
  });

  test('D2 a key that the upstream sends back in the body, cut in two, is masked', async () => {
    const { response, text, line } = await under('echo-key', false);
    expect(response.status).toBe(200);
    expect(text).toContain('[redacted:upstream-key]');
    expect(line).toContain('the upstream sent its key back');
  });

  test('D2 a key that a stream spells over several events is masked from its first third on', async () => {
    const { response, text, line } = await under('echo-key', true);
    expect(response.status).toBe(200);
    const half = KEY.length / 2;
    for (const piece of [KEY.slice(half), KEY.slice(12, half)]) expect(text).not.toContain(piece);
    expect(text).toContain('"*****************"');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(line).toContain('the upstream sent its key back');
  });

  test('B7 D2 a 50 MB answer passes whole and is metered; no header of the account or with the key does', async () => {
    const odd = await startOddUpstream();
    await gateway.upstream('openai', `http://127.0.0.1:${(odd.address() as AddressInfo).port}/v1`, KEY);
    const response = await ask(false);
    const { byteLength } = await response.arrayBuffer();
    expect(byteLength).toBeGreaterThan(50 * MEGABYTE);
    for (const name of ['x-seen-key', 'x-ratelimit-remaining-tokens', 'set-cookie', 'openai-organization'])
      expect(response.headers.get(name)).toBeNull();
    expect(response.headers.get('cache-control')).toContain('[redacted:upstream-key]');
    expect(await lineOf(response)).toMatch(/"status":200.*"outcome":"done","fault":"the upstream sent its key back"/);
    const entry = () =>
      gateway.store.db.selectFrom('model_ledger').select(['cost', 'exact']).where('output_tokens', '=', 9).executeTakeFirst();
    await expect.poll(entry, { timeout: 10_000 }).toEqual({ cost: 9, exact: 1 });
    odd.close();
  });

  test('B7 a client that leaves: the upstream sees it within a second, and what was used is booked', async () => {
    await gateway.upstream('openai', openai.url, KEY);
    openai.answer = { text: Array.from({ length: 40 }, () => 'word '), gapMs: 100 };
    const leaving = new AbortController();
    const response = await ask(true, { signal: leaving.signal });
    const reader = response.body?.getReader();
    for (let chunk = 0; chunk < 5; chunk++) await reader?.read();
    const left = performance.now();
    leaving.abort();
    await openai.nextAbandoned();
    expect(performance.now() - left).toBeLessThan(1_000);
    openai.answer = {};
    const entry = () => gateway.store.db.selectFrom('model_ledger').selectAll().where('outcome', '=', 'cancelled').executeTakeFirst();
    await expect.poll(entry, { timeout: 10_000 }).toMatchObject({ exact: 0, kind: 'usage' });
    const cost = (await entry())?.cost;
    expect(cost).toBeGreaterThanOrEqual(3);
    expect(cost).toBeLessThan(40);
  });

  test('B7 a client that leaves before the answer begins aborts the upstream as well', async () => {
    openai.fault = 'hang';
    const known = openai.requests.length;
    const leaving = new AbortController();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${gateway.token}`, 'x-request-id': 'left-unanswered' };
    const asked = ask(true, { signal: leaving.signal, headers }).catch(() => undefined);
    await expect.poll(() => openai.requests.length, { timeout: 10_000, interval: 10 }).toBe(known + 1);
    leaving.abort();
    await asked;
    await expect.poll(() => openai.requests.at(-1)?.abandoned, { timeout: 5_000, interval: 20 }).toBe(true);
    // By the client, that is, and not since the upstream was silent for too long.
    await expect.poll(() => gateway.platform.logged()).toMatch(/"left-unanswered".*"outcome":"cancelled, estimated"/);
    openai.fault = undefined;
    await free();
  });

  test('B7 a client that takes a compressed answer slowly, for longer than it may take nothing, gets all of it', async () => {
    const odd = await startOddUpstream();
    await gateway.upstream('openai', `http://127.0.0.1:${(odd.address() as AddressInfo).port}/v1`, KEY);
    const response = await ask(false, {
      body: JSON.stringify({ model: 'penny', max_tokens: 50, messages: [{ role: 'user', content: 'compressed' }] }),
    });
    expect(response.status).toBe(200);
    let size = 0;
    let rests = 0;
    for await (const piece of response.body ?? []) {
      size += piece.length;
      if (size <= rests * 8 * MEGABYTE) continue;
      rests += 1;
      await sleep(600);
    }
    expect(size).toBeGreaterThan(50 * MEGABYTE);
    expect(rests).toBe(7);
    expect(await lineOf(response)).toContain('"outcome":"done"');
    odd.close();
  });

  test.each(['stalled', 'compressed'])(
    'B7 a client that takes nothing of its answer is dropped, and what was used is booked (%s)',
    async (kind) => {
      const odd = await startOddUpstream();
      await gateway.upstream('openai', `http://127.0.0.1:${(odd.address() as AddressInfo).port}/v1`, KEY);
      const body = JSON.stringify({ model: 'penny', max_tokens: 50, messages: [{ role: 'user', content: kind }] });
      const { hostname, port } = new URL(gateway.url);
      const client = connect(Number(port), hostname);
      client.on('error', () => undefined);
      client.pause();
      client.write(
        `POST /gateway/openai/v1/chat/completions HTTP/1.1\r\nhost: ${hostname}\r\nx-request-id: client-${kind}-1\r\nauthorization: Bearer ${gateway.token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
      await expect
        .poll(() => gateway.platform.logged(), { timeout: 20_000 })
        .toMatch(new RegExp(`client-${kind}-1.*"outcome":"cancelled, estimated","fault":"CLIENT_STALLED"`));
      await free();
      // What was on its way is still there, and behind it the end.
      const dropped = once(client, 'close');
      client.resume();
      await dropped;
      odd.close();
    },
  );

  test('D2 after all that the log holds no key and no token', () => {
    expect(gateway.platform.logged()).not.toContain(KEY);
    expect(gateway.platform.logged()).not.toContain(gateway.token);
  });
});
