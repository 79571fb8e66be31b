import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Pool } from 'undici';
import { assertDialable, createSafeConnector, type DialPolicy, dialPolicy, type Lookup, operatorPolicy } from './dial.ts';
import { goesThrough, readProxy } from './proxy.ts';

const STRICT = dialPolicy([]);

describe('B8 addresses that a user may set', () => {
  test.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[::1]',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001::1',
    'fe80::1%lo',
    'fd00::1',
    'fec0::1',
    '2001:db8::1',
    'ff02::1',
    'not-an-address',
  ])('B8 %s is not dialled', (address) => {
    expect(() => assertDialable(address, STRICT)).toThrow('not on the public internet');
  });

  test.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111'])('B8 %s is', (address) => {
    expect(() => assertDialable(address, STRICT)).not.toThrow();
  });

  test('B8 a private network is allowed by name only', () => {
    const policy = dialPolicy(['10.1.0.0/16', 'fd00::/8']);
    expect(() => assertDialable('10.1.2.3', policy)).not.toThrow();
    expect(() => assertDialable('fd00::1', policy)).not.toThrow();
    expect(() => assertDialable('10.2.0.1', policy)).toThrow('not on the public internet');
    expect(() => assertDialable('::ffff:10.1.2.3', policy)).toThrow('not on the public internet');
    expect(() => dialPolicy(['10.0.0.0'])).toThrow('CIDR');
  });
});

