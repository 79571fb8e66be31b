import { createSecretKey, randomBytes, scrypt, type KeyObject } from 'node:crypto';
import { MogplexError } from '@mogplex/protocol';
import { Secret } from '../secret.ts';
import { openText, sealText } from './seal.ts';

/** RFC 7914. About 0.4 s and 128 MiB on a machine of 2026. */
const STRENGTH = { N: 2 ** 17, r: 8, p: 1 };
/** A file that asks for less was weakened, one that asks for more would keep the machine busy. */
const MOST = { N: 2 ** 20, r: 16, p: 4 };
const SALT_BYTES = 16;

interface SealedRing {
  version: 1;
  kdf: 'scrypt';
  N: number;
  r: number;
  p: number;
  /** base64 */
  salt: string;
  sealed: string;
}

/** Seals and opens key rings under one passphrase; the derived key is kept for as long as the salt stays the same. */
export class PassphraseSealer {
  readonly #passphrase: Secret;
  #derived: { salt: string; key: Promise<KeyObject> } | undefined;

  constructor(passphrase: Secret) {
    this.#passphrase = passphrase;
  }

  async seal(ring: Secret, earlier: string | undefined): Promise<string> {
    const salt = earlier === undefined ? randomBytes(SALT_BYTES).toString('base64') : parse(earlier).salt;
    const head = { version: 1, kdf: 'scrypt', ...STRENGTH, salt } as const;
    const sealed: SealedRing = { ...head, sealed: sealText(await this.#key(head), associated(head), ring.reveal()) };
    return `${JSON.stringify(sealed)}\n`;
  }

  /** @throws MogplexError `unavailable` for a wrong passphrase, `damaged` for a file that is none of ours */
  async open(text: string): Promise<Secret> {
    const file = parse(text);
    const key = await this.#key(file);
    try {
      return new Secret(openText(key, associated(file), file.sealed), 'vault key ring');
    } catch (cause) {
      throw new MogplexError('unavailable', 'the passphrase does not open the vault', {
        boundary: 'storage',
        hint: 'Check MOGPLEX_VAULT_PASSPHRASE.',
        cause,
      });
    }
  }

  async #key({ N, r, p, salt }: Omit<SealedRing, 'sealed'>): Promise<KeyObject> {
    if (this.#derived?.salt !== salt) this.#derived = { salt, key: derive(this.#passphrase, { N, r, p }, salt) };
    return await this.#derived.key;
  }
}

async function derive(passphrase: Secret, strength: typeof STRENGTH, salt: string): Promise<KeyObject> {
  const { promise, resolve, reject } = Promise.withResolvers<KeyObject>();
  const maxmem = 256 * strength.N * strength.r;
  scrypt(passphrase.reveal().normalize('NFC'), Buffer.from(salt, 'base64'), 32, { ...strength, maxmem }, (error, key) => {
    if (error === null) resolve(createSecretKey(key));
    else reject(error);
  });
  return await promise;
}

const associated = ({ version, kdf, N, r, p, salt }: Omit<SealedRing, 'sealed'>): string =>
  JSON.stringify(['mogplex-vault-key', version, kdf, N, r, p, salt]);

function parse(text: string): SealedRing {
  let value: Partial<SealedRing> | null;
  try {
    value = JSON.parse(text) as Partial<SealedRing> | null;
  } catch {
    throw unreadable();
  }
  if (value?.version !== 1 || value.kdf !== 'scrypt' || typeof value.salt !== 'string' || typeof value.sealed !== 'string')
    throw unreadable();
  const { N, r, p, salt, sealed } = value;
  const strong = within(N, STRENGTH.N, MOST.N) && within(r, STRENGTH.r, MOST.r) && within(p, STRENGTH.p, MOST.p);
  if (!strong || Buffer.from(salt, 'base64').length < SALT_BYTES) throw unreadable();
  return { version: 1, kdf: 'scrypt', N, r, p, salt, sealed } as SealedRing;
}

const within = (value: unknown, least: number, most: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;

const unreadable = (): MogplexError =>
  new MogplexError('damaged', 'the sealed key of the vault cannot be read; it was left as it is', {
    boundary: 'storage',
    hint: 'Restore it from a backup, or move the vault folder away and log in again.',
  });
