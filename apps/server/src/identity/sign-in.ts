import { MogplexError } from '@mogplex/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import type { RequestInfo, Route } from '../http/route.ts';
import { typed } from './accounts.ts';
import { libraryAnswer } from './calls.ts';
import type { Identity } from './context.ts';
import { type CookieAnswer, cookieRoute } from './cookies.ts';
import { sha256 } from './oauth/context.ts';
import { endSession, principalFromSession } from './session.ts';
import { createOwner } from './setup.ts';
import { chargeAttempt, refundAttempt } from './throttle.ts';

const WRONG = { code: 'unauthenticated', message: 'the address or the password is wrong' } as const;
const WRONG_CODE = { code: 'unauthenticated', message: 'the code is wrong or was used before' } as const;
/** A code is good for its 30 seconds and one step on either side. */
const CODE_WINDOW = 90_000;

const signedIn: { status: string } = { status: 'signed-in' };

/** Answer of a sign-in: done, or waiting for the second factor. */
const signInShape = z.object({ status: z.enum(['signed-in', 'second-factor']) });

/** The headers without the session cookie, so that the library looks at the second factor's own cookie. */
const withoutSession = (headers: Headers): Headers => {
  const copy = new Headers(headers);
  const cookies = (headers.get('cookie') ?? '').split(/;\s*/).filter((pair) => !/^[^=]*session_token=/.test(pair));
  copy.set('cookie', cookies.join('; '));
  return copy;
};

/** A new sign-in takes the place of the session that the browser had. */
const replaceSession = async ({ auth, platform }: Identity, headers: Headers): Promise<void> => {
  const before = await principalFromSession(auth, headers.get('cookie') ?? '');
  if (before) await endSession(platform.store.db, before.tokenId, before.accountId);
};

/**
 * Signs in by password.
 *
 * @returns `second-factor` when the account has one; then no session exists yet.
 * @throws MogplexError `unauthenticated`, the same for an unknown address and a wrong password; `rate_limited`.
 */
export const signInByPassword = async (
  identity: Identity,
  email: string,
  password: string,
  headers: Headers,
  info: RequestInfo,
): Promise<CookieAnswer> => {
  const { auth, platform } = identity;
  const account = email.trim().toLowerCase();
  await chargeAttempt(platform.store.db, { account }, info.address, platform.now());
  const response = await (await auth()).api.signInEmail({ body: { email: account, password }, headers, asResponse: true });
  const { body, cookies } = await libraryAnswer(response, WRONG);
  const { twoFactorRedirect } = z.object({ twoFactorRedirect: z.boolean().default(false) }).parse(body);
  if (twoFactorRedirect) return { data: { status: 'second-factor' }, cookies };
  await refundAttempt(platform.store.db, { account }, info.address);
  await replaceSession(identity, headers);
  return { data: signedIn, cookies };
};

/**
 * Spends a one-time code that was found right: each is good once (RFC 6238 section 5.2), whatever it was given for.
 *
 * @returns false when it was spent before.
 */
export const spendCode = async ({ platform }: Identity, userId: string, code: string): Promise<boolean> => {
  const now = platform.now();
  const row = await platform.store.db
    .insertInto('sign_in_attempt')
    .values({ key: sha256(`totp:${userId}:${code}`), count: 1, window_ends_at: now + CODE_WINDOW })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({
        count: sql<number>`case when sign_in_attempt.window_ends_at <= ${now} then 1 else sign_in_attempt.count + 1 end`,
        window_ends_at: now + CODE_WINDOW,
      }),
    )
    .returning('count')
    .executeTakeFirstOrThrow();
  return row.count === 1;
};

const signInBySecondFactor = async (
  identity: Identity,
  { method, code }: { method: 'totp' | 'backup'; code: string },
  headers: Headers,
  info: RequestInfo,
): Promise<CookieAnswer> => {
  const { auth, platform } = identity;
  await chargeAttempt(platform.store.db, { proof: 'second factor' }, info.address, platform.now());
  const { api } = await auth();
  const call = { body: { code: code.replaceAll(/\s/g, '') }, headers: withoutSession(headers), asResponse: true } as const;
  const response = await (method === 'totp' ? api.verifyTOTP(call) : api.verifyBackupCode(call));
  const { body, cookies } = await libraryAnswer(response, WRONG_CODE);
  const answer = z.object({ token: z.string(), user: z.object({ id: z.string() }) }).parse(body);
  if (method === 'totp' && !(await spendCode(identity, answer.user.id, call.body.code))) {
    await platform.store.db.deleteFrom('session').where('token', '=', sha256(answer.token)).execute();
    throw new MogplexError(WRONG_CODE.code, WRONG_CODE.message, { boundary: 'account' });
  }
  await refundAttempt(platform.store.db, { proof: 'second factor' }, info.address);
  await replaceSession(identity, headers);
  return { data: signedIn, cookies };
};

const password = z.string().max(1024);

/** Signing in and out, and making the owner's account by the set-up link. */
export const signInRoutes = (identity: Identity): Route[] => {
  const { auth, platform } = identity;
  const { db } = platform.store;
  return [
    cookieRoute(platform.publicUrl, {
      method: 'POST',
      path: '/auth/set-up',
      scope: 'public',
      summary: 'Makes the owner account by the one-time code of the set-up link',
      body: z.object({
        code: z.string().max(200),
        email: z.string().max(254),
        password,
        name: z.string().trim().min(1).max(80).optional(),
      }),
      response: signInShape,
      errors: ['gone', 'conflict', 'unauthenticated'],
      handler: async ({ body, headers, info }) => {
        const account = { email: body.email, password: typed(body.password), ...(body.name === undefined ? {} : { name: body.name }) };
        await createOwner(db, account, platform.now(), body.code);
        return signInByPassword(identity, body.email, body.password, headers, info);
      },
    }),
    cookieRoute(platform.publicUrl, {
      method: 'POST',
      path: '/auth/sign-in',
      scope: 'public',
      summary: 'Signs in by password',
      body: z.object({ email: z.email('is not an email address').max(254), password }),
      response: signInShape,
      errors: ['unauthenticated'],
      handler: ({ body, headers, info }) => signInByPassword(identity, body.email, body.password, headers, info),
    }),
    cookieRoute(platform.publicUrl, {
      method: 'POST',
      path: '/auth/second-factor',
      scope: 'public',
      summary: 'Completes a sign-in with a one-time code or a backup code',
      body: z.object({ method: z.enum(['totp', 'backup']), code: z.string().min(1).max(64) }),
      response: signInShape,
      errors: ['unauthenticated'],
      handler: ({ body, headers, info }) => signInBySecondFactor(identity, body, headers, info),
    }),
    cookieRoute(platform.publicUrl, {
      method: 'POST',
      path: '/auth/sign-out',
      scope: 'public',
      summary: 'Ends the browser session',
      body: z.object({}),
      response: z.object({ status: z.literal('signed-out') }),
      handler: async ({ headers }) => {
        const response = await (await auth()).api.signOut({ headers, asResponse: true });
        return { data: { status: 'signed-out' }, cookies: response.headers.getSetCookie() };
      },
    }),
  ];
};
