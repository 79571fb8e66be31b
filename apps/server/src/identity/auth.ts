import { passkey } from '@better-auth/passkey';
import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { getAdapter } from 'better-auth/db/adapter';
import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { twoFactor } from 'better-auth/plugins/two-factor';
import type { BetterAuthOptions } from 'better-auth/types';
import type { Store } from '../store/open.ts';
import { sealedAdapter } from './adapter.ts';
import { ADDRESS_HEADER } from './cookies.ts';
import type { GitHubSettings } from '../github/settings.ts';
import { githubProvider } from './github.ts';
import { linkByItsPersonAlone } from './link-session.ts';
import { identitySecret } from './secret.ts';
import { secondFactorAfterGitHub } from './second-factor-after.ts';

/** Milliseconds that a browser session lasts. It is not prolonged: then the person signs in again. */
export const SESSION_TTL = 14 * 24 * 3_600_000;

export interface AuthSettings {
  /** Origin under which browsers reach the platform. */
  publicUrl: string;
  github?: GitHubSettings;
  /** Whether an unknown person with this verified address may make an account by a linked sign-in. */
  mayJoin: (email: string) => Promise<boolean>;
  /** Whether the account is linked to one at GitHub. */
  hasGitHub: (userId: string) => Promise<boolean>;
  /** Runs after an account at GitHub was linked to one here. */
  linked(userId: string): Promise<void>;
  /** Runs after the library made an account. */
  joined(user: { id: string; name: string; email: string }): Promise<void>;
  now: () => number;
}

const plugins = (settings: AuthSettings) => [
  genericOAuth({ config: settings.github ? [githubProvider(settings.github, settings)] : [] }),
  twoFactor({ issuer: 'Mogplex', skipVerificationOnEnable: false, allowPasswordless: true, accountLockout: { enabled: true } }),
  linkByItsPersonAlone(),
  secondFactorAfterGitHub(settings.now),
  passkey({
    rpID: new URL(settings.publicUrl).hostname,
    rpName: 'Mogplex',
    origin: settings.publicUrl,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    authentication: {
      // A passkey stands in for a password and a second factor: the device must have checked its person.
      afterVerification: ({ verification }) => {
        if (!verification.authenticationInfo.userVerified) throw new APIError('UNAUTHORIZED');
      },
    },
  }),
];

const settingsOf = (settings: AuthSettings, secret: string) => {
  const secure = settings.publicUrl.startsWith('https:');
  return {
    appName: 'Mogplex',
    baseURL: settings.publicUrl,
    basePath: '/api/auth',
    secret,
    trustedOrigins: [settings.publicUrl],
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 256 },
    session: { expiresIn: SESSION_TTL / 1000, disableSessionRefresh: true, cookieCache: { enabled: false }, freshAge: 600 },
    verification: { storeIdentifier: 'hashed' },
    account: {
      accountLinking: { enabled: true, disableImplicitLinking: true, allowDifferentEmails: true },
      storeStateStrategy: 'database',
      // A sign-in asks for little: its token must not take the place of the one that may see repositories.
      updateAccountOnSignIn: false,
      encryptOAuthTokens: false,
    },
    // Our own limits and origin checks guard every route that reaches the library.
    rateLimit: { enabled: false },
    advanced: {
      // The prefix binds a cookie to this very host; it is only allowed over https.
      cookiePrefix: secure ? '__Host-mogplex' : 'mogplex',
      useSecureCookies: false,
      defaultCookieAttributes: { secure, httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    databaseHooks: {
      user: {
        create: {
          before: async (user) => ((await settings.mayJoin(user.email)) ? undefined : false),
          after: async (user) => settings.joined(user),
        },
      },
      account: {
        create: {
          // One GitHub account at most, so that there is no doubt whose repositories are meant.
          before: async ({ userId, providerId }) => (providerId === 'github' && (await settings.hasGitHub(userId)) ? false : undefined),
          after: async ({ userId, providerId }) => (providerId === 'github' ? settings.linked(userId) : undefined),
        },
      },
    },
    logger: { disabled: true },
    telemetry: { enabled: false },
    plugins: plugins(settings),
  } satisfies BetterAuthOptions;
};

/**
 * The account library over our store. None of its routes is mounted but the callback of GitHub: our own routes call it, check
 * the origin, charge the limits and answer in our envelope.
 */
export const createAuth = async (store: Store, settings: AuthSettings) => {
  const secret = await identitySecret(store, settings.now);
  const options = settingsOf(settings, secret.reveal());
  // `sqlite` on both stores: booleans are integers and dates are text everywhere.
  const inner = await getAdapter({ ...options, database: { db: store.db, type: 'sqlite' } });
  return betterAuth({ ...options, database: () => sealedAdapter(inner, store.sealer, options.secret) });
};

export type Auth = Awaited<ReturnType<typeof createAuth>>;
