import type { IncomingMessage } from 'node:http';
import { MogplexError } from '@mogplex/protocol';
import type { CredentialResolvers, MaybeLater, Principal } from './principal.ts';

const ACCESS_TOKEN = /^mog_at_[A-Za-z0-9_-]{20,200}$/;

const unauthenticated = (): MogplexError =>
  new MogplexError('unauthenticated', 'the credential is not valid', {
    boundary: 'token',
    hint: 'Sign in again, or make a new token in Settings.',
  });

const known = (principal: Principal | undefined): Principal => {
  if (!principal) throw unauthenticated();
  return principal;
};

/** The token of an `Authorization: Bearer` header (RFC 6750 section 2.1); undefined without a header, empty for another scheme. */
export const bearerOf = (incoming: IncomingMessage): string | undefined => {
  const { authorization } = incoming.headers;
  return authorization === undefined ? undefined : (/^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '');
};

/**
 * Finds who calls. A token that is malformed, unknown, expired or revoked ends in one and the same error (statement B5); a request
 * that carries one is never judged by its cookie.
 *
 * @returns undefined when the request carries no credential at all.
 */
export const createAuthenticator =
  (resolvers: CredentialResolvers) =>
  (incoming: IncomingMessage, token: string | undefined): MaybeLater<Principal | undefined> => {
    if (token === undefined) {
      const { cookie } = incoming.headers;
      return cookie === undefined ? undefined : resolvers.principalFromSession(cookie);
    }
    const found = ACCESS_TOKEN.test(token)
      ? resolvers.principalFromAccessToken(token)
      : resolvers.principalFromToken(token, incoming.socket);
    return found instanceof Promise ? found.then(known) : known(found);
  };
