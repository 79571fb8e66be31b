import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Secret } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import type { Keyring } from './keyring.ts';

declare const sealed: unique symbol;

/** Text that only the sealer makes: a column of this type can never be given a plain string by mistake. */
export type SealedText = string & { readonly [sealed]: true };

/** Where a sealed value stands. It opens nowhere else: a row cannot be pasted over another one. */
export interface SealPlace {
  table: string;
  row: string;
  column: string;
  /** Account or team that the value belongs to, or `platform`. */
  owner: string;
}

export interface Sealer {
  /** Id of the key that seals now. */
  readonly keyId: string;
  seal(place: SealPlace, secret: Secret): SealedText;
  /** @throws MogplexError `damaged` when the text was altered, moved or sealed by a key that is not in the ring. */
  open(place: SealPlace, text: SealedText): Secret;
  /** Seals what is confidential but no credential, such as a prompt: it is not looked for in what the platform writes. */
  sealText(place: SealPlace, text: string): SealedText;
  /** @throws MogplexError `damaged`, as `open`. */
  openText(place: SealPlace, text: SealedText): string;
  /** A key for one purpose (HKDF-SHA-256, RFC 5869), the same at every start, as 43 characters of base64url. */
  derive(purpose: string): Secret;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
const SHAPE = /^v1\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/;

const subkey = (master: Buffer, purpose: string): Buffer => Buffer.from(hkdfSync('sha256', master, 'mogplex', purpose, 32));

const associatedData = (keyId: string, { table, row, column, owner }: SealPlace): Buffer =>
  Buffer.from(JSON.stringify([keyId, table, row, column, owner]));

const broken = ({ table, column }: SealPlace, why: string, cause?: unknown): MogplexError =>
  new MogplexError('damaged', `the sealed ${column} of a row of ${table} cannot be opened: ${why}`, { boundary: 'storage', cause });

/**
 * Seals columns with AES-256-GCM (NIST SP 800-38D): `v1.<key id>.<base64url of iv | ciphertext | tag>`, with key id, table, row,
 * column and owner as associated data.
 *
 * @param ring the master keys at this moment, current first.
 */
export const createSealer = (ring: () => Keyring): Sealer => {
  const keys = new Map<string, Buffer>();
  const sealingKey = (id: string): Buffer | undefined => {
    const known = keys.get(id);
    if (known) return known;
    const master = ring().find((key) => key.id === id);
    if (master) keys.set(id, subkey(master.bytes, 'seal'));
    return keys.get(id);
  };
  const sealText = (place: SealPlace, text: string): SealedText => {
    const [current] = ring();
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', sealingKey(current.id) ?? subkey(current.bytes, 'seal'), iv);
    cipher.setAAD(associatedData(current.id, place));
    const body = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1.${current.id}.${body.toString('base64url')}` as SealedText;
  };
  const openText = (place: SealPlace, text: SealedText): string => {
    const [, keyId = '', encoded = ''] = SHAPE.exec(text) ?? [];
    const key = sealingKey(keyId);
    if (!key) throw broken(place, keyId === '' ? 'it is not sealed text' : `no key ${keyId} is configured`);
    const body = Buffer.from(encoded, 'base64url');
    if (body.length < IV_BYTES + TAG_BYTES) throw broken(place, 'it was cut');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, IV_BYTES));
      decipher.setAAD(associatedData(keyId, place));
      decipher.setAuthTag(body.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(body.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw broken(place, 'it was altered or moved', cause);
    }
  };
  return {
    get keyId() {
      return ring()[0].id;
    },
    sealText,
    openText,
    seal: (place, secret) => sealText(place, secret.reveal()),
    open: (place, text) => new Secret(openText(place, text), `${place.table}.${place.column}`),
    derive: (purpose) => new Secret(subkey(ring()[0].bytes, `derive:${purpose}`).toString('base64url'), purpose),
  };
};
