import { MogplexError, pageOf } from '@mogplex/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import { makePage, pageQuery, readCursor } from '../http/page.ts';
import type { Principal } from '../http/principal.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { isDuplicate } from '../store/failure.ts';
import { forgetHolder } from '../tokens/revoke.ts';
import { parseEmail } from './accounts.ts';
import { libraryAnswer } from './calls.ts';
import type { Identity } from './context.ts';
import { cookieRoute } from './cookies.ts';
import { deleteAccount } from './delete-account.ts';
import { displayName } from './oauth/context.ts';
import { verifyPassword } from './password.ts';
import { endOtherSessions, endSession } from './session.ts';
import { chargeAttempt, refundAttempt } from './throttle.ts';
import { note } from './trail.ts';

const PREFIX = '/api/v1/mogplex';

const accountShape = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  hasPassword: z.boolean(),
  twoFactor: z.boolean(),
  github: z.boolean(),
  authenticatedAt: z.number(),
});

const describe = async ({ platform }: Identity, principal: Principal): Promise<z.output<typeof accountShape>> => {
  const { db } = platform.store;
  const user = await db.selectFrom('user').selectAll().where('id', '=', principal.accountId).executeTakeFirstOrThrow();
  const linked = await db.selectFrom('account').select('providerId').where('userId', '=', user.id).execute();
  const has = (provider: string): boolean => linked.some(({ providerId }) => providerId === provider);
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    emailVerified: user.emailVerified === 1,
    hasPassword: has('credential'),
    twoFactor: user.twoFactorEnabled === 1,
    github: has('github'),
    authenticatedAt: principal.authenticatedAt ?? 0,
  };
};

const WRONG_PASSWORD = { code: 'unauthenticated', message: 'the password is wrong' } as const;

/** Proves once more that the person at the browser is the account's: by its password, where it has one. */
const provePassword = async ({ platform }: Identity, principal: Principal, typed: string | undefined, address: string): Promise<void> => {
  const { db } = platform.store;
  const credential = await db
    .selectFrom('account')
    .select('password')
    .where('userId', '=', principal.accountId)
    .where('providerId', '=', 'credential')
    .executeTakeFirst();
  if (credential?.password === undefined || credential.password === null) return;
  await chargeAttempt(db, { account: principal.accountId }, address, platform.now());
  if (!(await verifyPassword({ hash: credential.password, password: typed ?? '' }))) {
    throw new MogplexError(WRONG_PASSWORD.code, WRONG_PASSWORD.message, { boundary: 'account' });
  }
  await refundAttempt(db, { account: principal.accountId }, address);
};

