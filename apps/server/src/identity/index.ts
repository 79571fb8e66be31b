import { MogplexError } from '@mogplex/protocol';
import type { CredentialResolvers } from '../http/principal.ts';
import type { Route } from '../http/route.ts';
import type { Platform } from '../platform.ts';
import { createPersonalTeam } from './accounts.ts';
import { createAuth } from './auth.ts';
import type { Identity } from './context.ts';
import { decisionRoutes } from './oauth/decisions.ts';
import { checkAccessToken, ENDED_MESSAGE } from './oauth/grants.ts';
import { oauthServerRoutes } from './oauth/routes.ts';
import { principalFromSession } from './session.ts';
import { createSetupCode } from './setup.ts';
import { signInRoutes } from './sign-in.ts';

/** What this room offers the others. */
export interface IdentityRoom {
  routes: Route[];
  resolvers: Pick<CredentialResolvers, 'principalFromAccessToken' | 'principalFromSession'>;
  /** The link where the owner account is made; undefined once there is an account. Each call makes the link before it void. */
  setupLink(): Promise<string | undefined>;
}

const fromAccessToken = async (
  { oauth, platform }: Identity,
  token: string,
): ReturnType<CredentialResolvers['principalFromAccessToken']> => {
  const check = await checkAccessToken(oauth, token);
  if (check.kind === 'unknown') return undefined;
  if (check.kind === 'ended') {
    throw new MogplexError('unauthenticated', ENDED_MESSAGE, { boundary: 'token', hint: 'Run mogplex and sign in again.' });
  }
  const user = await platform.store.db.selectFrom('user').select('email').where('id', '=', check.userId).executeTakeFirst();
  if (user === undefined) return undefined;
  return {
    kind: 'oauth',
    accountId: check.userId,
    email: user.email,
    tokenId: check.grantId,
    name: check.clientName,
    scopes: check.scopes,
    expiresAt: check.expiresAt,
    clientId: check.clientId,
  };
};

/** Opens accounts, sessions, teams and the authorization server. */
export const openIdentity = async (platform: Platform): Promise<IdentityRoom> => {
  const { store, publicUrl, now, randomBytes } = platform;
  const auth = await createAuth(store, {
    publicUrl,
    now,
    mayJoin: () => Promise.resolve(false),
    joined: async (user) => {
      await createPersonalTeam(store.db, user, now());
    },
  });
  const identity: Identity = { platform, auth, oauth: { db: store.db, now, randomBytes, issuer: publicUrl } };
  return {
    routes: [...signInRoutes(identity), ...oauthServerRoutes(identity), ...decisionRoutes(identity)],
    resolvers: {
      principalFromAccessToken: (token) => fromAccessToken(identity, token),
      principalFromSession: (cookie) => principalFromSession(auth, cookie),
    },
    setupLink: async () => {
      const code = await createSetupCode(store.db, now());
      return code === undefined ? undefined : `${publicUrl}/set-up#${code}`;
    },
  };
};
