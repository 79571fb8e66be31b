import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AUTHORITY, CERTIFICATES, SERVER_KEY } from './fakes/certificates.ts';
import { openOperator, type TestOperator } from './support/gateway.ts';
import { PASSWORD, Person } from './support/person.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';
import { temporaryFolder } from './support/stores.ts';

const ANSWER = '{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}';
const KEY = 'sk-hosted-key-of-the-operator-0023';
const PROXY_PASSWORD = 'p@ss:of/the proxy 4711';
const BASIC = Buffer.from(`ada:${PROXY_PASSWORD}`).toString('base64');
/** The name in the certificate of the provider; only the proxy knows where it is. */
const NAME = 'elsewhere.example';

describe('B7 a platform behind a proxy', () => {
  const lines: Duplex[] = [];
  let targets: string[] = [];
  let passed = '';
  let refusal: string | undefined;
  let served: string[] = [];
  let port = 0;
  let dataDir = '';
  let server: ServerProcess;
  let operator: TestOperator;
  let boss: Person;

  const provider = createTlsServer({ key: SERVER_KEY, cert: CERTIFICATES.elsewhere }, (incoming, response) => {
    served.push(`${incoming.method} ${incoming.url}`);
    incoming.resume().on('end', () => response.setHeader('content-type', 'application/json').end(ANSWER));
  });
  const tunnel = (incoming: IncomingMessage, line: Duplex): void => {
    lines.push(line.on('error', () => undefined));
    targets.push(incoming.url ?? '');
    const known = incoming.headers['proxy-authorization'] === `Basic ${BASIC}`;
    const refused = refusal ?? (known ? undefined : '407 Proxy Authentication Required');
    if (refused !== undefined) {
      line.end(`HTTP/1.1 ${refused}\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const far = connect(port, '127.0.0.1', () => line.write('HTTP/1.1 200 Connection established\r\nvia: a proxy\r\n\r\n'));
    lines.push(far.on('error', () => line.destroy()));
    line.on('data', (bytes: Buffer) => (passed += bytes.toString('latin1')));
    line.pipe(far).pipe(line);
  };
  const proxy = createServer().on('connect', tunnel);
  const tlsProxy = createTlsServer({ key: SERVER_KEY, cert: CERTIFICATES.localhost }).on('connect', tunnel);

  const start = async (folder: string, address: string): Promise<ServerProcess> => {
    const authority = join(folder, 'authority.pem');
    await writeFile(authority, AUTHORITY);
    return startServerProcess({
      HOME: folder,
      MOGPLEX_DATA_DIR: folder,
      NODE_EXTRA_CA_CERTS: authority,
      HTTPS_PROXY: address,
      NO_PROXY: 'internal.example, 10.0.0.0/8',
      MOGPLEX_SECRET_SCANNING_KEYS: `https://${NAME}/keys`,
    });
  };

  beforeAll(async () => {
    for (const one of [provider, proxy, tlsProxy]) await once(one.listen(0, '127.0.0.1'), 'listening');
    ({ port } = provider.address() as AddressInfo);
    dataDir = await temporaryFolder();
    const { port: at } = proxy.address() as AddressInfo;
    server = await start(dataDir, `http://ada:${encodeURIComponent(PROXY_PASSWORD)}@127.0.0.1:${at}`);
  });
  beforeEach(() => {
    [targets, served, passed, refusal] = [[], [], '', undefined];
  });
  afterAll(async () => {
    await operator?.close();
    await server?.end('SIGTERM');
    for (const line of lines) line.destroy();
    for (const one of [provider, proxy, tlsProxy]) {
      one.closeAllConnections();
      one.close();
    }
  });

  const ask = async (url: string, token: string, model = 'gpt-5'): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${url}/gateway/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ model, max_tokens: 5, messages: [] }),
    });
    return { status: response.status, text: await response.text() };
  };

  const testConnection = async (url: string) => {
    const made = await boss.call<{ id: string }>('POST', '/connections', {
      kind: 'rest',
      name: `c-${crypto.randomUUID().slice(0, 8)}`,
      url,
      auth: { type: 'none' },
    });
    if (made.status !== 201) return made.error?.message;
    const { data } = await boss.call<{ connection: { health: { status: string; note: string } } }>(
      'POST',
      `/connections/${made.data.id}/test`,
    );
    return JSON.stringify(data.connection.health);
  };

  test('D8 the owner is made: nothing of that goes through the proxy', async () => {
    const link = /set-up#(\S+)/;
    await expect.poll(() => server.stdout()).toMatch(link);
    boss = new Person(server.url);
    const code = link.exec(server.stdout())?.[1];
    expect((await boss.call('POST', '/auth/set-up', { code, email: 'boss@example.com', password: PASSWORD })).status).toBe(200);
    operator = await openOperator({ dataDir });
    expect(targets).toEqual([]);
  });

  test('B7 a provider is asked through the proxy, over one line for many calls, and the proxy reads nothing of them', async () => {
    await operator.upstream('openai', `https://${NAME}/v1`, KEY);
    for (let count = 0; count < 3; count++) expect(await ask(server.url, operator.token)).toEqual({ status: 200, text: ANSWER });
    expect(targets).toEqual([`${NAME}:443`]);
    expect(served).toEqual(Array.from({ length: 3 }, () => 'POST /v1/chat/completions'));
    // A name that nobody knows is looked for in the lists of the providers.
    expect((await ask(server.url, operator.token, 'gpt-unheard-of')).status).toBe(404);
    expect(served.at(-1)).toBe('GET /v1/models');
    expect(passed.length).toBeGreaterThan(1_000);
    expect(passed).not.toContain(KEY);
  });

  test.each([
    ['403 Forbidden', /refused the line to elsewhere\.example:8443: it answered 403.*NO_PROXY/],
    ['407 Proxy Authentication Required', /refused the line to elsewhere\.example:8443: it answered 407.*HTTPS_PROXY/],
    ['502 Bad Gateway', /refused the line to elsewhere\.example:8443: it answered 502/],
  ])('B22 a proxy that answers %s is named as what refuses', async (answer, words) => {
    refusal = answer;
    await operator.upstream('openai', `https://${NAME}:8443/v1`, KEY);
    const { status, text } = await ask(server.url, operator.token);
    expect(status).toBe(502);
    expect(text).toMatch(words);
    expect(text).toContain('network');
    expect(served).toEqual([]);
  });

  test('B7 what NO_PROXY names is dialled without it, and so is this machine', async () => {
    await operator.upstream('openai', 'https://models.internal.example/v1', KEY);
    expect((await ask(server.url, operator.token)).status).toBe(502);
    await operator.upstream('openai', `https://localhost:${port}/v1`, KEY);
    // Its certificate is for another name: it was reached.
    expect((await ask(server.url, operator.token)).text).toContain('cannot be reached');
    expect(targets).toEqual([]);
  });

  test('B8 an address that a user enters is checked before the proxy hears of it, which is told the checked one', async () => {
    for (const url of ['https://127.0.0.1/', 'https://192.168.0.9/', 'https://[::ffff:10.0.0.1]/', 'https://169.254.169.254/'])
      expect(await testConnection(url)).toMatch(/not on the public internet/);
    expect(targets).toEqual([]);
    refusal = '403 Forbidden';
    expect(await testConnection('https://8.8.8.8/')).toMatch(/refused the line to 8\.8\.8\.8:443: it answered 403/);
    expect(targets).toEqual(['8.8.8.8:443']);
  });

  test('B7 an own key goes to its provider by name, which the proxy looks up', async () => {
    const { accountId, token } = await operator.account('own@example.com');
    refusal = '403 Forbidden';
    await operator.upstream('openai', 'https://api.openai.com/v1', KEY, { accountId });
    expect((await ask(server.url, token)).text).toContain('refused the line to api.openai.com:443');
    expect(targets).toEqual(['api.openai.com:443']);
  });

  test('D6 what the platform fetches for itself goes through the proxy as well', async () => {
    const headers = { 'content-type': 'application/json', 'github-public-key-identifier': 'k', 'github-public-key-signature': 'AAAA' };
    await fetch(`${server.url}/api/v1/mogplex/secret-scanning`, { method: 'POST', headers, body: '[]' });
    expect(targets).toEqual([`${NAME}:443`]);
    expect(served).toEqual(['GET /keys']);
  });

  test('D1 a proxy that is itself spoken to over TLS; its password stands in no answer and no log', async () => {
    const folder = await temporaryFolder();
    const { port: at } = tlsProxy.address() as AddressInfo;
    const beyond = await start(folder, `https://ada:${encodeURIComponent(PROXY_PASSWORD)}@localhost:${at}`);
    try {
      const other = await openOperator({ dataDir: folder });
      await other.upstream('openai', `https://${NAME}/v1`, KEY);
      expect(await ask(beyond.url, other.token)).toEqual({ status: 200, text: ANSWER });
      expect([targets, served]).toEqual([[`${NAME}:443`], ['POST /v1/chat/completions']]);
      refusal = '407 Proxy Authentication Required';
      await other.upstream('openai', `https://${NAME}:8443/v1`, KEY);
      const { text } = await ask(beyond.url, other.token);
      expect(text).toContain('it answered 407');
      await other.close();
      await expect.poll(() => beyond.stderr()).toContain('refused the line');
      const all = text + beyond.stdout() + beyond.stderr() + server.stdout() + server.stderr();
      for (const secret of [PROXY_PASSWORD, encodeURIComponent(PROXY_PASSWORD), BASIC]) expect(all).not.toContain(secret);
    } finally {
      await beyond.end('SIGTERM');
    }
  });
});
