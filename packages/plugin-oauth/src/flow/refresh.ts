import { type AuthorizationServer, processRefreshTokenResponse, refreshTokenGrantRequest } from 'oauth4webapi';
import type { Secret } from '@mogplex/credentials';
import { clientAuthOf, clientOf } from '../client-auth.ts';
import { discover } from '../discover.ts';
import { classify, type OAuthFailure } from '../errors.ts';
import { refreshRequestOptions, type Transport } from '../http.ts';
import type { OAuthProfile } from '../profile.ts';
import { type TokenSet, tokenSet } from '../tokens.ts';

export interface RefreshOptions extends Transport {
  now: () => number;
  /**
   * Called with the new tokens before they are returned, so that they are stored before anybody uses them. The old
   * refresh token is spent by then.
   */
  onTokensRefreshed?: (tokens: TokenSet) => Promise<void>;
  /** Metadata that is known already, so that a refresh is one request. */
  server?: AuthorizationServer;
}

/** A refresh that failed, with what it means for the login. */
export class RefreshFailure extends Error {
  override readonly name = 'RefreshFailure';
  readonly failure: OAuthFailure;

  constructor(failure: OAuthFailure) {
    super(`refresh failed: ${failure.kind}`);
    this.failure = failure;
  }
}

/**
 * Spends a refresh token for new tokens (RFC 6749 section 6). When the service sends no new refresh token, the old one
 * goes on (the answer repeats it).
 *
 * One request, no repetition: whether and when to try again is for the caller, who knows what is stored.
 *
 * @throws RefreshFailure whose `failure` says whether the token was refused or may have been spent unseen.
 */
export const refreshAccessToken = async (profile: OAuthProfile, refreshToken: Secret, options: RefreshOptions): Promise<TokenSet> => {
  const server = options.server ?? (await discover(profile, options));
  const client = clientOf(profile);
  let tokens: TokenSet;
  try {
    const request = refreshRequestOptions(options, server.token_endpoint ?? profile.issuer);
    const response = await refreshTokenGrantRequest(server, client, clientAuthOf(profile), refreshToken.reveal(), request);
    tokens = tokenSet(profile.provider, await processRefreshTokenResponse(server, client, response), options.now());
  } catch (error) {
    throw new RefreshFailure(classify(error, options.signal, [refreshToken.reveal(), profile.clientSecret?.reveal() ?? '']));
  }
  const complete = { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
  await options.onTokensRefreshed?.(complete);
  return complete;
};
