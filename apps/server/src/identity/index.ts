import { z } from 'zod';
import type { CredentialResolvers } from '../http/principal.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { Platform } from '../platform.ts';
import { accountRoutes } from './account.ts';
import { createPersonalTeam, hasAccounts } from './accounts.ts';
import type { Auth, AuthSettings } from './auth.ts';
import type { Identity } from './context.ts';
import { readGitHubLink } from './github-link.ts';
import { githubRoutes } from './github-routes.ts';
import { decisionRoutes } from './oauth/decisions.ts';
import { checkAccessToken } from './oauth/grants.ts';
import { oauthServerRoutes } from './oauth/routes.ts';
import { passkeyRoutes, passkeysWork } from './passkeys.ts';
import { principalFromSession } from './session.ts';
import { createSetupCode } from './setup.ts';
import { signInRoutes } from './sign-in.ts';
import { sweepIdentity } from './sweep.ts';
import { noteOf } from './trail.ts';
import { invitationRoutes, invited } from './teams/invitations.ts';
import { teamRoutes } from './teams/routes.ts';
import { twoFactorRoutes } from './two-factor.ts';

/** What this room offers the others. */
export interface IdentityRoom {
  routes: Route[];
  resolvers: Pick<CredentialResolvers, 'principalFromAccessToken' | 'principalFromSession'>;
  /** The link where the owner account is made; undefined once there is an account. Each call makes the link before it void. */
  setupLink(): Promise<string | undefined>;
  /** Ends the room's timer. */
  close(): void;
}

const fromAccessToken = async ({ oauth }: Identity, token: string): ReturnType<CredentialResolvers['principalFromAccessToken']> => {
  const check = await checkAccessToken(oauth, token);
  if (check === undefined) return undefined;
  return {
    kind: 'oauth',
    accountId: check.userId,
    email: check.email,
    tokenId: check.grantId,
    name: check.clientName,
    scopes: check.scopes,
    expiresAt: check.expiresAt,
    clientId: check.clientId,
  };
};

/** Milliseconds after the start when the account library is loaded, unless somebody signed in before. */
const WARM_UP = 1_000;

/** Milliseconds between two removals of what has expired. */
const SWEEP_EVERY = 3_600_000;

const optionsRoute = ({ store, publicUrl, config }: Platform): Route =>
  defineRoute({
    method: 'GET',
    path: '/api/v1/mogplex/auth/options',
    scope: 'public',
    boundary: 'account',
    summary: 'Which ways to sign in the platform offers',
    response: z.object({ hasAccounts: z.boolean(), github: z.boolean(), passkeys: z.boolean() }),
    handler: async () => ({
      hasAccounts: await hasAccounts(store.db),
      github: config.github !== undefined,
      passkeys: passkeysWork(publicUrl),
    }),
  });

/** Opens accounts, sessions, teams and the authorization server. */
export const openIdentity = async (platform: Platform): Promise<IdentityRoom> => {
  const { store, publicUrl, now, randomBytes } = platform;
  const settings: AuthSettings = {
    publicUrl,
    now,
    ...(platform.config.github && { github: platform.config.github }),
    mayJoin: (email) => invited(store.db, email, now()),
    hasGitHub: async (userId) => (await readGitHubLink(store, userId)) !== undefined,
    linked: (userId) => noteOf(store.db, userId, { action: 'github.linked', subject: userId }, now()),
    joined: async (user) => {
      await createPersonalTeam(store.db, user, now());
    },
  };
  let loading: Promise<Auth> | undefined;
  const load = async (): Promise<Auth> => (await import('./auth.ts')).createAuth(store, settings);
  const auth = (): Promise<Auth> =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    }));
  const warmUp = setTimeout(() => {
    auth().catch((error: unknown) => platform.log.error('the account library could not be loaded', error));
  }, WARM_UP).unref();
  const identity: Identity = { platform, auth, oauth: { db: store.db, now, randomBytes, issuer: publicUrl } };
  const sweep = (): void => {
    sweepIdentity(store.db, now()).catch((error: unknown) => platform.log.error('expired sign-ins could not be removed', error));
  };
  sweep();
  const timer = setInterval(sweep, SWEEP_EVERY).unref();
  return {
    close: () => {
      clearTimeout(warmUp);
      clearInterval(timer);
    },
    routes: [
      optionsRoute(platform),
      ...signInRoutes(identity),
      ...passkeyRoutes(identity),
      ...githubRoutes(identity),
      ...accountRoutes(identity),
      ...twoFactorRoutes(identity),
      ...oauthServerRoutes(identity),
      ...decisionRoutes(identity),
      ...teamRoutes(identity),
      ...invitationRoutes(identity),
    ],
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
