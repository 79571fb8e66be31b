import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DIGITS = 6;

/** CRC-32 of a text, as six base62 digits. */
export function base62Crc(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let i = 0; i < DIGITS; i++) {
    digits = ALPHABET.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** GitHub: the last six characters are the CRC-32 of the random characters after the prefix. */
export const githubChecksum = (token: string): boolean => base62Crc(token.slice(4, -DIGITS)) === token.slice(-DIGITS);

/** Mogplex: the last six characters are the CRC-32 of everything before them. */
export const mogplexChecksum = (token: string): boolean => base62Crc(token.slice(0, -DIGITS)) === token.slice(-DIGITS);
