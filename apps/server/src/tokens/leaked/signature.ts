import { type KeyObject, verify } from 'node:crypto';

/**
 * Whether a report was signed with this key: ECDSA on P-256 with SHA-256 over the raw body (FIPS 186-5), DER in base64.
 *
 * @param signature header `Github-Public-Key-Signature`.
 */
export const isSigned = (key: KeyObject, signature: unknown, body: Buffer): boolean =>
  key.asymmetricKeyType === 'ec' &&
  typeof signature === 'string' &&
  /^[A-Za-z0-9+/]{40,200}={0,2}$/.test(signature) &&
  verify('sha256', body, key, Buffer.from(signature, 'base64'));
