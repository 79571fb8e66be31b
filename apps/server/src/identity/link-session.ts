import { createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import type { BetterAuthPlugin } from 'better-auth/types';
import { z } from 'zod';

const linking = z.object({ link: z.object({ userId: z.coerce.string() }) });

/** Whose account a sign-in under way is to be linked to; undefined where it links none. */
const linkedTo = (kept: string | undefined): string | undefined => {
  if (kept === undefined) return undefined;
  const state = linking.safeParse(JSON.parse(kept));
  return state.data?.link.userId;
};

/**
 * Completes the link of a GitHub account only while its own person is signed in. The account library looks at the browser alone: somebody
 * who was shown out (session ended, password changed, account deleted) could still complete a link that they began before, and come
 * back in by it for good (RFC 6749 section 10.12: the request is bound to the authenticated state of the browser).
 */
export const linkByItsPersonAlone = (): BetterAuthPlugin => ({
  id: 'link-by-its-person-alone',
  hooks: {
    before: [
      {
        matcher: ({ path }) => path?.startsWith('/callback/') === true,
        handler: createAuthMiddleware(async (ctx) => {
          const state: unknown = ctx.query?.['state'];
          if (typeof state !== 'string' || state === '') return;
          const { internalAdapter } = ctx.context;
          const person = linkedTo((await internalAdapter.findVerificationValue(state))?.value);
          if (person === undefined) return;
          const session = await getSessionFromCtx(ctx);
          if (session?.user.id === person) return;
          await internalAdapter.deleteVerificationByIdentifier(state);
          throw ctx.redirect('/sign-in?error=state_mismatch');
        }),
      },
    ],
  },
});