const profileRoutes = (identity: Identity): Route[] => {
  const { db } = identity.platform.store;
  return [
    defineRoute({
      method: 'GET',
      path: `${PREFIX}/account`,
      scope: 'session',
      boundary: 'account',
      summary: 'The account of the browser session',
      response: accountShape,
      handler: ({ principal }) => describe(identity, principal),
    }),
    defineRoute({
      method: 'PATCH',
      path: `${PREFIX}/account`,
      scope: 'session',
      boundary: 'account',
      summary: 'Changes the name of the account',
      request: { body: z.object({ name: z.string().trim().min(1).max(80) }) },
      response: accountShape,
      handler: async ({ body, principal }) => {
        await db
          .updateTable('user')
          .set({ name: displayName(body.name) })
          .where('id', '=', principal.accountId)
          .execute();
        return describe(identity, principal);
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${PREFIX}/account/email`,
      scope: 'session-fresh',
      boundary: 'account',
      summary: 'Changes the address of the account',
      request: { body: z.object({ email: z.string().max(254), password: z.string().max(1024).optional() }) },
      response: z.object({ status: z.literal('changed') }),
      errors: ['conflict', 'rate_limited'],
      handler: async ({ body, principal, address, requestId }) => {
        const email = parseEmail(body.email);
        await provePassword(identity, principal, body.password, address);
        const taken = new MogplexError('conflict', 'this address already has an account', { boundary: 'account' });
        if (email === principal.email) throw taken;
        // An invitation that is made for the address from now on proves it.
        const changedAt = new Date(identity.platform.now()).toISOString();
        try {
          await db
            .updateTable('user')
            .set({ email, emailVerified: 0, updatedAt: changedAt })
            .where('id', '=', principal.accountId)
            .execute();
        } catch (error) {
          throw isDuplicate(error) ? taken : error;
        }
        await forgetHolder(identity.platform, principal.accountId);
        await note(identity, principal, requestId, { action: 'account.address_changed', subject: principal.accountId });
        return { status: 'changed' as const };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${PREFIX}/account`,
      scope: 'session-fresh',
      boundary: 'account',
      summary: 'Deletes the account, its tokens and its sign-ins',
      request: { body: z.object({ email: z.string() }) },
      response: z.object({ status: z.literal('deleted') }),
      errors: ['conflict'],
      handler: async ({ body, principal, requestId }) => {
        if (body.email.trim().toLowerCase() !== principal.email) {
          throw new MogplexError('invalid_request', 'type the address of the account to confirm', { boundary: 'account' });
        }
        await deleteAccount(identity, principal.accountId, requestId);
        return { status: 'deleted' as const };
      },
    }),
  ];
};

const passwordRoute = (identity: Identity): Route =>
  cookieRoute(identity.platform.publicUrl, {
    method: 'POST',
    path: '/account/password',
    scope: 'session-fresh',
    summary: 'Changes the password and ends the other browser sessions',
    body: z.object({ current: z.string().max(1024).optional(), next: z.string().min(12, 'needs at least 12 characters').max(256) }),
    response: z.object({ status: z.literal('changed') }),
    errors: ['unauthenticated'],
    handler: async ({ body, headers, principal, info }) => {
      await provePassword(identity, principal, body.current, info.address);
      const { hasPassword } = await describe(identity, principal);
      const { api } = await identity.auth();
      const response = await (hasPassword
        ? api.changePassword({ body: { currentPassword: body.current ?? '', newPassword: body.next }, headers, asResponse: true })
        : api.setPassword({ body: { newPassword: body.next }, headers, asResponse: true }));
      const { cookies } = await libraryAnswer(response, WRONG_PASSWORD);
      await endOtherSessions(identity.platform.store.db, principal.accountId, principal.tokenId);
      await note(identity, principal, info.requestId, { action: 'account.password_changed', subject: principal.accountId });
      return { data: { status: 'changed' }, cookies };
    },
  });

const sessionShape = z.object({
  id: z.string(),
  current: z.boolean(),
  userAgent: z.string(),
  address: z.string(),
  createdAt: z.number(),
  expiresAt: z.number(),
});

const ended = z.object({ status: z.literal('ended') });

const sessionRoutes = (identity: Identity): Route[] => {
  const { platform } = identity;
  const { db } = platform.store;
  return [
    defineRoute({
      method: 'GET',
      path: `${PREFIX}/sessions`,
      scope: 'session',
      boundary: 'account',
      summary: 'Browser sessions of the account',
      request: { query: pageQuery },
      response: pageOf(sessionShape),
      handler: async ({ query, principal }) => {
        const after = readCursor(query.cursor);
        const moment = after && new Date(after.at).toISOString();
        const rows = await db
          .selectFrom('session')
          .select(['id', 'userAgent', 'ipAddress', 'createdAt', 'expiresAt'])
          .where('userId', '=', principal.accountId)
          .where('expiresAt', '>', new Date(platform.now()).toISOString())
          .$if(after !== undefined, (select) => select.where(sql<boolean>`("createdAt", id) < (${moment}, ${after?.id})`))
          .orderBy('createdAt', 'desc')
          .orderBy('id', 'desc')
          .limit(query.limit + 1)
          .execute();
        const dated = rows.map((row) => ({ ...row, created_at: Date.parse(row.createdAt) }));
        return makePage(dated, query.limit, (row) => ({
          id: row.id,
          current: row.id === principal.tokenId,
          userAgent: row.userAgent ?? '',
          address: row.ipAddress ?? '',
          createdAt: row.created_at,
          expiresAt: Date.parse(row.expiresAt),
        }));
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${PREFIX}/sessions/:id`,
      scope: 'session',
      boundary: 'account',
      summary: 'Ends a browser session',
      request: { params: z.object({ id: z.string() }) },
      response: ended,
      errors: ['not_found'],
      handler: async ({ params, principal, requestId }) => {
        if (!(await endSession(db, params.id, principal.accountId))) {
          throw new MogplexError('not_found', 'there is no such session', { boundary: 'account' });
        }
        await note(identity, principal, requestId, { action: 'session.ended', subject: params.id });
        return { status: 'ended' as const };
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${PREFIX}/sessions/end-others`,
      scope: 'session',
      boundary: 'account',
      summary: 'Ends every browser session but this one',
      response: ended.extend({ count: z.number() }),
      handler: async ({ principal, requestId }) => {
        const count = await endOtherSessions(db, principal.accountId, principal.tokenId);
        await note(identity, principal, requestId, { action: 'session.others_ended', subject: principal.accountId, details: { count } });
        return { status: 'ended' as const, count };
      },
    }),
  ];
};

/** Profile, address, password, deletion, and the list of browser sessions. */
export const accountRoutes = (identity: Identity): Route[] => [
  ...profileRoutes(identity),
  passwordRoute(identity),
  ...sessionRoutes(identity),
];
