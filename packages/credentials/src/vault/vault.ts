import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { MogplexError } from '@mogplex/protocol';
import { once, warnOnce, type Env, type Warn } from '../env.ts';
import { checkPrivateFolder, ensurePrivateFolder, syncFolder, writeFailure, type OnStep } from '../files.ts';
import { journalAt, type Journal } from '../journal.ts';
import { withFileLock } from '../lock.ts';
import { refreshOnce } from '../refresh.ts';
import type { Secret } from '../secret.ts';
import type { KeyRing } from './key-ring.ts';
import { chosenKeySource, createKeyStore, openKeyStore, type KeyStore, type KeyStoreOptions } from './key-store.ts';
import type { Keyring } from './keyring.ts';
import { checkRecordName, journalFile, recordFile } from './names.ts';
import { openRecord, parseRecord, resealRecord, sealRecord, type SealedRecord } from './record.ts';
import { readVaultIndex, recordFiles, vaultFolders, type RecordFiles } from './records.ts';
import { refreshPlace } from './refresh-place.ts';
import type { DamagedEntry, Vault, VaultBundle, VaultRecord, VaultVerification } from './types.ts';

export interface VaultOptions {
  /** `process.env` by default: see `KeyStoreOptions`. */
  env?: Env;
  /** The keyring to use; null for none, the system's by default. */
  keyring?: Keyring | null;
  /** Asks a person for the passphrase of the vault. */
  askPassphrase?: () => Promise<Secret>;
  /** Takes warnings for the user, each line once; stderr by default. */
  warn?: Warn;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Told before each step of a write. */
  onStep?: OnStep;
}

/**
 * Opens the vault of a home folder. Nothing is created, and no key is asked for, before the first method that needs it.
 *
 * @example
 * const vault = openVault(resolveHome(process.env));
 * await vault.put('oauth/acme/tokens', { secrets: { accessToken, refreshToken }, meta: { expiresAt } });
 */
export function openVault(home: string, options: VaultOptions = {}): Vault {
  const warn = once(options.warn ?? warnOnce);
  const now = options.now ?? Date.now;
  const context = new VaultContext(home, options, warn);
  return {
    get: async (name) => {
      checkRecordName(name);
      return await context.open(name);
    },
    put: async (name, bundle) => {
      checkRecordName(name);
      return await context.change(async () => await context.replace(name, bundle, now()));
    },
    remove: async (name) => {
      checkRecordName(name);
      if (!context.exists()) return false;
      return await context.change(async () => await context.tombstone(name, now()));
    },
    list: (prefix = '') => readVaultIndex(home, prefix, warn),
    refresh: async (name, refreshOptions) => {
      checkRecordName(name);
      return await refreshOnce(refreshPlace(context, name, refreshOptions.seen, now), refreshOptions);
    },
    verify: async () => await context.verify(),
    rekey: async () => await rekeyVault(context),
  };
}

/** How long a rekey waits for a refresh under way. */
const REFRESH_WAIT_MS = 60_000;

interface Rekeyed {
  keyId: string;
  /** How many logins are sealed with it now. */
  records: number;
}

/** What the operations of one vault share: folders, key, lock and record files. */
export class VaultContext {
  readonly files: RecordFiles;
  readonly onStep: OnStep | undefined;
  readonly #home: string;
  readonly #folder: string;
  readonly #warn: Warn;
  readonly #keyOptions: KeyStoreOptions;
  #store: Promise<KeyStore> | undefined;

