import type { RefreshWork } from '../refresh.ts';
import type { Secret } from '../secret.ts';

/** What a record says in the clear: times, scopes, an account's name. It is authenticated, and never holds a secret. */
export type VaultMeta = Readonly<Record<string, string | number | boolean>>;

/** What one record holds. A login writes it whole, so that nothing of an earlier login survives. */
export interface VaultBundle {
  /** Sealed values by name, such as `accessToken`, `refreshToken`, `clientSecret`. */
  secrets: Readonly<Record<string, Secret>>;
  meta: VaultMeta;
}

/** A record as read. */
export interface VaultRecord extends VaultBundle {
  /** Lower-case segments, such as `oauth/openai-codex/tokens`. */
  name: string;
  /** Grows by one with every write and every removal. */
  generation: number;
  /** Milliseconds since 1970. */
  updatedAt: number;
}

/** What can be said about a record without the key. */
export interface VaultEntry {
  name: string;
  generation: number;
  updatedAt: number;
  /** The key that sealed it. */
  keyId: string;
  /** Read without the key: shown as the file has it, not yet authenticated. */
  meta: VaultMeta;
}

/** A damaged record that `list` found: kept as it is. */
export interface DamagedEntry {
  /** The file, relative to the vault. */
  file: string;
  why: string;
}

export interface VaultIndex {
  entries: readonly VaultEntry[];
  damaged: readonly DamagedEntry[];
}

/** How to refresh a record. */
export interface RefreshOptions extends RefreshWork<VaultRecord, VaultBundle> {
  /**
   * The generation that the caller found unusable. Where the record is newer by the time the lock is held, somebody else has
   * refreshed it, and that record is returned without an exchange.
   */
  seen: number;
}

export interface VaultVerification {
  /** Names of records that open. */
  sound: readonly string[];
  /** Records that do not, with the reason. */
  damaged: readonly DamagedEntry[];
  /** Names of records with a refresh that somebody began and did not finish. */
  unfinished: readonly string[];
  keySource: KeySourceKind;
  /** The key that seals new records. */
  keyId: string;
}

export type KeySourceKind = 'keyring' | 'file' | 'passphrase';

/**
 * Sealed records in `<home>/vault`. Reading takes no lock. Every method that opens or writes a record needs the key and rejects
 * with a MogplexError `unavailable` when it cannot be had (keyring locked, wrong passphrase), and with `damaged` for a record or
 * key file that cannot be trusted; nothing damaged is ever overwritten.
 */
export interface Vault {
  /** The record, or undefined when there is none or it was removed. */
  get(name: string): Promise<VaultRecord | undefined>;
  /** Replaces the record whole, durably, and returns it as stored (generation grown by one). */
  put(name: string, bundle: VaultBundle): Promise<VaultRecord>;
  /** Removes the record durably; its generation grows, so that no refresh in flight can bring it back. Returns whether it was there. */
  remove(name: string): Promise<boolean>;
  /** Names and metadata of what is stored, by prefix such as `oauth/`. Needs no key. */
  list(prefix?: string): VaultIndex;
  /**
   * Refreshes a record with a single-use token: one exchange at a time across processes, the newest record re-read under the lock,
   * room on the disk reserved and an intent written before the exchange, the answer durable before this returns.
   *
   * @throws MogplexError `gone` when there is no record, or it was removed or replaced during the exchange; `unavailable` when another
   * process keeps refreshing longer than `timeoutMs`; `upstream_timeout` when the exchange takes longer; and what `exchange` throws
   */
  refresh(name: string, options: RefreshOptions): Promise<VaultRecord>;
  /** Opens every record and says what is sound. Changes nothing. Undefined when nothing was ever stored. */
  verify(): Promise<VaultVerification | undefined>;
  /**
   * Makes a new key, seals every record with it and forgets the old ones; waits for refreshes under way. Safe to repeat after a crash.
   */
  rekey(): Promise<{ keyId: string; records: number }>;
}
