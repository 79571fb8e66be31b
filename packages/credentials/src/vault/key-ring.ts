import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { MogplexError } from '@mogplex/protocol';
import { Secret } from '../secret.ts';

const KEY_BYTES = 32;

/** The keys of a vault: one that seals, and for the time of a rotation the ones before it. */
export class KeyRing {
  readonly current: string;
  readonly #keys: ReadonlyMap<string, Secret>;

  private constructor(current: string, keys: ReadonlyMap<string, Secret>) {
    this.current = current;
    this.#keys = keys;
  }

  /** A ring with one new random key. */
  static create(): KeyRing {
    const [id, key] = newKey();
    return new KeyRing(id, new Map([[id, key]]));
  }

  /** The same keys and a new one that seals from now on. */
  withNewKey(): KeyRing {
    const [id, key] = newKey();
    return new KeyRing(id, new Map([...this.#keys, [id, key]]));
  }

  /** The key that seals, alone. */
  onlyCurrent(): KeyRing {
    const key = this.#keys.get(this.current);
    return new KeyRing(this.current, key === undefined ? new Map() : new Map([[this.current, key]]));
  }

  /** The key with this id, or undefined. */
  key(id: string): KeyObject | undefined {
    const key = this.#keys.get(id);
    return key === undefined ? undefined : createSecretKey(key.reveal(), 'base64url');
  }

  /** The text that a key store keeps. */
  format(): Secret {
    const keys = Object.fromEntries([...this.#keys].map(([id, key]) => [id, key.reveal()]));
    return new Secret(JSON.stringify({ version: 1, current: this.current, keys }), 'vault key ring');
  }

  /**
   * @param text what `format` gave
   * @throws MogplexError `damaged`
   */
  static parse(text: Secret): KeyRing {
    const ring = parseRing(text);
    const keys = new Map<string, Secret>();
    for (const [id, key] of Object.entries(ring.keys)) {
      if (typeof key !== 'string' || Buffer.from(key, 'base64url').length !== KEY_BYTES) throw unreadable();
      keys.set(id, new Secret(key, 'vault key'));
    }
    if (!keys.has(ring.current)) throw unreadable();
    return new KeyRing(ring.current, keys);
  }
}

const newKey = (): [string, Secret] => [
  randomBytes(6).toString('hex'),
  new Secret(randomBytes(KEY_BYTES).toString('base64url'), 'vault key'),
];

function parseRing(text: Secret): { current: string; keys: Record<string, unknown> } {
  let value: unknown;
  try {
    value = JSON.parse(text.reveal());
  } catch {
    throw unreadable();
  }
  if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== 1) throw unreadable();
  if (!('current' in value) || typeof value.current !== 'string') throw unreadable();
  if (!('keys' in value) || typeof value.keys !== 'object' || value.keys === null) throw unreadable();
  return { current: value.current, keys: { ...value.keys } };
}

const unreadable = (): MogplexError =>
  new MogplexError('damaged', 'the key of the vault cannot be read; it was left as it is', {
    boundary: 'storage',
    hint: 'Restore the key from a backup, or move the vault folder away and log in again.',
  });
