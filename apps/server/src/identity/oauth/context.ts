import { createHash } from 'node:crypto';
import { MogplexError } from '@mogplex/protocol';
import type { Database } from '../../store/schema.ts';
import type { Kysely } from 'kysely';

/** What the authorization server needs from outside. */
export interface OAuthContext {
  db: Kysely<Database>;
  /** Milliseconds since the epoch. */
  now: () => number;
  randomBytes: (count: number) => Uint8Array;
  /** The issuer: public origin of the platform, without a trailing slash (RFC 8414 section 2). */
  issuer: string;
}

export const SCOPES = ['read', 'write'] as const;
export const CODE_TTL = 60_000;
export const ACCESS_TTL = 3_600_000;
export const REFRESH_TTL = 60 * 24 * 3_600_000;
export const DEVICE_TTL = 900_000;
export const DEVICE_INTERVAL = 5_000;

/** SHA-256 in hexadecimal, the only form in which a code or token is stored. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A new opaque value: `prefix` and 256 random bits in base64url. */
export const newSecret = (context: Pick<OAuthContext, 'randomBytes'>, prefix = ''): string =>
  prefix + Buffer.from(context.randomBytes(32)).toString('base64url');

/** A new row id: 128 random bits in base64url. */
export const newId = (context: Pick<OAuthContext, 'randomBytes'>): string => Buffer.from(context.randomBytes(16)).toString('base64url');

/**
 * The scopes of a request as a sorted list.
 *
 * @param requested space-separated scopes, or undefined for all that the client may have.
 * @param allowed space-separated scopes of the client or of the grant.
 * @returns undefined when something outside `allowed` is asked for.
 */
export const narrowScope = (requested: string | undefined, allowed: string): string | undefined => {
  const permitted = allowed.split(' ');
  const wanted = (requested ?? '').split(' ').filter(Boolean);
  if (wanted.length === 0) return allowed;
  if (!wanted.every((scope) => permitted.includes(scope))) return undefined;
  return SCOPES.filter((scope) => wanted.includes(scope)).join(' ');
};

/** Text that a stranger chose, fit for a page and a log: no control characters, no line breaks, at most `limit` characters. */
export const plainText = (text: string | undefined | null, limit: number): string | null => {
  const clean = (text ?? '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, limit);
  return clean === '' ? null : clean;
};

/**
 * A name that a person gives to themselves or to a team, fit for a page and a log.
 *
 * @throws MogplexError `invalid_request` when nothing is left of it.
 */
export const displayName = (text: string): string => {
  const name = plainText(text, 80);
  if (name === null) throw new MogplexError('invalid_request', 'the name must hold something that can be read', { boundary: 'request' });
  return name;
};

/** An error of the OAuth family, answered as `{ error, error_description }` (RFC 6749 section 5.2). */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, description: string, status = 400) {
    super(description);
    this.code = code;
    this.status = status;
  }
}
