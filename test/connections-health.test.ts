import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Connection } from '@mogplex/protocol';
import { startMcpServer } from '@mogplex/server/test/mcp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { owner, type Person } from './support/person.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { describeStores, temporaryFolder } from './support/stores.ts';

interface Tested {
  connection: Connection;
  tools?: string[];
}

const LOOPBACK = { MOGPLEX_ALLOW_PRIVATE_UPSTREAMS: '127.0.0.1/32' };
const TOKEN = 'CANARY-health-5c1e9a7d3b2f4860';

const make = async (boss: Person, body: object): Promise<Connection> => {
  const { data, error } = await boss.call<Connection>('POST', '/connections', {
    kind: 'mcp',
    name: `c-${crypto.randomUUID().slice(0, 8)}`,
    auth: { type: 'none' },
    ...body,
  });
  expect(error).toBeUndefined();
  return data;
};

const check = async (boss: Person, body: object): Promise<Tested> => {
  const { id } = await make(boss, body);
  const { status, data } = await boss.call<Tested>('POST', `/connections/${id}/test`);
  expect(status).toBe(200);
  expect((await boss.call<Connection>('GET', `/connections/${id}`)).data.health).toEqual(data.connection.health);
  return data;
};

const listen = async (handler: RequestListener): Promise<{ url: string; hits: string[]; server: Server }> => {
  const hits: string[] = [];
  const server = createServer((incoming, outgoing) => {
    hits.push(`${incoming.method} ${incoming.url} ${incoming.headers.authorization ?? ''}`.trim());
    handler(incoming, outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hits, server };
};

const stop = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
};

describeStores('B8 tests of connections', (stores) => {
  test('B8 the vendor’s own MCP server is initialised and its tools are listed, over both transports and with the credential', async () => {
    const platform = await startPlatform(await stores.place(), LOOPBACK);
    const boss = await owner(platform);
    const mcp = await startMcpServer({ admits: ({ authorization }) => authorization === `Bearer ${TOKEN}` });
    const auth = { type: 'bearer', token: TOKEN };
    for (const [url, transport] of [
      [mcp.url, 'http'],
      [mcp.sseUrl, 'sse'],
    ]) {
      const { connection, tools } = await check(boss, { url, transport, auth });
      expect(connection.health).toMatchObject({ status: 'ok', note: 'echo-server 1.0.0: 1 tool' });
      expect(connection.health.checkedAt).toBeGreaterThan(Date.now() - 60_000);
      expect(tools).toEqual(['echo']);
    }
    expect(
      (await check(boss, { url: mcp.url, auth: { type: 'bearer', token: 'wrong-but-long-enough-000' } })).connection.health,
    ).toMatchObject({
      status: 'refused',
      note: 'the server refuses the credential: it answers 401',
    });
    expect((await check(boss, { url: mcp.url })).connection.health.status).toBe('refused');
    expect(platform.logged()).not.toContain(TOKEN);
    await mcp.close();
    expect((await check(boss, { url: mcp.url, auth })).connection.health).toMatchObject({
      status: 'failing',
      note: 'nothing listens at the address',
    });
    await platform.close();
  });
});

describe('B8 what a test meets', () => {
  let platform: TestPlatform;
  let boss: Person;
  beforeAll(async () => {
    platform = await startPlatform({ dataDir: await temporaryFolder() }, LOOPBACK);
    boss = await owner(platform);
  });
  afterAll(() => platform.close());

  test('B8 a REST API is asked with its key or password, and the answer names what is wrong', async () => {
    const seen: (string | undefined)[] = [];
    let status = 200;
    const api = await listen((incoming, outgoing) => {
      seen.push(incoming.headers['x-api-key']?.toString() ?? incoming.headers.authorization);
      outgoing.writeHead(status).end('{}');
    });
    const url = `${api.url}/v1`;
    const key = { type: 'api_key', header: 'X-Api-Key', value: TOKEN };
    const basic = { type: 'basic', username: 'ada', password: 'correct horse' };
    expect((await check(boss, { kind: 'rest', url, auth: key })).connection.health.status).toBe('ok');
    expect((await check(boss, { kind: 'rest', url, auth: basic })).connection.health.status).toBe('ok');
    expect(seen).toEqual([TOKEN, `Basic ${Buffer.from('ada:correct horse').toString('base64')}`]);
    const healthOf = async (answer: number): Promise<string> => {
      status = answer;
      return (await check(boss, { kind: 'rest', url })).connection.health.status;
    };
    expect([await healthOf(404), await healthOf(403), await healthOf(429), await healthOf(500)]).toEqual([
      'ok',
      'refused',
      'failing',
      'failing',
    ]);
    await stop(api.server);
  });

  test('B8 a redirect to another address is named and not followed, with or without a credential', async () => {
    const inside = await listen((_incoming, outgoing) => outgoing.end('secret of the inside'));
    const { port } = new URL(inside.url);
    for (const target of [
      inside.url,
      `http://[::ffff:127.0.0.1]:${port}/`,
      `http://localhost:${port}/`,
      'http://169.254.169.254/latest/meta-data/',
    ]) {
      const outside = await listen((_incoming, outgoing) => outgoing.writeHead(307, { location: target }).end());
      for (const kind of ['rest', 'mcp']) {
        const { connection } = await check(boss, { kind, url: outside.url, auth: { type: 'bearer', token: TOKEN } });
        expect(connection.health.status).toBe('failing');
        expect(connection.health.note).toContain('which is not followed');
      }
      await stop(outside.server);
    }
    expect(inside.hits).toEqual([]);
    await stop(inside.server);
  });

  test('B8 text from outside is cleaned, a flood is cut off, and a server that echoes the secret shows nothing', async () => {
    const rpc =
      (result: object): RequestListener =>
      (incoming, outgoing) => {
        if (incoming.method !== 'POST') return void outgoing.writeHead(405).end();
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          const { id, method } = JSON.parse(Buffer.concat(chunks).toString()) as { id?: number; method: string };
          if (id === undefined) return outgoing.writeHead(202).end();
          const initialised = {
            protocolVersion: '2025-06-18',
            capabilities: { tools: {} },
            serverInfo: { name: `\u001b[31mred\u001b]0;title\u0007 <b>${TOKEN}</b>`, version: '\u202e1' },
          };
          outgoing.writeHead(200, { 'content-type': 'application/json' });
          return outgoing.end(JSON.stringify({ jsonrpc: '2.0', id, result: method === 'initialize' ? initialised : result }));
        });
      };
    const tools = [`a\u001b[2Jb ${TOKEN}`, `${'x'.repeat(64)}${TOKEN}`].map((name) => ({ name, inputSchema: { type: 'object' } }));
    const echo = await listen(rpc({ tools }));
    const auth = { type: 'bearer', token: TOKEN };
    const answer = JSON.stringify(await check(boss, { url: echo.url, auth }));
    expect(answer).toContain('"status":"ok"');
    // oxlint-disable-next-line no-control-regex -- the test looks for them
    expect(answer).not.toMatch(/\\u001b|\\u0007|\u202e/);
    expect(answer).not.toContain(TOKEN.slice(0, 12));
    await stop(echo.server);

    const flood = await listen((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!outgoing.destroyed && outgoing.write(`"${'x'.repeat(65_536)}",`));
        outgoing.once('drain', more);
      };
      more();
    });
    expect((await check(boss, { url: flood.url })).connection.health).toMatchObject({
      status: 'failing',
      note: 'the server sends more than a test reads',
    });
    await stop(flood.server);

    const page = await listen((_incoming, outgoing) => outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hello</h1>'));
    const { note } = (await check(boss, { url: page.url })).connection.health;
    expect(note).toContain('does not speak the protocol');
    await stop(page.server);
  });
});

