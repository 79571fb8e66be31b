import { join } from 'node:path';
import { MogplexError } from '@mogplex/protocol';
import { readEnv, type Env, type Warn } from '../env.ts';
import { FILE_MODE, atomicWrite, readPrivateFile, removeLeftovers, type OnStep } from '../files.ts';
import { Secret } from '../secret.ts';
import { KeyRing } from './key-ring.ts';
import { systemKeyring, type Keyring } from './keyring.ts';
import { PassphraseSealer } from './passphrase.ts';
import type { KeySourceKind } from './types.ts';

const MAX_BYTES = 64 * 1024;
const KINDS: readonly KeySourceKind[] = ['keyring', 'file', 'passphrase'];

/** Keeps the key ring of one vault. */
export interface KeyStore {
  readonly kind: KeySourceKind;
  /** The ring, or undefined when none was stored yet. */
  read(): Promise<KeyRing | undefined>;
  write(ring: KeyRing): Promise<void>;
}

export interface KeyStoreOptions {
  /** `MOGPLEX_VAULT_PASSPHRASE` holds the passphrase, `MOGPLEX_VAULT_KEY` chooses the source of a new vault. */
  env: Env;
  /** The keyring to use; null for none, the system's by default. */
  keyring?: Keyring | null | undefined;
  /** Asks a person for the passphrase of the vault. */
  askPassphrase?: (() => Promise<Secret>) | undefined;
  warn: Warn;
  /** Told before each step of a write. */
  onStep?: OnStep | undefined;
}

const markerFile = (folder: string): string => join(folder, 'vault.json');

/** The key source that a vault was made with, or undefined for a new one. */
export function chosenKeySource(folder: string, warn: Warn): KeySourceKind | undefined {
  const text = readPrivateFile(markerFile(folder), MAX_BYTES, warn);
  if (text === undefined) return undefined;
  const kind = KINDS.find((known) => text.trim() === marker(known).trim());
  if (kind !== undefined) return kind;
  throw new MogplexError('damaged', `${markerFile(folder)} cannot be read; it was left as it is`, {
    boundary: 'storage',
    hint: `It should hold ${marker('file').trim()} (or keyring, or passphrase).`,
  });
}

const marker = (kind: KeySourceKind): string => `${JSON.stringify({ version: 1, keySource: kind })}\n`;

/** The key store of an existing vault. */
export async function openKeyStore(folder: string, kind: KeySourceKind, options: KeyStoreOptions): Promise<KeyStore> {
  switch (kind) {
    case 'keyring':
      return keyringStore(folder, await presentKeyring(options));
    case 'file':
      return fileStore(folder, options);
    case 'passphrase':
      return passphraseStore(folder, await passphrase(options), options);
  }
}

/**
 * Makes the key of a new vault and remembers where it is kept: the source that `MOGPLEX_VAULT_KEY` names, a passphrase when one is
 * set, else the keyring where there is one, else a file. Call it under the lock of the vault.
 *
 * @throws MogplexError `damaged` when records are there whose key is not
 */
export async function createKeyStore(folder: string, options: KeyStoreOptions): Promise<KeyStore> {
  const store = await firstStore(folder, options);
  if ((await store.read()) === undefined) await store.write(KeyRing.create());
  await replaceFile(markerFile(folder), marker(store.kind), options);
  return store;
}

async function firstStore(folder: string, options: KeyStoreOptions): Promise<KeyStore> {
  const wish = readEnv(options.env, 'MOGPLEX_VAULT_KEY');
  const kind = KINDS.find((known) => known === wish);
  if (kind !== undefined) return await openKeyStore(folder, kind, options);
  if (wish !== undefined) {
    throw new MogplexError('usage', 'MOGPLEX_VAULT_KEY is none of keyring, file and passphrase', { boundary: 'configuration' });
  }
  if (readEnv(options.env, 'MOGPLEX_VAULT_PASSPHRASE') !== undefined) return await openKeyStore(folder, 'passphrase', options);
  return (await workingKeyring(folder, options)) ?? fileStore(folder, options);
}

