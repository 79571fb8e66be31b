/** What a string with one of our prefixes claims to be. */
export type TokenKind = 'personal' | 'access' | 'refresh' | 'run';

/** Prefix of each kind of token. Longer prefixes stand first, since `mog_` opens them all. */
export const TOKEN_PREFIXES: readonly { kind: TokenKind; prefix: string }[] = [
  { kind: 'access', prefix: 'mog_at_' },
  { kind: 'refresh', prefix: 'mog_rt_' },
  { kind: 'run', prefix: 'mog_run_' },
  { kind: 'personal', prefix: 'mog_' },
];

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 30;
const CHECKSUM_LENGTH = 6;
/** Largest multiple of 62 that fits a byte: bytes from here up are drawn again, so that no character is likelier than another. */
const UNBIASED_LIMIT = 248;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 (ISO-HDLC, the one of zip and PNG) of an ASCII string, as an unsigned integer. */
const crc32 = (text: string): number => {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index++) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ text.charCodeAt(index)) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
};

const base62 = (value: number, length: number): string => {
  let rest = value;
  let text = '';
  for (let index = 0; index < length; index++) {
    text = (ALPHABET[rest % 62] ?? '0') + text;
    rest = Math.floor(rest / 62);
  }
  return text;
};

/** Six base62 characters of the CRC-32 over everything that precedes them. */
export const tokenChecksum = (body: string): string => base62(crc32(body), CHECKSUM_LENGTH);

/**
 * Makes a token with a checksum: prefix, 30 unbiased base62 characters, 6 characters of checksum.
 *
 * @param prefix `mog_` or `mog_run_`.
 * @param randomBytes a cryptographic source: returns `count` random bytes.
 * @returns the token in the clear; only its SHA-256 is ever stored.
 */
export const makeToken = (prefix: 'mog_' | 'mog_run_', randomBytes: (count: number) => Uint8Array): string => {
  let random = '';
  while (random.length < RANDOM_LENGTH) {
    for (const byte of randomBytes(RANDOM_LENGTH)) {
      if (byte < UNBIASED_LIMIT && random.length < RANDOM_LENGTH) random += ALPHABET[byte % 62] ?? '';
    }
  }
  const body = prefix + random;
  return body + tokenChecksum(body);
};

export type TokenInspection = { possible: true; kind: TokenKind } | { possible: false; reason: string };

/**
 * Tells offline whether a string can be one of our tokens (statement D6): prefix, length, alphabet and, for
 * personal and run tokens, the checksum. `possible` never means valid: only the platform knows that.
 */
export const inspectToken = (text: string): TokenInspection => {
  const shape = TOKEN_PREFIXES.find(({ prefix }) => text.startsWith(prefix));
  if (!shape) return { possible: false, reason: 'it does not start with mog_' };
  const { kind, prefix } = shape;
  const rest = text.slice(prefix.length);
  const opaque = kind === 'access' || kind === 'refresh';
  if (!(opaque ? /^[0-9A-Za-z_-]+$/ : /^[0-9A-Za-z]+$/).test(rest)) {
    return { possible: false, reason: 'it holds a character that tokens never use' };
  }
  if (opaque) {
    return rest.length >= 32 && rest.length <= 128 ? { possible: true, kind } : { possible: false, reason: 'its length is wrong' };
  }
  if (rest.length !== RANDOM_LENGTH + CHECKSUM_LENGTH) return { possible: false, reason: 'its length is wrong' };
  const body = text.slice(0, -CHECKSUM_LENGTH);
  if (tokenChecksum(body) !== text.slice(-CHECKSUM_LENGTH)) return { possible: false, reason: 'its checksum does not match' };
  return { possible: true, kind };
};
