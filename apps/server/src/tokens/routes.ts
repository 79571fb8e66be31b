import { createdToken, newToken, tokenPage, type TokenInfo } from '@mogplex/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import { makePage, pageQuery, readCursor } from '../http/page.ts';
import type { Principal } from '../http/principal.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { Platform } from '../platform.ts';
import { createToken } from './create.ts';
import { parseExpiry } from './expiry.ts';
import { revokeToken } from './revoke.ts';
import { manageableServiceAccount } from './service-accounts.ts';
import type { TokenTables } from './tables.ts';

const PATH = '/api/v1/mogplex/tokens';

const listQuery = pageQuery.extend({ serviceAccountId: z.string().max(64).optional() });

const show = (row: Omit<TokenTables['token'], 'hash'>): TokenInfo => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes.split(' ') as TokenInfo['scopes'],
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  revokedAt: row.revoked_at,
});

/** Whose tokens a request is about: the caller's own, or those of a service account that the person of a session runs. */
const ownerOf = async (
  { store }: Platform,
  principal: Principal,
  serviceAccountId: string | undefined,
): Promise<{ accountId: string; teamId?: string }> => {
  if (serviceAccountId === undefined || serviceAccountId === principal.accountId) {
    return { accountId: principal.accountId, ...(principal.teamId === undefined ? {} : { teamId: principal.teamId }) };
  }
  const row = await manageableServiceAccount(store.db, serviceAccountId, principal.accountId);
  return { accountId: row.id, teamId: row.team_id };
};

const listRoute = (platform: Platform): Route =>
  defineRoute({
    method: 'GET',
    path: PATH,
    scope: 'read',
    boundary: 'token',
    summary: 'Your personal access tokens, newest first',
    request: { query: listQuery },
    response: tokenPage,
    errors: ['not_found'],
    async handler({ query, principal }) {
      const { accountId } = await ownerOf(platform, principal, query.serviceAccountId);
      const after = readCursor(query.cursor);
      const rows = await platform.store.db
        .selectFrom('token')
        .selectAll()
        .where('account_id', '=', accountId)
        .where('kind', '=', 'personal')
        .$if(after !== undefined, (select) => select.where(sql<boolean>`(created_at, id) < (${after?.at}, ${after?.id})`))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(query.limit + 1)
        .execute();
      return makePage(rows, query.limit, show);
    },
  });

const createRoute = (platform: Platform): Route =>
  defineRoute({
    method: 'POST',
    path: PATH,
    // Not `write`: a token that leaks must not be able to make others that outlive it.
    scope: 'session',
    boundary: 'token',
    rateLimit: 'start',
    summary: 'Make a personal access token; it is shown once',
    request: { body: newToken },
    response: createdToken,
    status: 201,
    noStore: true,
    idempotent: true,
    errors: ['not_found'],
    async handler({ body, principal, requestId }) {
      const { store, now } = platform;
      const owner = await ownerOf(platform, principal, body.serviceAccountId);
      const wanted = {
        ...owner,
        name: body.name,
        scopes: new Set(body.scopes),
        ...(body.expires === null ? {} : { expiresAt: parseExpiry(body.expires, now()) }),
      };
      const { token, id } = await createToken(store.db, wanted, { actor: principal.accountId, requestId }, platform);
      const row = await store.db.selectFrom('token').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      return { ...show(row), token: token.reveal() };
    },
  });

const revokeRoute = (platform: Platform): Route =>
  defineRoute({
    method: 'DELETE',
    path: `${PATH}/:id`,
    scope: 'write',
    boundary: 'token',
    summary: 'Revoke a token: once this answers, no server lets it in',
    request: { params: z.object({ id: z.string().max(64) }), query: z.object({ serviceAccountId: z.string().max(64).optional() }) },
    response: z.object({ status: z.literal('revoked') }),
    errors: ['not_found'],
    async handler({ params, query, principal, requestId }) {
      const { store, coherence, now } = platform;
      const { accountId } = await ownerOf(platform, principal, query.serviceAccountId);
      await revokeToken({ db: store.db, coherence, now }, { id: params.id, accountId }, 'owner', { actor: principal.accountId, requestId });
      return { status: 'revoked' as const };
    },
  });

/** List, make and revoke personal access tokens (statement B3). */
export const tokenRoutes = (platform: Platform): Route[] => [listRoute(platform), createRoute(platform), revokeRoute(platform)];