describe('B8 the check is made when it connects', () => {
  const server = createServer((_incoming, response) => response.end('inside'));
  let port = 0;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => void server.close());

  const get = async (origin: string, networks: string[], lookup?: Lookup, tlsElsewhere = false): Promise<string> => {
    const pool = new Pool(origin, {
      connect: createSafeConnector({ ...dialPolicy(networks), tlsElsewhere }, { timeout: 2_000, ...(lookup ? { lookup } : {}) }),
    });
    try {
      const { body } = await pool.request({ method: 'GET', path: '/' });
      return await body.text();
    } finally {
      await pool.destroy();
    }
  };
  const resolveTo =
    (...addresses: string[]): Lookup =>
    (_hostname, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );

  test('B8 a name that leads inside is refused, also beside a public address', async () => {
    await expect(get(`http://rebind.example:${port}`, [], resolveTo('127.0.0.1'))).rejects.toMatchObject({
      code: 'forbidden',
      boundary: 'network',
    });
    await expect(get(`http://rebind.example:${port}`, [], resolveTo('8.8.8.8', '127.0.0.1'))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(get(`http://rebind.example:${port}`, [], resolveTo('::ffff:127.0.0.1'))).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('B8 a literal is refused in every notation, and reached where it is allowed', async () => {
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '127.1', 'localhost']) {
      await expect(get(`http://${host}:${port}`, [])).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect(await get(`http://127.0.0.1:${port}`, ['127.0.0.0/8'])).toBe('inside');
    expect(await get(`http://inside.example:${port}`, ['127.0.0.0/8'], resolveTo('127.0.0.1'))).toBe('inside');
  });

  test('B8 http carries a credential into allowed networks alone', async () => {
    const insecure = { code: 'invalid_request', boundary: 'connection' };
    const inside = ['127.0.0.0/8'];
    expect(await get(`http://inside.example:${port}`, inside, resolveTo('127.0.0.1'), true)).toBe('inside');
    await expect(get(`http://8.8.8.8:${port}`, inside, undefined, true)).rejects.toMatchObject(insecure);
    // An allowed network is no licence for a name that leads elsewhere.
    await expect(get(`http://outside.example:${port}`, inside, resolveTo('8.8.8.8'), true)).rejects.toMatchObject(insecure);
    expect(() => assertDialable('8.8.8.8', { allowNetworks: inside, tlsElsewhere: true }, 'a', 'https:')).not.toThrow();
  });
});

describe('B7 B8 dialling through a proxy', () => {
  const targets: string[] = [];
  const proxy = createServer().on('connect', (incoming, line: Socket) => {
    targets.push(incoming.url ?? '');
    line.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  let url = '';
  beforeAll(async () => {
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterAll(() => void proxy.close());

  const dial = (origin: string, policy: DialPolicy, addresses: readonly string[], env: Record<string, string> = {}): Promise<unknown> => {
    targets.length = 0;
    const settings = readProxy({ HTTPS_PROXY: url, ...env });
    const lookup: Lookup = (_hostname, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    const connect = createSafeConnector({ ...policy, ...(settings ? { proxy: settings } : {}) }, { timeout: 2_000, lookup });
    const { protocol, hostname, host, port } = new URL(origin);
    return new Promise((resolve) => {
      connect({ protocol, hostname, host, port }, (...[error, socket]) => {
        socket?.destroy();
        resolve(error);
      });
    });
  };

  test('B8 a name that a user entered is looked up and checked here, and the proxy is told the address', async () => {
    expect(await dial('https://rebind.example', STRICT, ['10.0.0.1'])).toMatchObject({ code: 'forbidden' });
    expect(await dial('https://rebind.example', STRICT, ['8.8.8.8', '127.0.0.1'])).toMatchObject({ code: 'forbidden' });
    expect(await dial('https://rebind.example', STRICT, ['64:ff9b::a00:1'])).toMatchObject({ code: 'forbidden' });
    expect(await dial('https://nowhere.example', STRICT, [])).toMatchObject({ code: 'forbidden' });
    for (const literal of ['https://10.0.0.1', 'https://[fd00::1]'])
      expect(await dial(literal, STRICT, [])).toMatchObject({ code: 'forbidden' });
    expect(targets).toEqual([]);
    expect(await dial('https://outside.example:8443', STRICT, ['8.8.8.8'])).toMatchObject({
      message: expect.stringContaining('403') as string,
    });
    expect(targets).toEqual(['8.8.8.8:8443']);
    await dial('https://outside.example', STRICT, ['2606:4700::1111']);
    expect(targets).toEqual(['[2606:4700::1111]:443']);
  });

  test('B7 a name that nobody entered is looked up by the proxy', async () => {
    await dial('https://api.example', operatorPolicy(), []);
    expect(targets).toEqual(['api.example:443']);
  });

  test.each([
    ['https://api.example', '', true],
    ['http://api.example', '', false],
    ['https://localhost:1', '', false],
    ['https://127.0.0.9:1', '', false],
    ['https://[::1]:1', '', false],
    ['https://api.example', '*', false],
    ['https://api.example', 'example', false],
    ['https://api.example', 'other.example .API.example', false],
    ['https://api.example', '*.example', false],
    ['https://api.example', 'pi.example', true],
    ['https://api.example', 'api.example:8443', true],
    ['https://api.example:8443', 'api.example:8443', false],
    ['https://10.1.2.3', '10.0.0.0/8', false],
    ['https://11.1.2.3', '10.0.0.0/8,11.1.2.4', true],
    ['https://11.1.2.3', '11.1.2.3', false],
    ['https://[2001:db8::1]', '[2001:db8::1]:443', false],
    ['https://[2001:db8::1]', '2001:db8::/32', false],
    ['https://api.example', '10.0.0.0/8', true],
  ])('B7 %s with NO_PROXY=%s goes through the proxy: %s', (address, except, through) => {
    const { protocol, hostname, port } = new URL(address);
    const settings = readProxy({ HTTPS_PROXY: 'proxy.example:3128', NO_PROXY: except });
    expect(settings && goesThrough(settings, protocol, hostname, port)).toBe(through);
  });

  test('B7 the lower-case names go first, and a value that is no address is refused without being told', () => {
    expect(readProxy({})).toBeUndefined();
    const settings = readProxy({
      HTTPS_PROXY: 'http://upper.example',
      https_proxy: 'https://ada@lower.example',
      NO_PROXY: 'a',
      no_proxy: 'b',
    });
    expect(settings).toMatchObject({ url: new URL('https://lower.example:443'), user: 'ada', except: ['b'] });
    for (const value of [
      'socks5://u:hunter2hunter2@proxy',
      'http://u:hunter2hunter2@',
      'http://:hunter2hunter2',
      'http://u:hunter2hunter2%zz@proxy',
    ])
      expect(() => readProxy({ HTTPS_PROXY: value })).toThrow(/^(?!.*hunter2).*HTTPS_PROXY/);
  });
});
