import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { MogplexError } from '@mogplex/protocol';

const ALGORITHM = 'aes-256-gcm';
/** NIST SP 800-38D: 96-bit nonces, and tags of their full 128 bits. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals a text with AES-256-GCM (NIST SP 800-38D) under a random nonce.
 *
 * @param associated what the text is bound to: opening needs the same
 * @returns base64 of nonce, ciphertext and tag
 */
export function sealText(key: KeyObject, associated: string, text: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(associated));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64');
}

/**
 * Opens what `sealText` made.
 *
 * @throws MogplexError `damaged` when key, associated data or a single bit differ, or the tag is not 16 bytes
 */
export function openText(key: KeyObject, associated: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw notAuthentic();
  const tagAt = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(associated));
  decipher.setAuthTag(bytes.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, tagAt)), decipher.final()]).toString('utf8');
  } catch {
    throw notAuthentic();
  }
}

const notAuthentic = (): MogplexError =>
  new MogplexError('damaged', 'sealed data is not authentic: it was changed, moved, or sealed with another key', { boundary: 'storage' });