describe('B8 addresses inside are out of reach', () => {
  let platform: TestPlatform;
  let boss: Person;
  beforeAll(async () => {
    platform = await startPlatform({ dataDir: await temporaryFolder() });
    boss = await owner(platform);
  });
  afterAll(() => platform.close());

  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://0/',
    'http://10.0.0.1/',
    'http://172.16.0.1/',
    'http://192.168.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://100.64.0.1/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[64:ff9b:1::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[2001:0:7f00:1::]/',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
  ])('B8 %s is refused when it is entered', async (url) => {
    const { status, error } = await boss.call('POST', '/connections', { kind: 'rest', name: 'inside', url, auth: { type: 'none' } });
    expect(status).toBe(400);
    expect(error?.message).toContain('is not on the public internet');
  });

  test.each([
    ['ftp://example.com/', 'must start with https'],
    ['https://user:pass@example.com/', 'user name or a password'],
    ['https://example.com/#x', 'fragment'],
    ['https://example.com/mcp?api_key=sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789', 'looks like a secret'],
    ['not a url', 'not a URL'],
  ])('B8 %s is no address of a connection', async (url, words) => {
    const { status, error } = await boss.call('POST', '/connections', { kind: 'rest', name: 'odd', url, auth: { type: 'none' } });
    expect(status).toBe(400);
    expect(error?.message).toContain(words);
  });

  test('B8 a name that leads inside is stopped as it connects, and a credential never goes over plain http', async () => {
    const inside = await listen((_incoming, outgoing) => outgoing.end('inside'));
    const { port } = new URL(inside.url);
    for (const kind of ['rest', 'mcp']) {
      const { connection } = await check(boss, { kind, url: `http://localhost:${port}/` });
      expect(connection.health).toMatchObject({ status: 'blocked' });
    }
    expect(inside.hits).toEqual([]);
    await stop(inside.server);
    const plain = { kind: 'rest', name: 'plain', url: 'http://api.example.com/', auth: { type: 'bearer', token: TOKEN } };
    expect((await boss.call('POST', '/connections', plain)).error?.message).toContain('over https alone');
    for (const header of ['Host', 'Cookie', 'Content-Length', 'bad header', 'a\r\nb']) {
      const auth = { type: 'api_key', header, value: TOKEN };
      expect((await boss.call('POST', '/connections', { kind: 'rest', name: 'h', url: 'https://api.example.com/', auth })).status).toBe(
        400,
      );
    }
  });
});
