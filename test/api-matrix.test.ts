import { randomBytes } from 'node:crypto';
import { makeToken } from '@mogplex/protocol';
import { GATEWAY_ROUTES } from '@mogplex/server/test/gateway';
import { createPerson, makeAccessTokenFor, makeRunTokenFor, makeTokenFor, type Person, signIn } from '@mogplex/server/test/people';
import { expect, test } from 'vitest';
import { startPlatform, type TestPlatform } from './support/platform.ts';
import { describeStores, type TestStores } from './support/stores.ts';

/**
 * What a route asks. `fresh`: a session that proved itself lately. `read+run` and `write+run`: run tokens are let in too. The answer of
 * a caller that is let in, to an empty body and to ids that do not exist, stands behind it; then that of an account which is not the
 * operator's, where it differs.
 */
type Row = readonly [needs: 'public' | 'read' | 'read+run' | 'write' | 'write+run' | 'session' | 'fresh', letIn: number, other?: number];

const A = '/api/v1/mogplex';

/** One row a route; a route without a row fails, and so does a row without a route. */
const ROWS: Readonly<Record<string, Row>> = {
  'GET /healthz': ['public', 200],
  'GET /readyz': ['public', 200],
  'GET /openapi.json': ['public', 200],
  'GET /reference': ['public', 200],
  'GET /reference/style.css': ['public', 200],
  'GET /api/v1/mogplex/me': ['read', 200],
  'GET /api/v1/mogplex/tokens': ['read', 200],
  'POST /api/v1/mogplex/tokens': ['session', 400],
  'DELETE /api/v1/mogplex/tokens/:id': ['write', 404],
  'GET /api/v1/mogplex/teams/:teamId/service-accounts': ['session', 404],
  'POST /api/v1/mogplex/teams/:teamId/service-accounts': ['session', 400],
  'DELETE /api/v1/mogplex/teams/:teamId/service-accounts/:id': ['session', 404],
  'POST /api/v1/mogplex/secret-scanning': ['public', 404],
  'GET /api/v1/mogplex/notifications': ['read', 200],
  'POST /api/v1/mogplex/notifications/:id/read': ['write', 404],
  'GET /api/v1/mogplex/auth/options': ['public', 200],
  'POST /api/v1/mogplex/auth/set-up': ['public', 400],
  'POST /api/v1/mogplex/auth/sign-in': ['public', 400],
  'POST /api/v1/mogplex/auth/second-factor': ['public', 400],
  'POST /api/v1/mogplex/auth/sign-out': ['public', 200],
  'POST /api/v1/mogplex/auth/passkey/options': ['public', 200],
  'POST /api/v1/mogplex/auth/passkey': ['public', 400],
  'POST /api/v1/mogplex/account/passkeys/options': ['fresh', 400],
  'POST /api/v1/mogplex/account/passkeys': ['fresh', 400],
  'GET /api/v1/mogplex/account/passkeys': ['session', 200],
  'DELETE /api/v1/mogplex/account/passkeys/:id': ['fresh', 404],
  'DELETE /api/v1/mogplex/account/github': ['fresh', 404],
  'GET /api/v1/mogplex/account/github': ['session', 200],
  'GET /api/v1/mogplex/repos': ['read', 200],
  'GET /api/v1/mogplex/account': ['session', 200],
  'PATCH /api/v1/mogplex/account': ['session', 400],
  'POST /api/v1/mogplex/account/email': ['fresh', 400],
  'DELETE /api/v1/mogplex/account': ['fresh', 400],
  'POST /api/v1/mogplex/account/password': ['fresh', 400],
  'GET /api/v1/mogplex/sessions': ['session', 200],
  'DELETE /api/v1/mogplex/sessions/:id': ['session', 404],
  'POST /api/v1/mogplex/sessions/end-others': ['session', 200],
  'POST /api/v1/mogplex/account/two-factor': ['fresh', 401],
  'POST /api/v1/mogplex/account/two-factor/verify': ['session', 400],
  'DELETE /api/v1/mogplex/account/two-factor': ['fresh', 401],
  'GET /.well-known/oauth-authorization-server': ['public', 200],
  'GET /.well-known/oauth-protected-resource': ['public', 200],
  'GET /.well-known/oauth-protected-resource/*': ['public', 200],
  'GET /oauth/authorize': ['public', 302],
  'POST /oauth/token': ['public', 400],
  'POST /oauth/device': ['public', 400],
  'POST /oauth/revoke': ['public', 400],
  'POST /oauth/register': ['public', 400],
  'OPTIONS /.well-known/oauth-authorization-server': ['public', 204],
  'OPTIONS /.well-known/oauth-protected-resource': ['public', 204],
  'OPTIONS /.well-known/oauth-protected-resource/*': ['public', 204],
  'OPTIONS /oauth/token': ['public', 204],
  'OPTIONS /oauth/device': ['public', 204],
  'OPTIONS /oauth/revoke': ['public', 204],
  'OPTIONS /oauth/register': ['public', 204],
  'GET /api/v1/mogplex/oauth/request': ['session', 200],
  'POST /api/v1/mogplex/oauth/request': ['session', 400],
  'GET /api/v1/mogplex/oauth/device-request': ['session', 400],
  'POST /api/v1/mogplex/oauth/device-request': ['session', 400],
  'GET /api/v1/mogplex/apps': ['session', 200],
  'DELETE /api/v1/mogplex/apps/:id': ['session', 404],
  'GET /api/v1/mogplex/teams': ['session', 200],
  'POST /api/v1/mogplex/teams': ['session', 400],
  'GET /api/v1/mogplex/teams/:id': ['session', 404],
  'PATCH /api/v1/mogplex/teams/:id': ['session', 400],
  'DELETE /api/v1/mogplex/teams/:id': ['fresh', 404],
  'PATCH /api/v1/mogplex/teams/:id/members/:userId': ['session', 400],
  'DELETE /api/v1/mogplex/teams/:id/members/:userId': ['session', 404],
  'POST /api/v1/mogplex/teams/:id/invitations': ['session', 400],
  'DELETE /api/v1/mogplex/teams/:id/invitations/:invitationId': ['session', 404],
  'POST /api/v1/mogplex/invitations/preview': ['public', 400],
  'POST /api/v1/mogplex/invitations/accept': ['public', 400],
  'GET /api/v1/mogplex/models': ['read', 200],
  'PUT /api/v1/mogplex/models/choice': ['write', 400],
  'GET /api/v1/mogplex/models/exclusions': ['read', 200],
  'PUT /api/v1/mogplex/models/exclusions': ['write', 400],
  'DELETE /api/v1/mogplex/models/exclusions': ['write', 400],
  'GET /api/v1/mogplex/api-keys': ['read', 200],
  'PUT /api/v1/mogplex/api-keys/:provider': ['session', 400],
  'DELETE /api/v1/mogplex/api-keys/:provider': ['session', 400],
  'GET /api/v1/mogplex/usage': ['read', 200],
  'PUT /api/v1/mogplex/catalog/models': ['session', 400],
  'POST /api/v1/mogplex/catalog/refresh': ['session', 200, 403],
  'GET /api/v1/mogplex/plans': ['read', 200, 403],
  'PUT /api/v1/mogplex/plans/:id': ['session', 400],
  'PUT /api/v1/mogplex/entitlements': ['session', 400],
  'POST /api/v1/mogplex/credit/adjustments': ['session', 400],
  'GET /api/v1/mogplex/connections': ['read', 200],
  'GET /api/v1/mogplex/connections/:id': ['read', 404],
  'POST /api/v1/mogplex/connections': ['session', 400],
  'PATCH /api/v1/mogplex/connections/:id': ['session', 404],
  'DELETE /api/v1/mogplex/connections/:id': ['session', 404],
  'POST /api/v1/mogplex/connections/:id/test': ['write', 404],
  'POST /api/v1/mogplex/connections/:id/connect': ['session', 404],
  'POST /api/v1/mogplex/connections/connected': ['session', 400],
  'GET /api/v1/mogplex/mcp/servers': ['read', 200],
  'GET /api/v1/mogplex/agents': ['read', 200],
  'POST /api/v1/mogplex/runs': ['write', 400],
  'GET /api/v1/mogplex/runs': ['read', 200],
  'GET /api/v1/mogplex/runs/:id': ['read', 404],
  'GET /api/v1/mogplex/runs/:id/events': ['read', 404],
  'POST /api/v1/mogplex/runs/:id/cancel': ['write', 404],
  'GET /api/v1/mogplex/runs/:id/stream': ['read', 404],
  'GET /': ['public', 200],
  'GET /set-up': ['public', 200],
  'GET /sign-in': ['public', 200],
  'GET /authorize': ['public', 200],
  'GET /device': ['public', 200],
  'GET /invite': ['public', 200],
  'GET /runs': ['public', 200],
  'GET /runs/*': ['public', 200],
  'GET /settings': ['public', 200],
  'GET /settings/*': ['public', 200],
  'GET /assets/*': ['public', 404],
  'GET /favicon.svg': ['public', 200],
};

