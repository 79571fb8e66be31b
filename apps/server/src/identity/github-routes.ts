import { MogplexError } from '@mogplex/protocol';
import { z } from 'zod';
import { defineRawRoute, defineRoute, type Route } from '../http/route.ts';
import { libraryAnswer } from './calls.ts';
import type { Identity } from './context.ts';
import { cookieRoute, libraryHeaders } from './cookies.ts';
import { prepareGrantEnd } from './github-grant.ts';
import { awaitsSecondFactor } from './second-factor-after.ts';
import { endSession, principalFromSession } from './session.ts';
import { note } from './trail.ts';

const PREFIX = '/api/v1/mogplex';

const REFUSED = { code: 'invalid_request', message: 'the sign-in with GitHub could not be started' } as const;

/** A path of our own pages: one slash, then no second one and no backslash, which browsers read as another host. */
const localPath = z
  .string()
  .max(4096)
  .regex(/^\/(?![/\\])[^\\\s]*$/, 'must be a path of this platform')
  .default('/');

const started = z.object({ url: z.string() });

const startRoutes = ({ auth, platform }: Identity): Route[] => [
  cookieRoute(platform.publicUrl, {
    method: 'POST',
    path: '/auth/github',
    scope: 'public',
    summary: 'Starts a sign-in with GitHub',
    body: z.object({ next: localPath }),
    response: started,
    handler: async ({ body, headers }) => {
      const errorCallbackURL = '/sign-in';
      const call = {
        body: { provider: 'github', callbackURL: body.next, errorCallbackURL, disableRedirect: true },
        headers,
        asResponse: true,
      } as const;
      const answer = await libraryAnswer(await (await auth()).api.signInSocial(call), REFUSED);
      return { data: { url: started.parse(answer.body).url }, cookies: answer.cookies };
    },
  }),
  cookieRoute(platform.publicUrl, {
    method: 'POST',
    path: '/account/github',
    scope: 'session-fresh',
    summary: 'Starts linking a GitHub account to this one, or reconnecting it',
    body: z.object({ next: localPath, access: z.enum(['public', 'all']).default('public') }),
    response: started,
    handler: async ({ body, headers }) => {
      const call = {
        body: {
          provider: 'github',
          callbackURL: body.next,
          errorCallbackURL: body.next,
          disableRedirect: true,
          // GitHub has no smaller scope that lists private repositories.
          ...(body.access === 'all' ? { scopes: ['repo'] } : {}),
        },
        headers,
        asResponse: true,
      } as const;
      const answer = await libraryAnswer(await (await auth()).api.linkSocialAccount(call), REFUSED);
      return { data: { url: started.parse(answer.body).url }, cookies: answer.cookies };
    },
  }),
];

/** What the library calls a failure, in the few words that our pages know. */
const REASONS: Readonly<Record<string, string>> = {
  access_denied: 'access_denied',
  account_not_linked: 'account_not_linked',
  signup_disabled: 'signup_disabled',
  unable_to_create_user: 'signup_disabled',
  unable_to_link_account: 'another_linked',
  account_already_linked_to_different_user: 'linked_elsewhere',
};

/** Where the browser goes from the callback: a page of ours, with the reason when it did not succeed. */
const landing = (location: string | null, publicUrl: string): string => {
  const url = new URL(location ?? '/sign-in?error=failed', publicUrl);
  if (url.origin !== publicUrl) return '/sign-in?error=failed';
  const error = url.searchParams.get('error');
  if (error === null) return url.pathname + url.search;
  const path = url.pathname.startsWith('/api/') ? '/sign-in' : url.pathname;
  return `${path}?error=${REASONS[error] ?? (/state|restart/.test(error) ? 'state_mismatch' : 'failed')}`;
};

/** GitHub sends the browser back here. The state and the PKCE verifier are checked by the account library. */
const callbackRoute = ({ auth, platform }: Identity): Route =>
  defineRawRoute({
    method: 'GET',
    path: '/api/auth/callback/github',
    scope: 'public',
    boundary: 'github',
    summary: 'Where GitHub sends the browser back',
    handler: async (c, _principal, info) => {
      const headers = libraryHeaders(c, info, platform.publicUrl);
      const before = await principalFromSession(auth, headers.get('cookie') ?? '');
      const { search } = new URL(c.req.url);
      const answer = await (await auth()).handler(new Request(`${platform.publicUrl}/api/auth/callback/github${search}`, { headers }));
      const cookies = answer.headers.getSetCookie();
      const page = landing(answer.headers.get('location'), platform.publicUrl);
      const location = awaitsSecondFactor(cookies)
        ? `/sign-in?${String(new URLSearchParams({ step: 'second-factor', next: page }))}`
        : page;
      const response = new Response(null, {
        status: 302,
        headers: { 'cache-control': 'no-store', location },
      });
      for (const cookie of cookies) response.headers.append('set-cookie', cookie);
      const replaced = before !== undefined && cookies.some((cookie) => /session_token=[^;]/.test(cookie));
      if (replaced) await endSession(platform.store.db, before.tokenId, before.accountId);
      return response;
    },
  });

const unlinkRoute = (identity: Identity): Route =>
  defineRoute({
    method: 'DELETE',
    path: `${PREFIX}/account/github`,
    scope: 'session-fresh',
    boundary: 'account',
    summary: 'Takes the GitHub account off this one, and ends the grant at GitHub',
    response: z.object({ status: z.literal('removed'), revoked: z.boolean() }),
    errors: ['conflict', 'not_found'],
    handler: async ({ principal, requestId }) => {
      const { platform } = identity;
      const endGrant = await prepareGrantEnd(platform, principal.accountId);
      await platform.store.db.transaction().execute(async (trx) => {
        const removed = await trx
          .deleteFrom('account')
          .where('userId', '=', principal.accountId)
          .where('providerId', '=', 'github')
          .executeTakeFirst();
        if (Number(removed.numDeletedRows) === 0) {
          throw new MogplexError('not_found', 'no GitHub account is linked', { boundary: 'account' });
        }
        const other = await trx.selectFrom('account').select('id').where('userId', '=', principal.accountId).executeTakeFirst();
        const key = await trx.selectFrom('passkey').select('id').where('userId', '=', principal.accountId).executeTakeFirst();
        if (other !== undefined || key !== undefined) return;
        throw new MogplexError('conflict', 'this is the only way to sign in to the account', {
          boundary: 'account',
          hint: 'Set a password or add a passkey first.',
        });
      });
      const revoked = await endGrant();
      await note(identity, principal, requestId, { action: 'github.unlinked', subject: principal.accountId, details: { revoked } });
      return { status: 'removed' as const, revoked };
    },
  });

/** Signing in with GitHub, linking it and taking it off again. */
export const githubRoutes = (identity: Identity): Route[] => [
  ...(identity.platform.config.github === undefined ? [] : [...startRoutes(identity), callbackRoute(identity)]),
  unlinkRoute(identity),
];
