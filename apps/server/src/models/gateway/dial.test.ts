import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Pool } from 'undici';
import { assertDialable, createSafeConnector, dialPolicy, type Lookup } from './dial.ts';

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
