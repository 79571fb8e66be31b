import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * What an authenticator app shows (RFC 6238 with SHA-1, 30 seconds, 6 digits).
 *
 * @param secret the key in base32, as it stands in the `otpauth:` address.
 * @param at milliseconds since the epoch.
 */
export const totp = (secret: string, at = Date.now()): string => {
  const bits = secret
    .split('')
    .map((sign) => ALPHABET.indexOf(sign).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
};

/** The key of an `otpauth:` address. */
export const secretOf = (uri: string): string => new URL(uri).searchParams.get('secret') ?? '';
