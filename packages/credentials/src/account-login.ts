import { MogplexError } from '@mogplex/protocol';
import { isOrigin, type StoredAccount } from './auth-document.ts';
import { Secret } from './secret.ts';

/** A login of a Mogplex account. Its tokens go to `origin` and nowhere else. */
export interface AccountLogin {
  /** The origin that issued the tokens, such as `https://mogplex.example`. */
  origin: string;
  accessToken: Secret;
  refreshToken?: Secret;
  /** When the access token ends, in milliseconds since 1970. */
  expiresAt?: number;
  email: string;
  /** The OAuth client that the tokens were issued to. */
  clientId: string;
}

/** A text of the platform without the characters that a terminal would act on. */
const printable = (text: string): string => text.replace(/\p{C}/gu, '');

/** A stored login as the program uses it. */
export const accountLogin = (stored: StoredAccount): AccountLogin => ({
  origin: stored.origin,
  email: printable(stored.email),
  clientId: stored.clientId,
  accessToken: new Secret(stored.accessToken, 'account access token'),
  ...(stored.refreshToken !== undefined && { refreshToken: new Secret(stored.refreshToken, 'account refresh token') }),
  ...(stored.expiresAt !== undefined && { expiresAt: stored.expiresAt }),
});

/**
 * A login as it is stored.
 *
 * @throws MogplexError `invalid_request` when it is bound to no origin
 */
export function storedAccount(login: AccountLogin): StoredAccount {
  if (!isOrigin(login.origin)) {
    throw new MogplexError('invalid_request', 'the origin of an account login is not the origin of an http(s) URL', {
      boundary: 'account',
    });
  }
  return {
    origin: login.origin,
    email: login.email,
    clientId: login.clientId,
    accessToken: login.accessToken.reveal(),
    ...(login.refreshToken !== undefined && { refreshToken: login.refreshToken.reveal() }),
    ...(login.expiresAt !== undefined && { expiresAt: login.expiresAt }),
  };
}