/** The model gateway answers on the bare request and has a table of its own. */
const GATEWAY: Readonly<Record<string, Row>> = {
  'GET /gateway/openai/v1/models': ['read+run', 200],
  'GET /gateway/anthropic/v1/models': ['read+run', 200],
  'GET /gateway/google/v1beta/models': ['read+run', 200],
  'POST /gateway/openai/v1/chat/completions': ['write+run', 400],
  'POST /gateway/openai/v1/responses': ['write+run', 400],
  'POST /gateway/anthropic/v1/messages': ['write+run', 400],
  'POST /gateway/anthropic/v1/messages/count_tokens': ['write+run', 400],
  'POST /gateway/openai/v1/embeddings': ['write+run', 400],
  'POST /gateway/google/v1beta/models/:model:generateContent': ['write+run', 404],
  'POST /gateway/google/v1beta/models/:model:streamGenerateContent': ['write+run', 404],
  'POST /gateway/google/v1beta/models/:model:countTokens': ['write+run', 404],
  'GET /gateway/openai/v1/models/:model': ['read+run', 404],
  'GET /gateway/anthropic/v1/models/:model': ['read+run', 404],
  'GET /gateway/google/v1beta/models/:model': ['read+run', 404],
  'HEAD /gateway/anthropic': ['public', 200],
  'HEAD /gateway/anthropic/': ['public', 200],
  'HEAD /gateway/anthropic/api/hello': ['public', 200],
  'GET /gateway/anthropic/api/hello': ['public', 200],
};

