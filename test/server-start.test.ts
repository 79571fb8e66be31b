import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startPlatform } from './support/platform.ts';
import { describeStores, temporaryFolder } from './support/stores.ts';

describeStores('D8 the platform over a socket', (stores) => {
  test('D8 B22 it answers for health, readiness and its own description, with a request id and strict headers', async () => {
    const platform = await startPlatform(await stores.place());
    for (const path of ['/healthz', '/readyz', '/openapi.json']) {
      const response = await fetch(platform.url + path);
      expect(response.status).toBe(200);
      expect(response.headers.get('x-request-id')).toMatch(/^req_/);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const missing = await fetch(`${platform.url}/nothing/here`, { headers: { 'x-request-id': 'my-own-id.1' } });
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ ok: false, error: { code: 'not_found', boundary: 'request', requestId: 'my-own-id.1' } });
    const wrong = await fetch(`${platform.url}/healthz`, { method: 'POST' });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toBe('GET, HEAD');
    await platform.close();
    expect(platform.logged()).toContain('my-own-id.1');
    expect(platform.logged()).not.toContain('/nothing/here');
  });
});

describe('D8 starting', () => {
  test('D8 a second platform in the same data folder says who holds it', async () => {
    const place = { dataDir: await temporaryFolder() };
    const platform = await startPlatform(place);
    await expect(startPlatform(place)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(new RegExp(`is held by process ${process.pid} since \\d{4}-`)) as string,
    });
    await platform.close();
    await (await startPlatform(place)).close();
  });

  test('D8 a taken port says so, and leaves the data folder free', async () => {
    const platform = await startPlatform({ dataDir: await temporaryFolder() });
    const place = { dataDir: await temporaryFolder() };
    const { port } = new URL(platform.url);
    await expect(startPlatform(place, { MOGPLEX_PORT: port })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`port ${port}`) as string,
    });
    await platform.close();
    await (await startPlatform(place)).close();
  });

  test('a wrong setting is named without its value', async () => {
    await expect(startPlatform({ dataDir: '/nowhere' }, { MOGPLEX_PORT: 'hunter2hunter2' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.not.stringContaining('hunter2') as string,
    });
  });

  test('closing lets an open request end and then cuts what does not', async () => {
    const platform = await startPlatform({ dataDir: await temporaryFolder() });
    const { hostname, port } = new URL(platform.url);
    const socket = connect(Number(port), hostname);
    await new Promise((resolve) => socket.once('connect', resolve));
    const ended = new Promise((resolve) => socket.once('close', () => resolve('cut')));
    socket.on('error', () => undefined);
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n');
    await platform.close();
    expect(await ended).toBe('cut');
  });
});
