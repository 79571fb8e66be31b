import { type AccountLogin, type AuthFile, type ResolvedCredential, Secret } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import type { AccountCredential } from '@mogplex/providers';
import type { SecretValue } from '@moxxy/sdk';
import type { World } from '../world.ts';

/** Where a platform is looked for when nobody names one. */
export const DEFAULT_PLATFORM = 'http://127.0.0.1:4100';

/** An access token that ends sooner than this is refreshed before it is used. */
const MARGIN_MS = 60_000;

const signInAgain = (why: string): MogplexError =>
  new MogplexError('unauthenticated', why, { boundary: 'account', hint: 'Sign in again: run mogplex login.' });

/** Spends the refresh token of a login at the platform that issued it (RFC 6749 section 6, endpoint by RFC 8414). */
const exchange = async (world: World, login: AccountLogin, signal: AbortSignal, unfinished: boolean): Promise<AccountLogin> => {
  if (!login.refreshToken) throw signInAgain('the account login has run out');
  const { flowError, refreshAccessToken, RefreshFailure } = await import('@moxxy/plugin-oauth');
  const profile = {
    provider: 'mogplex',
    serviceName: 'Mogplex',
    issuer: login.origin,
    endpoints: 'oauth2' as const,
    clientId: login.clientId,
    scopes: [],
    hosts: [new URL(login.origin).host],
  };
  try {
    const tokens = await refreshAccessToken(profile, login.refreshToken, { fetch: world.fetch, now: world.now, signal });
    return {
      origin: login.origin,
      email: login.email,
      clientId: login.clientId,
      accessToken: tokens.accessToken,
      ...(tokens.refreshToken === undefined ? {} : { refreshToken: tokens.refreshToken }),
      ...(tokens.expiresAt === undefined ? {} : { expiresAt: tokens.expiresAt }),
    };
  } catch (error) {
    if (!(error instanceof RefreshFailure)) throw error;
    const { failure } = error;
    if (failure.kind !== 'refused') throw flowError('Mogplex', 'refresh of the account login', failure);
    throw signInAgain(
      unfinished ? 'an earlier refresh of the account login was lost on its way' : 'the platform has ended this account login',
    );
  }
};

/** The stored login, refreshed by one process at a time; the new one is on the disk before it is used (statement A9). */
const storedLogin = (world: World, file: AuthFile, origin: string): AccountCredential => {
  const stored = (): AccountLogin => {
    const { account, damage } = file.read();
    if (damage) throw damage;
    // The token goes to the platform that issued it and nowhere else, even when the login changed meanwhile.
    if (account?.origin === origin) return account;
    throw signInAgain('there is no account login for this platform any more');
  };
  const refresh = async (login: AccountLogin): Promise<SecretValue> => {
    const fresh = await file.refreshAccount(login.accessToken, {
      exchange: ({ current, signal, unfinished }) => exchange(world, current, signal, unfinished !== undefined),
    });
    return fresh.accessToken;
  };
  return {
    current: async () => {
      const login = stored();
      const endsSoon = login.expiresAt !== undefined && login.expiresAt - MARGIN_MS <= world.now();
      return endsSoon && login.refreshToken ? await refresh(login) : login.accessToken;
    },
    renew: async (refused) => {
      const login = stored();
      if (!login.accessToken.equals(new Secret(refused.reveal(), 'refused access token'))) return login.accessToken;
      return await refresh(login);
    },
  };
};

/** A personal access token from the environment: nothing can be renewed. */
const fixedToken = (token: Secret, origin: string): AccountCredential => ({
  current: async () => token,
  renew: async () => {
    throw new MogplexError('unauthenticated', `the platform at ${origin} refused the token in MOGPLEX_API_KEY`, {
      boundary: 'token',
      hint: 'Make a new token in Settings, or check that MOGPLEX_URL is the platform it belongs to.',
    });
  },
});

/** The platform that a resolved account credential belongs to. */
export const originOf = (found: ResolvedCredential): string => (found.via === 'gateway' ? found.origin : undefined) ?? DEFAULT_PLATFORM;

/** The token of a resolved account credential, kept fresh where it is a stored login. */
export const accountCredential = (world: World, file: AuthFile, found: ResolvedCredential): AccountCredential => {
  if (found.via !== 'gateway') throw signInAgain(`${found.source.text} is no credential of an account`);
  return found.source.kind === 'account' ? storedLogin(world, file, originOf(found)) : fixedToken(found.secret, originOf(found));
};
