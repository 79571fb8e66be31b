import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AUTHORITY, CERTIFICATES, SERVER_KEY } from './fakes/certificates.ts';
import { openOperator, type TestOperator } from './support/gateway.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';
import { temporaryFolder } from './support/stores.ts';

const ANSWER = '{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}';

describe('B7 providers over TLS', () => {
  const servers: { close(): unknown; closeAllConnections(): void }[] = [];
  let server: ServerProcess;
  let operator: TestOperator;

  beforeAll(async () => {
    const dataDir = await temporaryFolder();
    const authority = join(dataDir, 'authority.pem');
    await writeFile(authority, AUTHORITY);
    server = await startServerProcess({
      HOME: dataDir,
      MOGPLEX_DATA_DIR: dataDir,
      NODE_EXTRA_CA_CERTS: authority,
      MOGPLEX_MODEL_CONNECT_SECONDS: '1',
    });
    operator = await openOperator({ dataDir });
  });
  afterAll(async () => {
    await server.end('SIGTERM');
    await operator.close();
    for (const one of servers) {
      one.closeAllConnections();
      one.close();
    }
  });

  /** A provider on a port of its own. @returns its port, and how many requests it has seen. */
  const provide = async (name: keyof typeof CERTIFICATES | 'plain'): Promise<{ port: number; seen: () => number }> => {
    let count = 0;
    const answer: Parameters<typeof createServer>[1] = (incoming, response) => {
      count += 1;
      incoming.resume().on('end', () => response.setHeader('content-type', 'application/json').end(ANSWER));
    };
    const provider = name === 'plain' ? createPlainServer(answer) : createServer({ key: SERVER_KEY, cert: CERTIFICATES[name] }, answer);
    servers.push(provider);
    provider.listen(0, '127.0.0.1');
    await once(provider, 'listening');
    return { port: (provider.address() as AddressInfo).port, seen: () => count };
  };

  const ask = async (): Promise<{ status: number; text: string; id: string }> => {
    const response = await fetch(`${server.url}/gateway/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${operator.token}` },
      body: JSON.stringify({ model: 'gpt-5', max_tokens: 5, messages: [] }),
    });
    return { status: response.status, text: await response.text(), id: response.headers.get('x-request-id') ?? 'none' };
  };

  const lineOf = (id: string): string | undefined =>
    server
      .stderr()
      .split('\n')
      .find((entry) => entry.includes(id) && entry.includes('"status"'));

  test('B7 a provider whose certificate is in order is asked, over one connection for many calls', async () => {
    const { port, seen } = await provide('localhost');
    await operator.upstream('openai', `https://localhost:${port}/v1`, 'sk-hosted-key-of-the-operator-0011');
    for (let count = 0; count < 3; count++) expect(await ask()).toMatchObject({ status: 200, text: ANSWER });
    expect(seen()).toBe(3);
  });

  test.each([
    ['is for another name', 'elsewhere', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['comes from an authority that nobody trusts', 'untrusted', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['is not there at all', 'plain', 'ERR_SSL_WRONG_VERSION_NUMBER'],
  ] as const)('B7 B22 a provider whose certificate %s never sees the key; the log says why', async (_how, name, code) => {
    const { port, seen } = await provide(name);
    await operator.upstream('openai', `https://localhost:${port}/v1`, 'sk-hosted-key-of-the-operator-0012');
    const { status, text, id } = await ask();
    expect(status).toBe(502);
    expect(text).toContain('the provider cannot be reached');
    expect(seen()).toBe(0);
    await expect.poll(() => lineOf(id)).toMatch(new RegExp(`"status":502.*"boundary":"model".*"fault":"${code}"`));
  });

  test(
    'B7 B22 a provider that takes the connection and never speaks is given up, and another key is tried',
    { timeout: 60_000 },
    async () => {
      const held: Socket[] = [];
      const silent = createTcpServer((socket) => held.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port: nowhere } = silent.address() as AddressInfo;
      await operator.upstream('openai', `https://localhost:${nowhere}/v1`, 'sk-hosted-key-of-the-operator-0012');
      const { status, id } = await ask();
      expect(status).toBe(502);
      await expect.poll(() => lineOf(id)).toMatch(/"status":502.*"fault":"UND_ERR_CONNECT_TIMEOUT"/);
      const { port } = await provide('localhost');
      await operator.upstream('openai', `https://localhost:${port}/v1`, 'sk-hosted-key-of-the-operator-0015', { label: 'second' });
      await operator.upstream('openai', `https://localhost:${nowhere}/v1`, 'sk-hosted-key-of-the-operator-0012');
      expect(await ask()).toMatchObject({ status: 200, text: ANSWER });
      for (const socket of held) socket.destroy();
      silent.close();
    },
  );
});
