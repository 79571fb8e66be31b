import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putPennyModel, startGateway, type TestGateway } from './support/gateway.ts';
import { describeStores } from './support/stores.ts';

const CREDIT = 1_000_000_000;
const KEY = 'sk-hosted-key-of-the-operator-0013';
const USAGE = '"usage":{"prompt_tokens":3,"completion_tokens":9}';
const answerWith = (content: string): string => `{"choices":[{"message":{"content":"${content}"}}],${USAGE}}`;
const JSON_TYPE = { 'content-type': 'application/json' };

describeStores('B7 B22 providers that are odd', (stores) => {
  let gateway: TestGateway;
  const servers: Server[] = [];

  beforeAll(async () => {
    gateway = await startGateway(await stores.place(), { MOGPLEX_MODEL_FIRST_BYTE_SECONDS: '5' });
    await putPennyModel(gateway.store, 'penny', 1_000);
    await gateway.plan({ monthlyCredit: CREDIT });
  });
  afterAll(async () => {
    await gateway.close();
    for (const server of servers) server.close();
  });

  const use = async (server: Server, key = KEY): Promise<void> => {
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    await gateway.upstream('openai', `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, key);
  };

  /** A provider over HTTP that answers each request, whole as it came, as it is told. */
  const provide = (answer: (response: ServerResponse, incoming: IncomingMessage) => void, key = KEY): Promise<void> =>
    use(
      createHttpServer((incoming, response) => void incoming.resume().on('end', () => answer(response, incoming))),
      key,
    );

  const ask = (init: RequestInit = {}, stream = false): Promise<Response> =>
    fetch(`${gateway.url}/gateway/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { ...JSON_TYPE, authorization: `Bearer ${gateway.token}` },
      body: JSON.stringify({ model: 'penny', max_tokens: 50, stream, messages: [] }),
      ...init,
    });

  const lineOf = async (response: Response): Promise<string> => {
    const id = response.headers.get('x-request-id') ?? 'none';
    const find = () =>
      gateway.platform
        .logged()
        .split('\n')
        .find((line) => line.includes(id) && line.includes('"status"'));
    await expect.poll(find, { timeout: 10_000 }).toBeDefined();
    return find() ?? '';
  };

  /** Nothing stays set aside. @returns what the account has left */
  const settled = async (): Promise<number> => {
    const credit = () => gateway.store.db.selectFrom('model_credit').selectAll().executeTakeFirst();
    await expect.poll(async () => (await credit())?.reserved ?? 0, { timeout: 15_000 }).toBe(0);
    return (await credit())?.balance ?? CREDIT;
  };

  test.each([
    ['with two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 5\r\n\r\nok'],
    ['with a length and a coding', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
    ['in another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['with a head without an end', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(40_000)}`],
  ])('B22 an answer %s: 502, and nothing is charged', async (_how, bytes) => {
    const before = await settled();
    await use(createTcpServer((socket) => void socket.on('data', () => socket.write(bytes)).on('error', () => undefined)));
    const response = await ask();
    expect(response.status).toBe(502);
    expect(await response.text()).toContain('the provider cannot be reached');
    expect(await lineOf(response)).toMatch(/"status":502.*"boundary":"model".*"fault":"UPSTREAM_MALFORMED"/);
    expect(await settled()).toBe(before);
  });

  test("B22 the log has the provider's own id of a call, unless it is something else", async () => {
    const said = ['req_provider-1', 'two words', KEY];
    await provide((response) => response.writeHead(200, { ...JSON_TYPE, 'x-request-id': said.shift() }).end(answerWith('ok')));
    const lines = [];
    for (let count = 0; count < 3; count++) lines.push(await lineOf(await ask()));
    expect(lines.map((line) => /"providerRequest":"([^"]*)"/.exec(line)?.[1])).toEqual(['req_provider-1', undefined, undefined]);
  });

  test('B7 early hints and other interim answers are not taken for the answer', async () => {
    await provide((response) => {
      response.writeContinue();
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.writeHead(200, JSON_TYPE).end(answerWith('after all'));
    });
    const response = await ask();
    expect([response.status, await response.text()]).toEqual([200, answerWith('after all')]);
  });

  test('B22 an answer that is no stream and breaks off breaks off for the client, and is booked', async () => {
    const before = await settled();
    await provide((response) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': '500' }).write(answerWith('half'));
      setTimeout(() => response.destroy(), 50);
    });
    const response = await ask();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(await lineOf(response)).toMatch(/"status":200.*"outcome":"cut.*"fault":"(?:UPSTREAM_CLOSED|ECONNRESET)"/);
    expect(await settled()).toBeLessThan(before);
  });

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('B7 D2 an answer that is compressed unasked (%s) is read, metered and masked', async (coding, compress) => {
    const before = await settled();
    await provide((response) => response.writeHead(200, { ...JSON_TYPE, 'content-encoding': coding }).end(compress(answerWith(KEY))));
    const response = await ask();
    expect(await response.text()).toBe(answerWith('[redacted:upstream-key]***********'));
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(await lineOf(response)).toContain('the upstream sent its key back');
    expect(await settled()).toBe(before - 9);
  });

  test('B22 a compressed answer that is cut short ends the call at once', async () => {
    await provide((response) => {
      const whole = gzipSync(answerWith('x'.repeat(2_000)));
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(whole.subarray(0, -12));
    });
    const response = await ask();
    await expect(response.text()).rejects.toThrow('terminated');
    expect(await lineOf(response)).toMatch(/"outcome":"cut.*"fault":"Z_BUF_ERROR"/);
    await settled();
  });

  test('B22 a coding that nobody knows is not passed on unread', async () => {
    await provide((response) => response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'compress' }).end(KEY));
    const response = await ask();
    expect(response.status).toBe(502);
    expect(await response.text()).not.toContain(KEY);
    expect(await lineOf(response)).toContain('"fault":"UPSTREAM_MALFORMED"');
  });

  test('B7 a client that leaves while its answer is unpacked takes no other call with it', async () => {
    // Small as it comes, and more than a client that does not read has room for.
    const large = gzipSync(Buffer.alloc(30 * 1024 * 1024, 'x'));
    const sockets: Socket[] = [];
    await provide((response, { socket }) => {
      sockets.push(socket);
      if (sockets.length === 1) {
        response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip', 'content-length': large.length }).end(large);
      } else setTimeout(() => response.writeHead(200, JSON_TYPE).end(answerWith('undisturbed')), 1_000);
    });
    const leaving = new AbortController();
    const first = await ask({ signal: leaving.signal });
    await first.body?.getReader().read();
    // The provider has said all, and its connection is free for the next call.
    await sleep(500);
    const second = ask();
    await expect.poll(() => sockets.length).toBe(2);
    expect(sockets[1] === sockets[0]).toBe(true);
    leaving.abort();
    expect(await (await second).text()).toBe(answerWith('undisturbed'));
    expect(await lineOf(first)).toContain('"outcome":"cancelled');
  });

  test('B7 a kept connection that the provider closes as a call goes out costs the client nothing', async () => {
    const requests: Socket[] = [];
    await provide((response, { socket }) => {
      requests.push(socket);
      if (requests.length === 2) socket.destroy();
      else response.writeHead(200, JSON_TYPE).end(answerWith('here'));
    });
    for (let count = 0; count < 2; count++) expect((await ask()).status).toBe(200);
    expect(requests).toHaveLength(3);
    expect([requests[1] === requests[0], requests[2] === requests[0]]).toEqual([true, false]);
    const row = () => gateway.store.db.selectFrom('model_upstreams').select('health').where('provider', '=', 'openai').executeTakeFirst();
    expect(await row()).toEqual({ health: 'ok' });
  });

  test(
    'B22 an error that begins and does not end is one all the same, long before the silence is too long',
    { timeout: 60_000 },
    async () => {
      const before = await settled();
      await provide((response) => response.writeHead(500, { ...JSON_TYPE, 'content-length': '500' }).write('{"error":'));
      const response = await ask();
      expect(response.status).toBe(500);
      expect(await response.text()).toContain('the provider failed');
      expect(await lineOf(response)).toMatch(/"status":500.*"fault":"the upstream answered 500"/);
      expect(await settled()).toBe(before);
    },
  );

  test('B7 a client that leaves while it is being refused pays nothing', async () => {
    const before = await settled();
    const { promise: begun, resolve } = Promise.withResolvers<IncomingMessage>();
    await provide((response, incoming) => {
      response.writeHead(500, { ...JSON_TYPE, 'content-length': '500' }).write('{"error":');
      resolve(incoming);
    });
    const leaving = new AbortController();
    const headers = { ...JSON_TYPE, authorization: `Bearer ${gateway.token}`, 'x-request-id': 'left-while-refused' };
    // A model that would cost something for what was sent.
    const body = JSON.stringify({ model: 'gpt-5', max_tokens: 50, messages: [{ role: 'user', content: 'x'.repeat(10_000) }] });
    const asked = ask({ signal: leaving.signal, headers, body }).catch(() => undefined);
    const { socket } = await begun;
    await sleep(100);
    const left = once(socket, 'close');
    leaving.abort();
    await Promise.all([asked, left]);
    await expect.poll(() => gateway.platform.logged()).toMatch(/"left-while-refused".*"outcome":"refused"/);
    expect(await settled()).toBe(before);
  });

  test('D2 a key that hides behind the escapes of JSON does not come out of an error', async () => {
    // Of a shape that nobody would know for a key.
    const key = 'the-platform-shows-this-to-its-provider';
    const hidden = key.replaceAll('-', String.raw`\u002d`);
    await provide(
      (response) => response.writeHead(400, JSON_TYPE).end(`{"error":{"message":"no ${hidden}","type":"${hidden}","code":"${hidden}"}}`),
      key,
    );
    const response = await ask();
    const text = await response.text();
    expect(response.status).toBe(400);
    expect(text).toContain('no [');
    expect(text).not.toContain(key);
  });
});
