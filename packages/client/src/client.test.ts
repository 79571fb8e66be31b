import { Secret } from '@mogplex/credentials';
import { expect, test } from 'vitest';
import { allItems, createClient } from './index.ts';

const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });

const meBody = { ok: true, data: { account: { email: 'a@example.com' }, token: { name: 'n', scopes: ['read'] } } };

const refusal = (code: string, status: number, more: object = {}): Response =>
  json(status, { ok: false, error: { code, message: 'no', boundary: 'token', requestId: 'req_12345678', ...more } });

/** A client whose platform gives these answers in turn; waits are noted, not waited. */
const scripted = (...answers: (Response | Error)[]) => {
  const waits: number[] = [];
  const requests: { url: string; init: RequestInit }[] = [];
  const client = createClient({
    baseUrl: 'https://mogplex.example',
    token: new Secret('mog_a-token-for-a-test', 'test'),
    random: () => 0.5,
    wait: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
    fetch: (url, init = {}) => {
      requests.push({ url: url instanceof Request ? url.url : String(url), init });
      const next = answers.shift();
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next ?? json(500, {}));
    },
  });
  return { client, waits, requests };
};

test('B6 a limited call waits as long as Retry-After says, a failed line backs off', async () => {
  const { client, waits } = scripted(refusal('rate_limited', 429, { retryAfter: 7 }), new TypeError('fetch failed'), json(200, meBody));
  await expect(client.me()).resolves.toEqual(meBody.data);
  expect(waits).toEqual([7_000, 500]);
});

test('B22 what the platform says comes through with boundary and request id, and is not repeated', async () => {
  const { client, waits } = scripted(refusal('insufficient_scope', 403));
  await expect(client.me()).rejects.toMatchObject({ code: 'insufficient_scope', boundary: 'token', requestId: 'req_12345678' });
  expect(waits).toEqual([]);
});

test('a wait that is too long is an error at once, and so is a POST that may have arrived', async () => {
  const long = scripted(refusal('rate_limited', 429, { retryAfter: 3_600 }));
  await expect(long.client.me()).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 3_600 });
  const post = scripted(new TypeError('fetch failed'));
  await expect(post.client.readNotification('1')).rejects.toMatchObject({ code: 'unavailable', boundary: 'network' });
  expect([long.waits, post.waits]).toEqual([[], []]);
});

test('an answer in another form is named as such, and the token is only in its header', async () => {
  for (const answer of [new Response('<html>'), json(200, { hello: 1 }), json(500, 'bad gateway')]) {
    const { client, requests } = scripted(answer);
    const error = await client.me().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'upstream_error', boundary: 'network' });
    expect(`${String(error)}${requests[0]?.url}`).not.toContain('mog_');
    expect(requests[0]?.init.redirect).toBe('error');
  }
});

test('allItems walks the pages to the last', async () => {
  const token = {
    id: '1',
    name: 'n',
    prefix: 'mog_aaaa',
    scopes: ['read'],
    createdAt: 1,
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
  };
  const page = (id: string, nextCursor: string | null) => json(200, { ok: true, data: { items: [{ ...token, id }], nextCursor } });
  const { client, requests } = scripted(page('1', 'next'), page('2', null));
  const ids: string[] = [];
  for await (const item of allItems((options) => client.listTokens(options))) ids.push(item.id);
  expect(ids).toEqual(['1', '2']);
  expect(requests[1]?.url).toBe('https://mogplex.example/api/v1/mogplex/tokens?cursor=next');
});