const CREDENTIALS = [
  'none',
  'malformed',
  'unknown',
  'expired',
  'revoked',
  'read',
  'write',
  'write alone',
  'oauth read',
  'oauth write',
  'oauth write alone',
  'session',
  'run',
  'other read',
  'other write',
  'other session',
] as const;

type Credential = (typeof CREDENTIALS)[number];

const BAD = new Set<Credential>(['none', 'malformed', 'unknown', 'expired', 'revoked']);
const SESSIONS = new Set<Credential>(['session', 'other session']);
const READ_ONLY = new Set<Credential>(['read', 'oauth read', 'other read']);
const WRITE_ONLY = new Set<Credential>(['write alone', 'oauth write alone']);

/** The status that a credential must get; undefined: it is let in. */
const refusal = (needs: Row[0], credential: Credential): number | undefined => {
  if (needs === 'public') return undefined;
  if (BAD.has(credential)) return 401;
  if (needs === 'session' || needs === 'fresh') return SESSIONS.has(credential) ? undefined : 403;
  if (credential === 'run') return needs.endsWith('+run') ? undefined : 403;
  return (needs.startsWith('read') ? WRITE_ONLY : READ_ONLY).has(credential) ? 403 : undefined;
};

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

const makeCredentials = async (
  stores: TestStores,
  platform: TestPlatform,
  place: Awaited<ReturnType<TestStores['place']>>,
): Promise<{ headers: Record<Credential, Record<string, string>>; owner: Person; ownToken: string }> => {
  const store = await stores.open(place);
  const [owner, other] = [await createPerson(store), await createPerson(store)];
  const accountId = owner.id;
  const read = new Set(['read'] as const);
  const revoked = await makeTokenFor(store, { accountId });
  const write = await makeTokenFor(store, { accountId });
  const gone = await fetch(`${platform.url}${A}/tokens/${revoked.id}`, { method: 'DELETE', headers: bearer(write.token) });
  expect(gone.status).toBe(200);
  const headers = {
    none: {},
    malformed: bearer('mog_this-is-not-a-token'),
    unknown: bearer(makeToken('mog_', randomBytes)),
    expired: bearer((await makeTokenFor(store, { accountId, expiresAt: Date.now() - 1 })).token),
    revoked: bearer(revoked.token),
    read: bearer((await makeTokenFor(store, { accountId, scopes: read })).token),
    write: bearer(write.token),
    'write alone': bearer((await makeTokenFor(store, { accountId, scopes: new Set(['write']) })).token),
    'oauth read': bearer(await makeAccessTokenFor(store, accountId, 'read')),
    'oauth write': bearer(await makeAccessTokenFor(store, accountId, 'read write')),
    'oauth write alone': bearer(await makeAccessTokenFor(store, accountId, 'write')),
    session: { cookie: await signIn(platform.url, owner), origin: platform.url },
    run: bearer((await makeRunTokenFor(store, accountId)).token),
    'other read': bearer((await makeTokenFor(store, { accountId: other.id, scopes: read })).token),
    'other write': bearer((await makeTokenFor(store, { accountId: other.id })).token),
    'other session': { cookie: await signIn(platform.url, other), origin: platform.url },
  };
  return { headers, owner, ownToken: (await makeTokenFor(store, { accountId })).id };
};

