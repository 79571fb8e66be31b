import { verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { MogplexError } from '@mogplex/protocol';
import { z } from 'zod';

/** The public keys as GitHub publishes them at `/meta/public_keys/secret_scanning`. */
const published = z.object({
  public_keys: z.array(z.object({ key_identifier: z.string().min(1), key: z.string().includes('PUBLIC KEY') })).min(1),
});

export type PublicKeys = ReadonlyMap<string, string>;

/**
 * Reads the public keys of the secret scanning partner programme.
 *
 * @throws MogplexError boundary `configuration` for a file that cannot be read or does not have that form.
 */
export const readPublicKeys = async (path: string): Promise<PublicKeys> => {
  try {
    const { public_keys: keys } = published.parse(JSON.parse(await readFile(path, 'utf8')));
    return new Map(keys.map(({ key_identifier: id, key }) => [id, key]));
  } catch (cause) {
    throw new MogplexError('unavailable', `the public keys of secret scanning in ${path} cannot be read`, {
      boundary: 'configuration',
      hint: 'Save the JSON that GitHub publishes at /meta/public_keys/secret_scanning.',
      cause,
    });
  }
};

/**
 * Whether a report was signed by one of the keys: ECDSA on P-256 with SHA-256 over the raw body (FIPS 186-5), DER in base64.
 *
 * @param keyId header `Github-Public-Key-Identifier`.
 * @param signature header `Github-Public-Key-Signature`.
 */
export const isSigned = (keys: PublicKeys, keyId: unknown, signature: unknown, body: Buffer): boolean => {
  const key = typeof keyId === 'string' ? keys.get(keyId) : undefined;
  if (key === undefined || typeof signature !== 'string' || !/^[A-Za-z0-9+/]{40,200}={0,2}$/.test(signature)) return false;
  return verify('sha256', body, key, Buffer.from(signature, 'base64'));
};