/** The keyring store with a ring in it, or undefined where the keyring is missing, locked or forgetful. */
async function workingKeyring(folder: string, options: KeyStoreOptions): Promise<KeyStore | undefined> {
  const keyring = options.keyring === undefined ? await systemKeyring() : options.keyring;
  if (keyring === undefined || keyring === null) return undefined;
  const store = keyringStore(folder, keyring);
  try {
    if ((await store.read()) === undefined) await store.write(KeyRing.create());
    return (await store.read()) === undefined ? undefined : store;
  } catch {
    // No usable keyring is the ordinary case on a server; the key file takes over, and `verify` names the source.
    return undefined;
  }
}

function keyringStore(folder: string, keyring: Keyring): KeyStore {
  const account = `vault ${folder}`;
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw new MogplexError('unavailable', 'the keyring of this machine does not give the key of the vault', {
        boundary: 'storage',
        hint: 'Unlock it (log in to the desktop session) and try again.',
        cause,
      });
    }
  };
  return {
    kind: 'keyring',
    read: async () => {
      const text = await guarded(async () => await keyring.read(account));
      return text === undefined ? undefined : KeyRing.parse(text);
    },
    write: async (ring) => await guarded(async () => await keyring.write(account, ring.format())),
  };
}

async function presentKeyring({ keyring }: KeyStoreOptions): Promise<Keyring> {
  const found = keyring === undefined ? await systemKeyring() : keyring;
  if (found !== undefined && found !== null) return found;
  throw new MogplexError('unavailable', 'the key of the vault is in a keyring, and this machine offers none', {
    boundary: 'storage',
    hint: 'Use it where the login was made, or move the vault folder away and log in again.',
  });
}

function fileStore(folder: string, options: KeyStoreOptions): KeyStore {
  const path = join(folder, 'key');
  return {
    kind: 'file',
    read: async () => {
      const text = readPrivateFile(path, MAX_BYTES, options.warn);
      if (text === '') throw emptyKey(path);
      return await Promise.resolve(text === undefined ? undefined : KeyRing.parse(new Secret(text, 'vault key ring')));
    },
    write: async (ring) => await replaceFile(path, ring.format().reveal(), options),
  };
}

/** Under the lock of the vault: what a killed writer left behind may hold keys. */
async function replaceFile(path: string, text: string, { onStep }: KeyStoreOptions): Promise<void> {
  await removeLeftovers(path);
  await atomicWrite(path, text, FILE_MODE, { onStep });
}

const emptyKey = (path: string): MogplexError =>
  new MogplexError('damaged', `${path} is empty; it was left as it is`, {
    boundary: 'storage',
    hint: 'Restore it from a backup, or move the vault folder away and log in again.',
  });

function passphraseStore(folder: string, secret: Secret, options: KeyStoreOptions): KeyStore {
  const path = join(folder, 'key.sealed');
  const sealer = new PassphraseSealer(secret);
  return {
    kind: 'passphrase',
    read: async () => {
      const text = readPrivateFile(path, MAX_BYTES, options.warn);
      return text === undefined ? undefined : KeyRing.parse(await sealer.open(text));
    },
    write: async (ring) => {
      const earlier = readPrivateFile(path, MAX_BYTES, options.warn);
      await replaceFile(path, await sealer.seal(ring.format(), earlier), options);
    },
  };
}

async function passphrase({ env, askPassphrase }: KeyStoreOptions): Promise<Secret> {
  const value = env['MOGPLEX_VAULT_PASSPHRASE'];
  if (value !== undefined && value !== '') return new Secret(value, 'vault passphrase');
  if (askPassphrase !== undefined) return await askPassphrase();
  throw new MogplexError('unavailable', 'the vault is locked by a passphrase', {
    boundary: 'storage',
    hint: 'Set MOGPLEX_VAULT_PASSPHRASE.',
  });
}
