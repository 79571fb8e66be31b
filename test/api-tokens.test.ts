import { createPerson, makeAccessTokenFor, makeTokenFor, signIn } from '@mogplex/server/test/people';
import { makeToken } from '@mogplex/protocol';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { startPlatform } from './support/platform.ts';
import { describeStores } from './support/stores.ts';

const API = '/api/v1/mogplex';

interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: { ok: boolean; data: Record<string, unknown>; error: Record<string, unknown> };
}

const call = async (url: string, init: RequestInit = {}): Promise<Answer> => {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) as Answer['json'] };
};

const bearer = (token: string, more: Record<string, string> = {}): RequestInit => ({
  headers: { authorization: `Bearer ${token}`, ...more },
});

describeStores('B3 B4 B5 personal access tokens', (stores) => {
  test('B3 a token is made in a session, shown once, works, and is gone once revoked', async () => {
    const place = await stores.place();
    const platform = await startPlatform(place);
    const store = await stores.open(place);
    const person = await createPerson(store);
    const cookie = await signIn(platform.url, person);
    const session = { cookie, origin: platform.url, 'content-type': 'application/json' };

    const made = await call(`${platform.url}${API}/tokens`, {
      method: 'POST',
      headers: session,
      body: JSON.stringify({ name: 'laptop', scopes: ['read', 'write'], expires: '30d' }),
    });
    expect(made.status).toBe(201);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const { token, id } = made.json.data as { token: string; id: string };
    expect(token).toMatch(/^mog_[0-9A-Za-z]{36}$/);

    const me = await call(`${platform.url}${API}/me`, bearer(token));
    expect(me.json).toEqual({
      ok: true,
      data: { account: { email: person.email }, token: { name: 'laptop', scopes: ['read', 'write'] } },
    });

    const stored = await store.db.selectFrom('token').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(JSON.stringify(stored)).not.toContain(token.slice(8));
    expect(stored.prefix).toBe(token.slice(0, 8));

    const list = await call(`${platform.url}${API}/tokens`, bearer(token));
    expect(list.json.data).toMatchObject({ items: [{ id, name: 'laptop', prefix: token.slice(0, 8), revokedAt: null }], nextCursor: null });
    expect(list.text).not.toContain(token.slice(8));

    await expect
      .poll(async () => (await store.db.selectFrom('token').select('last_used_at').where('id', '=', id).executeTakeFirst())?.last_used_at)
      .toBeGreaterThan(0);

    const revoked = await call(`${platform.url}${API}/tokens/${id}`, { method: 'DELETE', headers: session });
    expect(revoked.status).toBe(200);
    expect((await call(`${platform.url}${API}/me`, bearer(token))).status).toBe(401);
    expect((await call(`${platform.url}${API}/tokens/nothing`, { method: 'DELETE', headers: session })).status).toBe(404);
    await platform.close();
    expect(platform.logged()).not.toContain(token.slice(8));
  });

  test('B5 malformed, unknown, expired and revoked tokens get byte-identical answers', async () => {
    const place = await stores.place();
    // A clock that stands still: no window of ten minutes ends between two answers.
    const now = Date.now();
    const platform = await startPlatform(place, {}, () => now);
    const store = await stores.open(place);
    const person = await createPerson(store);
    const good = await makeTokenFor(store, { accountId: person.id });
    const expired = await makeTokenFor(store, { accountId: person.id, expiresAt: now - 1 });
    const revoked = await makeTokenFor(store, { accountId: person.id });
    expect((await call(`${platform.url}${API}/me`, bearer(revoked.token))).status).toBe(200);
    const url = `${platform.url}${API}/tokens/${revoked.id}`;
    expect((await call(url, { method: 'DELETE', ...bearer(good.token) })).status).toBe(200);

    const ended = await makeAccessTokenFor(store, person.id, 'read');
    await store.db.updateTable('oauth_grant').set({ ended_at: Date.now(), ended_reason: 'person' }).execute();
    const bad = [
      'mog_nonsense',
      'x',
      makeToken('mog_', randomBytes),
      expired.token,
      revoked.token,
      `${good.token}x`,
      'mog_at_unknown_access_token_00000',
      ended,
    ];
    for (const path of [`${API}/me`, '/gateway/openai/v1/models', '/gateway/anthropic/v1/models', '/gateway/google/v1beta/models']) {
      const answers: Answer[] = [];
      for (const token of bad) answers.push(await call(platform.url + path, bearer(token)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      const headersOf = ({ headers }: Answer): string => JSON.stringify([...headers].filter(([name]) => name !== 'date'));
      expect(new Set(answers.map(headersOf)).size).toBe(1);
    }
    const [first, own] = [await call(`${platform.url}${API}/me`, bearer('x')), bearer('x', { 'x-request-id': 'chosen-by-caller' })];
    expect(first.headers.get('www-authenticate')).toContain('error="invalid_token"');
    // The id in the body finds every one of them in the log, and a caller's own id outranks it.
    const requestId = String(first.json.error['requestId']);
    expect(first.headers.get('x-request-id')).toBe(requestId);
    expect(platform.logged().split(requestId).length - 1).toBeGreaterThan(bad.length);
    expect((await call(`${platform.url}${API}/me`, own)).json).toMatchObject({ error: { requestId: 'chosen-by-caller' } });
    // A good token's requests, and those without any credential, have ids of their own.
    const idOf = async (init: RequestInit): Promise<string | null> =>
      (await call(`${platform.url}${API}/me`, init)).headers.get('x-request-id');
    expect(new Set([await idOf(bearer(good.token)), await idOf(bearer(good.token)), await idOf({}), requestId]).size).toBe(4);
    await platform.close();
  });

  test('B4 what a token may not do is refused: scopes, sessions, strangers, malformed expiry', async () => {
    const place = await stores.place();
    const platform = await startPlatform(place);
    const store = await stores.open(place);
    const [person, stranger] = [await createPerson(store), await createPerson(store)];
    const read = await makeTokenFor(store, { accountId: person.id, scopes: new Set(['read']) });
    const write = await makeTokenFor(store, { accountId: person.id });
    const other = await makeTokenFor(store, { accountId: stranger.id });
    const tokens = `${platform.url}${API}/tokens`;

    const readOnly = await call(`${tokens}/${write.id}`, { method: 'DELETE', ...bearer(read.token) });
    expect(readOnly).toMatchObject({ status: 403, json: { error: { code: 'insufficient_scope', boundary: 'token' } } });
    expect((await call(`${tokens}/${write.id}`, { method: 'DELETE', ...bearer(other.token) })).status).toBe(404);
    const body = JSON.stringify({ name: 'n', scopes: ['read'], expires: null });
    const asToken = { ...bearer(write.token, { 'content-type': 'application/json' }), method: 'POST', body };
    expect(await call(tokens, asToken)).toMatchObject({ status: 403, json: { error: { code: 'forbidden' } } });

    const cookie = await signIn(platform.url, person);
    const headers = { cookie, origin: platform.url, 'content-type': 'application/json' };
    const without = { method: 'POST', headers: { cookie, 'content-type': 'application/json' }, body };
    expect((await call(tokens, without)).status).toBe(403);
    const foreign = { ...without, headers: { ...without.headers, origin: 'https://evil.example' } };
    expect((await call(tokens, foreign)).status).toBe(403);
    for (const expires of ['', 'never', '0d', '-1d', '30', '30 d', '1e3d', '2020-01-01', '2030-02-31', '99999d', 'tomorrow']) {
      const answer = await call(tokens, { method: 'POST', headers, body: JSON.stringify({ name: 'n', scopes: ['read'], expires }) });
      expect(`${expires} ${answer.status}`).toBe(`${expires} 400`);
    }
    // A name is seen by others, in a terminal and in a list: nothing in it moves a cursor or turns the text around.
    const named = (name: string) =>
      call(tokens, { method: 'POST', headers, body: JSON.stringify({ name, scopes: ['read'], expires: null }) });
    expect((await named('a\u001b[31mb\u202e\nc')).json.data).toMatchObject({ name: 'a [31mb c' });
    expect((await named('\u200b')).status).toBe(400);
    const noExpiry = await call(tokens, { method: 'POST', headers, body: JSON.stringify({ name: 'n', scopes: ['read'] }) });
    expect(noExpiry.status).toBe(400);
    await platform.close();
  });
});
