import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MogplexError } from '@moxxy/sdk';
import { describe, expect, test } from 'vitest';
import { type CallbackOptions, listenForCallback } from './callback.ts';

const STATE = 'the-right-state-of-this-login';
const ISSUER = 'https://login.example';
const forever = new AbortController().signal;

const options = (changes: Partial<CallbackOptions> = {}): CallbackOptions => ({
  host: 'localhost',
  port: 0,
  path: '/callback',
  state: STATE,
  issuer: { value: ISSUER, required: true },
  ...changes,
});

const send = (port: number, path: string, init: { method?: string; host?: string } = {}): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      path,
      method: init.method ?? 'GET',
      headers: { host: init.host ?? `localhost:${port}` },
    });
    request.on('error', reject).on('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.end();
  });

const right = `/callback?code=abc&state=${STATE}&iss=${encodeURIComponent(ISSUER)}`;

const WRONG: readonly { path: string; init?: { method?: string; host?: string }; status: number }[] = [
  { path: '/', status: 404 },
  { path: '/favicon.ico', status: 404 },
  { path: `//evil.example${right}`, status: 404 },
  { path: '/callback', status: 400 },
  { path: `/callback?code=abc&state=guess&iss=${ISSUER}`, status: 400 },
  { path: '/callback?error=access_denied', status: 400 },
  { path: '/callback?error=access_denied&state=guess', status: 400 },
  { path: `/callback?code=abc&state=${STATE}`, status: 400 },
  { path: `/callback?code=abc&state=${STATE}&iss=https%3A%2F%2Fevil.example`, status: 400 },
  { path: `/callback?state=${STATE}&iss=${ISSUER}`, status: 400 },
  { path: `${right}&code=other`, status: 400 },
  { path: right, init: { method: 'POST' }, status: 405 },
  { path: right, init: { method: 'DELETE' }, status: 405 },
  { path: right, init: { host: 'evil.example' }, status: 421 },
  { path: right, init: { host: 'localhost:1' }, status: 421 },
];

describe('C8 failure 7: requests that do not belong to the login change nothing', () => {
  test('C8 failure 7: 1,000 wrong requests are turned away, then the right one is taken', async () => {
    let noise = 0;
    const listener = await listenForCallback(options({ onNoise: () => noise++ }));
    try {
      const port = Number(new URL(listener.redirectUri).port);
      const waiting = listener.wait(forever);
      for (let round = 0; round < 1000; round += 20) {
        const batch = Array.from({ length: 20 }, (_, index) => WRONG[(round + index) % WRONG.length]);
        const answers = await Promise.all(batch.map((wrong) => send(port, wrong?.path ?? '', wrong?.init)));
        expect(answers.map(({ status }) => status)).toEqual(batch.map((wrong) => wrong?.status));
      }
      expect(noise).toBe(1000);
      const answered = send(port, right);
      const callback = await waiting;
      expect(callback.parameters.get('code')).toBe('abc');
      expect((await send(port, right)).status).toBe(409);
      await callback.respond({ serviceName: '<b>Acme</b>' });
      const page = await answered;
      expect(page).toMatchObject({ status: 200, text: expect.stringContaining('&lt;b&gt;Acme&lt;/b&gt;') });
    } finally {
      await listener.close();
    }
  });

  test('C8 failure 7: a connection that says nothing does not hold up the login', async () => {
    const listener = await listenForCallback(options());
    const port = Number(new URL(listener.redirectUri).port);
    const { connect } = await import('node:net');
    const silent = Array.from({ length: 50 }, () => connect(port, '127.0.0.1'));
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    const waiting = listener.wait(forever);
    const answered = send(port, right);
    await (await waiting).respond({ failure: 'No.' });
    expect(await answered).toMatchObject({ status: 400 });
    await listener.close();
    silent.forEach((socket) => socket.destroy());
  });
});

describe('C8 failure 8: the callback is open before the browser, on both families', () => {
  test('C8 failure 8: it answers on 127.0.0.1 and ::1', async () => {
    const listener = await listenForCallback(options());
    const port = Number(new URL(listener.redirectUri).port);
    const four = await fetch(`http://127.0.0.1:${port}/`);
    const six = await fetch(`http://[::1]:${port}/`);
    expect([four.status, six.status]).toEqual([404, 404]);
    await listener.close();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
  });

  test.each(['127.0.0.1', '::1'])('C8 failure 8: a port that another program has on %s is an error that names it', async (address) => {
    const other = createServer().listen(0, address);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const error = await listenForCallback(options({ port })).catch((reason: unknown) => reason);
    other.close();
    expect(error).toBeInstanceOf(MogplexError);
    expect((error as MogplexError).message).toMatch(new RegExp(`^port ${port} is taken by .+ \\(pid ${process.pid}\\)`));
    expect((error as MogplexError).code).toBe('unavailable');
  });
});