const send = async (url: string, route: string, headers: Record<string, string>): Promise<number> => {
  const [method = '', path = ''] = route.split(' ');
  const target = `${url}${path.replaceAll(/(?<=\/):[A-Za-z]+/g, 'nothing').replace('*', 'nothing')}`;
  const hasBody = method !== 'GET' && method !== 'HEAD' && method !== 'DELETE';
  const response = await fetch(target, {
    method,
    redirect: 'manual',
    headers: { ...headers, ...(hasBody ? { 'content-type': 'application/json' } : {}) },
    ...(hasBody ? { body: '{}' } : {}),
  });
  await response.arrayBuffer();
  return response.status;
};

describeStores('B4 B5 the matrix', (stores) => {
  test('B4 B5 every route gives every kind of credential the answer of its row', async () => {
    const place = await stores.place();
    const platform = await startPlatform(place);
    const { headers } = await makeCredentials(stores, platform, place);
    const mounted = platform.routes.map(({ method, path }) => `${method} ${path}`);
    expect(mounted.toSorted()).toEqual(Object.keys(ROWS).toSorted());
    expect(GATEWAY_ROUTES.toSorted()).toEqual(Object.keys(GATEWAY).toSorted());

    const wrong: string[] = [];
    // Signing out ends the session that the others are tried with.
    const all = Object.entries({ ...ROWS, ...GATEWAY }).toSorted(
      ([a], [b]) => Number(a.includes('sign-out')) - Number(b.includes('sign-out')),
    );
    for (const [route, [needs, letIn, other = letIn]] of all) {
      for (const credential of CREDENTIALS) {
        // The gateway takes tokens alone: a cookie never spends credit.
        const expected =
          route in GATEWAY && needs !== 'public' && SESSIONS.has(credential)
            ? 401
            : (refusal(needs, credential) ?? (credential.startsWith('other') ? other : letIn));
        const status = await send(platform.url, route, headers[credential]);
        if (status !== expected) wrong.push(`${route} with ${credential}: ${status} instead of ${expected}`);
      }
    }
    expect(wrong).toEqual([]);
    await platform.close();
  });

  test("B4 another account's token finds nothing of ours", async () => {
    const place = await stores.place();
    const platform = await startPlatform(place);
    const { headers, ownToken } = await makeCredentials(stores, platform, place);
    const remove = (credential: Credential) =>
      fetch(`${platform.url}${A}/tokens/${ownToken}`, { method: 'DELETE', headers: headers[credential] });
    expect((await remove('other write')).status).toBe(404);
    const list = await (await fetch(`${platform.url}${A}/tokens`, { headers: headers['other read'] })).text();
    expect(list).not.toContain(ownToken);
    expect((await remove('write')).status).toBe(200);
    await platform.close();
  });
});
