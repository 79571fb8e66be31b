import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { LoginEvent } from '@moxxy/sdk';
import { describe, expect, test } from 'vitest';
import type { OAuthProfile } from '../profile.ts';
import { runDeviceCodeFlow } from './device-code.ts';

type Answer = { status: number; body?: object | string; headers?: Record<string, string> } | 'drop';

const TOKENS = {
  status: 200,
  body: { access_token: 'at-12345678', token_type: 'Bearer', expires_in: '3600', refresh_token: 'rt-12345678' },
};
const pending = { status: 400, body: { error: 'authorization_pending' } };

/** A device authorization server whose polls are answered from a list; time passes only in `sleep`. */
const play = async (
  answers: readonly Answer[],
  code: Record<string, unknown> = {},
  waits: number[] = [],
): Promise<{
  waits: number[];
  notes: (string | undefined)[];
  events: LoginEvent[];
  tokens: Awaited<ReturnType<typeof runDeviceCodeFlow>>;
}> => {
  const left = [...answers];
  const server = createServer((request, response) => {
    const base = `http://localhost:${(server.address() as AddressInfo).port}`;
    const answer: Answer =
      request.url === '/device'
        ? {
            status: 200,
            body: { device_code: 'dc', user_code: 'AB-CD', verification_uri: `${base}/enter`, expires_in: 600, interval: 5, ...code },
          }
        : (left.shift() ?? pending);
    if (answer === 'drop') {
      request.socket.destroy();
      return;
    }
    const isText = typeof answer.body === 'string';
    response.writeHead(answer.status, { 'content-type': isText ? 'text/html' : 'application/json', ...answer.headers });
    response.end(isText ? answer.body : JSON.stringify(answer.body ?? {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const profile: OAuthProfile = {
    provider: 'acme',
    serviceName: 'Acme',
    issuer,
    endpoints: { authorization: `${issuer}/authorize`, token: `${issuer}/token`, deviceAuthorization: `${issuer}/device` },
    clientId: 'client',
    scopes: [],
    hosts: [],
  };
  const events: LoginEvent[] = [];
  let time = 1_000_000;
  try {
    const tokens = await runDeviceCodeFlow(profile, {
      fetch,
      signal: new AbortController().signal,
      now: () => time,
      sleep: (ms) => {
        waits.push(ms / 1000);
        time += ms;
        return Promise.resolve();
      },
      report: (event) => void events.push(event),
    });
    return { waits, events, notes: events.map((event) => (event.type === 'polling' ? event.note : undefined)), tokens };
  } finally {
    server.close();
    server.closeAllConnections();
  }
};

describe('C5 C8 failure 10: nothing but a refusal or the end of the code ends the polling (RFC 8628)', () => {
  test('C8 failure 10: authorization_pending keeps the interval, slow_down adds 5 seconds for good', async () => {
    const { waits } = await play([pending, { status: 400, body: { error: 'slow_down' } }, pending, TOKENS]);
    expect(waits).toEqual([5, 5, 10, 10]);
  });

  test('C8 failure 10: 429, 503, a dropped connection and nonsense slow it down and it goes on', async () => {
    const { waits, notes } = await play([
      { status: 503, body: 'down' },
      { status: 429, headers: { 'retry-after': '17' }, body: {} },
      'drop',
      { status: 200, body: 'not json' },
      TOKENS,
    ]);
    expect(waits).toEqual([5, 10, 20, 40, 60]);
    expect(notes).toContain('the service answered 503, still trying');
    expect(notes).toContain('no connection, still trying');
  });

  test('C8 failure 10: the code expires', async () => {
    await expect(play([], { expires_in: 12 })).rejects.toMatchObject({ code: 'gone', hint: 'Run the login again for a new code.' });
    const waits: number[] = [];
    const ended = play([{ status: 400, body: { error: 'expired_token' } }], {}, waits);
    await expect(ended).rejects.toMatchObject({ code: 'gone' });
    expect(waits).toEqual([5]);
  });

  test('C8 failure 10: an interval longer than a minute is kept', async () => {
    const { waits } = await play([pending, 'drop', TOKENS], { interval: 90 });
    expect(waits).toEqual([90, 90, 90]);
  });

  test('C8 failure 10: a refusal ends it', async () => {
    await expect(play([pending, { status: 400, body: { error: 'access_denied' } }])).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('C8 failure 11: expires_in as a string is read as a number', async () => {
    const { tokens, waits } = await play([TOKENS]);
    expect(tokens.expiresAt).toBe(1_000_000 + (waits[0] ?? 0) * 1000 + 3_600_000);
  });
});

test('C8 failure 7: what the service shows cannot do anything to the terminal', async () => {
  const { events } = await play([TOKENS], { user_code: '\u001b[31mAB\u001b[0m\nCD\u202e' });
  expect(events[0]).toMatchObject({ userCode: 'AB CD' });
  await expect(play([TOKENS], { verification_uri: 'javascript:alert(1)' })).rejects.toMatchObject({ code: 'upstream_error' });
});