  constructor(home: string, options: VaultOptions, warn: Warn) {
    const folders = vaultFolders(home);
    this.#home = home;
    this.#folder = folders.vault;
    this.#warn = warn;
    this.onStep = options.onStep;
    this.files = recordFiles(folders.records, warn, options.onStep);
    this.#keyOptions = {
      env: options.env ?? process.env,
      keyring: options.keyring,
      askPassphrase: options.askPassphrase,
      warn,
      onStep: options.onStep,
    };
  }

  /** Whether the vault was ever written. */
  exists(): boolean {
    return [this.#home, this.#folder, this.files.folder].every((folder) => checkPrivateFolder(folder, this.#warn));
  }

  /** Runs a change of the vault under its lock, in folders that exist. */
  async change<T>(work: () => Promise<T>): Promise<T> {
    for (const folder of [this.#home, this.#folder, this.files.folder]) await ensurePrivateFolder(folder, this.#warn);
    return await withFileLock(this.lockPath(), work);
  }

  /** The file whose lock guards every write. */
  lockPath(): string {
    return `${this.#folder}/vault`;
  }

  /** The file whose lock lets one process at a time refresh a record. */
  refreshLockPath(name: string): string {
    return `${this.#folder}/refresh-${encodeURIComponent(name)}`;
  }

  /** The journal of a record's refreshes, beside it, so that a rename puts an answer in place. */
  journal(name: string): Journal {
    return journalAt(join(this.files.folder, journalFile(name)), this.#warn, this.onStep);
  }

  /** The newest ring. Under the lock of the vault a missing one is made. */
  async ring(): Promise<KeyRing> {
    await this.#keyStore(true);
    return await this.readRing();
  }

  /** The newest ring of a vault that has one. */
  async readRing(): Promise<KeyRing> {
    const ring = await (await this.#keyStore(false)).read();
    if (ring === undefined) throw this.#keyMissing();
    return ring;
  }

  /** Opens a record without a lock. A rotation of the key in between is followed. */
  async open(name: string): Promise<VaultRecord | undefined> {
    if (!this.exists()) return undefined;
    for (let attempt = 0; ; attempt += 1) {
      const record = this.files.read(name);
      if (record === undefined || record.removed) return undefined;
      const ring = await this.readRing();
      if (ring.key(record.keyId) !== undefined || attempt === 3) return openRecord(record, ring);
    }
  }

  /** Writes a bundle as the next generation; whatever an unfinished refresh may leave is void. Under the lock. */
  async replace(name: string, bundle: VaultBundle, updatedAt: number): Promise<VaultRecord> {
    const ring = await this.ring();
    const before = this.files.read(name);
    if (before !== undefined) openRecord(before, ring);
    const generation = (before?.generation ?? 0) + 1;
    const record = sealRecord({ name, generation, updatedAt, removed: false }, bundle, ring);
    await this.files.write(record);
    await this.journal(name).clear();
    return openRecord(record, ring);
  }

  async tombstone(name: string, updatedAt: number): Promise<boolean> {
    const before = this.files.read(name);
    if (before === undefined || before.removed) return false;
    const head = { name, generation: before.generation + 1, updatedAt, removed: true };
    await this.files.write(sealRecord(head, undefined, await this.ring()));
    await this.journal(name).clear();
    return true;
  }

  /** Puts the answer in the record's place. Under the lock. */
  async adopt(name: string): Promise<void> {
    const target = join(this.files.folder, recordFile(name));
    try {
      this.onStep?.('refresh:rename');
      await rename(this.journal(name).path, target);
      this.onStep?.('refresh:sync-folder');
      await syncFolder(this.files.folder);
    } catch (error) {
      throw writeFailure(target, error);
    }
    this.onStep?.('refresh:done');
  }

  /** Puts the answer of a refresh whose process died in place, if it is one. Under the lock. */
  async recover(name: string, ring: KeyRing): Promise<void> {
    const journal = this.journal(name);
    const state = journal.read();
    if (state.kind !== 'answered') return;
    const answer = parseRecord(state.answer);
    const current = this.files.read(name);
    const follows = current !== undefined && !current.removed && answer?.name === name && answer.generation === current.generation + 1;
    if (follows && failure(answer, ring) === undefined) await this.adopt(name);
    else await journal.clear();
  }

  async verify(): Promise<VaultVerification | undefined> {
    if (!this.exists()) return undefined;
    const store = await this.#keyStore(false);
    const ring = await this.readRing();
    const { records, damaged } = this.files.all();
    const sound = records.filter((record) => !record.removed && failure(record, ring) === undefined).map((record) => record.name);
    const unfinished = sound.filter((name) => this.journal(name).read().kind !== 'none');
    return {
      sound,
      damaged: [...damaged, ...records.flatMap((record) => brokenEntry(record, ring))],
      unfinished,
      keySource: store.kind,
      keyId: ring.current,
    };
  }

  /** Names of every record, tombstones too, in a stable order. */
  names(): string[] {
    return this.files.all().records.map(({ name }) => name);
  }

  /**
   * The new key joins the ring, every record is sealed with it, then the ring forgets the others: each step may be the last. Under the
   * lock of the vault and the refresh locks of all records.
   */
  async rekey(): Promise<Rekeyed> {
    const store = await this.#keyStore(true);
    const ring = (await this.ring()).withNewKey();
    const { records, damaged } = this.files.all();
    const [broken] = [...damaged, ...records.flatMap((record) => brokenEntry(record, ring))];
    if (broken !== undefined) throw cannotRekey(broken);
    for (const { name } of records) await this.recover(name, ring);
    this.onStep?.('rekey:add-key');
    await store.write(ring);
    const sealed = this.files.all().records;
    for (const record of sealed) await this.files.write(resealRecord(record, ring));
    this.onStep?.('rekey:forget-keys');
    await store.write(ring.onlyCurrent());
    this.onStep?.('rekey:done');
    return { keyId: ring.current, records: sealed.filter((record) => !record.removed).length };
  }

  /** @param create whether a new vault gets a key; only under the lock */
  async #keyStore(create: boolean): Promise<KeyStore> {
    this.#store ??= this.#findKeyStore(create).catch((error: unknown) => {
      this.#store = undefined;
      throw error;
    });
    return await this.#store;
  }

  async #findKeyStore(create: boolean): Promise<KeyStore> {
    const kind = chosenKeySource(this.#folder, this.#warn);
    if (kind !== undefined) return await openKeyStore(this.#folder, kind, this.#keyOptions);
    const { records, damaged } = this.files.all();
    if (!create || records.length + damaged.length > 0) throw this.#keyMissing();
    return await createKeyStore(this.#folder, this.#keyOptions);
  }

  #keyMissing(): MogplexError {
    return new MogplexError('damaged', `the key of the vault in ${this.#folder} is missing`, {
      boundary: 'storage',
      hint: 'Restore it from a backup, or move the vault folder away and log in again.',
    });
  }
}

function failure(record: SealedRecord, ring: KeyRing): string | undefined {
  try {
    openRecord(record, ring);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function brokenEntry(record: SealedRecord, ring: KeyRing): DamagedEntry[] {
  const why = failure(record, ring);
  return why === undefined ? [] : [{ file: record.name, why }];
}

/** Waits for the refreshes that are under way, so that none ends with an answer that only a forgotten key could open. */
async function rekeyVault(context: VaultContext): Promise<Rekeyed> {
  for (;;) {
    const names = context.names();
    const done = await withRefreshLocks(context, names, async () =>
      context.change(async () => (context.names().every((name) => names.includes(name)) ? await context.rekey() : undefined)),
    );
    if (done !== undefined) return done;
  }
}

async function withRefreshLocks<T>(context: VaultContext, names: readonly string[], work: () => Promise<T>): Promise<T> {
  const [name, ...others] = names;
  if (name === undefined) return await work();
  return await withFileLock(context.refreshLockPath(name), async () => await withRefreshLocks(context, others, work), {
    waitMs: REFRESH_WAIT_MS,
    doing: `refreshing the login ${name}`,
  });
}

const cannotRekey = ({ file, why }: DamagedEntry): MogplexError =>
  new MogplexError('damaged', `the vault cannot be rekeyed while ${file} is damaged: ${why}`, {
    boundary: 'storage',
    hint: 'Run moxxy vault verify, move the damaged files away, then try again.',
  });
