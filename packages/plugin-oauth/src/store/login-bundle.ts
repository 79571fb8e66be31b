import type { LoginBundle, LoginCard, SecretValue, StoredLogin } from '@moxxy/sdk';
import type { OAuthProfile } from '../profile.ts';
import type { TokenSet } from '../tokens.ts';

/** Names of the sealed values under `oauth/<provider>/`. */
export const ACCESS = 'accessToken';
export const REFRESH = 'refreshToken';

const claim = (tokens: TokenSet, name: string): string | undefined => {
  const value = tokens.claims?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** Who logged in, from the id token: the most readable name that it has. */
export const accountOf = (tokens: TokenSet): string | undefined =>
  claim(tokens, 'email') ?? claim(tokens, 'preferred_username') ?? claim(tokens, 'name') ?? claim(tokens, 'sub');

const secretsOf = (tokens: TokenSet, more: Readonly<Record<string, SecretValue>>): Record<string, SecretValue> => ({
  ...more,
  [ACCESS]: tokens.accessToken,
  ...(tokens.refreshToken === undefined ? {} : { [REFRESH]: tokens.refreshToken }),
});

/** The record of a fresh login: nothing of an earlier one is in it. */
export const bundleOfLogin = (
  profile: OAuthProfile,
  tokens: TokenSet,
  now: number,
  more: Readonly<Record<string, SecretValue>> = {},
): LoginBundle => {
  const account = accountOf(tokens);
  const scope = tokens.scope ?? (profile.scopes.length > 0 ? profile.scopes.join(' ') : undefined);
  return {
    secrets: secretsOf(tokens, more),
    card: {
      serviceName: profile.serviceName,
      issuer: profile.issuer,
      ...(account === undefined ? {} : { account }),
      ...(tokens.expiresAt === undefined ? {} : { expiresAt: tokens.expiresAt }),
      refreshable: tokens.refreshToken !== undefined,
      loggedInAt: now,
      ...(scope === undefined ? {} : { scope }),
    },
  };
};

/** The record after a refresh: new tokens and times, the same person. */
export const bundleOfRefresh = (before: StoredLogin, tokens: TokenSet): LoginBundle => {
  const { expiresAt: _ended, lost: _lost, ...kept } = before.card;
  const card: LoginCard = {
    ...kept,
    ...(tokens.expiresAt === undefined ? {} : { expiresAt: tokens.expiresAt }),
    refreshable: tokens.refreshToken !== undefined,
    ...(tokens.scope === undefined ? {} : { scope: tokens.scope }),
  };
  const { [ACCESS]: _access, [REFRESH]: _refresh, ...more } = before.secrets;
  return { secrets: secretsOf(tokens, more), card };
};
