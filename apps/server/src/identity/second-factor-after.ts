import { randomBytes } from 'node:crypto';
import { createAuthMiddleware } from 'better-auth/api';
import { deleteSessionCookie } from 'better-auth/cookies';
import type { BetterAuthPlugin } from 'better-auth/types';

/** The cookie in which the account library's second factor keeps a sign-in that is under way. */
const COOKIE = 'two_factor';
/** Seconds to type the code. */
const TTL = 600;

/** Whether an answer's cookies leave a sign-in waiting for its second factor. */
export const awaitsSecondFactor = (cookies: readonly string[]): boolean =>
  cookies.some((cookie) => /^[^=;]*\.two_factor=[^;]/.test(cookie));

/**
 * Asks for the one-time code after a sign-in at GitHub too. The account library asks for it after a password alone, and takes another
 * site's word for both factors; whoever takes over the account there would then be in here (OWASP ASVS 5.0, 6.8.4; NIST SP 800-63B-4,
 * section 2.2). This leaves behind what the library leaves after a password: no session, and the cookie that its code check looks for.
 */
export const secondFactorAfterGitHub = (now: () => number): BetterAuthPlugin => ({
  id: 'second-factor-after-github',
  hooks: {
    after: [
      {
        matcher: ({ path }) => path?.startsWith('/callback/') === true,
        handler: createAuthMiddleware(async (ctx) => {
          const { newSession, internalAdapter, secret } = ctx.context;
          if (newSession?.user['twoFactorEnabled'] !== true) return;
          deleteSessionCookie(ctx, true);
          await internalAdapter.deleteSession(newSession.session.token);
          ctx.context.setNewSession(null);
          const cookie = ctx.context.createAuthCookie(COOKIE, { maxAge: TTL });
          const identifier = `2fa-${randomBytes(20).toString('base64url')}`;
          const expiresAt = new Date(now() + TTL * 1_000);
          await internalAdapter.createVerificationValue({ value: newSession.user.id, identifier, expiresAt });
          await internalAdapter.createVerificationValue({ value: '0', identifier: `2fa-attempts-${identifier}`, expiresAt });
          await ctx.setSignedCookie(cookie.name, identifier, secret, cookie.attributes);
        }),
      },
    ],
  },
});
