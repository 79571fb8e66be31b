import { Secret } from '@mogplex/credentials';
import { getValidatedIdTokenClaims, type IDToken, type TokenEndpointResponse } from 'oauth4webapi';

/** What a token endpoint handed out. */
export interface TokenSet {
  accessToken: Secret;
  /** Absent when the service gave none. */
  refreshToken?: Secret;
  /** When the access token ends, in ms since 1970; absent when the service did not say. */
  expiresAt?: number;
  scope?: string;
  /** Claims of the id token that came along; who logged in. */
  claims?: IDToken;
}

/**
 * The tokens of a checked answer.
 *
 * @param provider for the labels of the secrets.
 * @param now ms since 1970 when the answer came.
 */
export const tokenSet = (provider: string, response: TokenEndpointResponse, now: number): TokenSet => {
  const claims = getValidatedIdTokenClaims(response);
  return {
    accessToken: new Secret(response.access_token, `${provider} access token`),
    ...(response.refresh_token === undefined || response.refresh_token === ''
      ? {}
      : { refreshToken: new Secret(response.refresh_token, `${provider} refresh token`) }),
    ...(response.expires_in === undefined ? {} : { expiresAt: now + response.expires_in * 1000 }),
    ...(response.scope === undefined ? {} : { scope: response.scope }),
    ...(claims === undefined ? {} : { claims }),
  };
};
