import { MogplexError } from '@mogplex/protocol';
import { Secret } from '../secret.ts';
import type { KeyRing } from './key-ring.ts';
import { openText, sealText } from './seal.ts';
import type { VaultBundle, VaultMeta, VaultRecord } from './types.ts';

/** A record as its file holds it: one line of JSON. Everything but `sealed` is readable, all of it is authenticated. */
export interface SealedRecord {
  version: 1;
  name: string;
  generation: number;
  updatedAt: number;
  /** A tombstone: it keeps the generation of what was removed. */
  removed: boolean;
  keyId: string;
  meta: VaultMeta;
  /** base64 of nonce, ciphertext and tag. */
  sealed: string;
}

type Unsealed = Pick<SealedRecord, 'name' | 'generation' | 'updatedAt' | 'removed'>;

/** Seals a bundle, or a tombstone when `bundle` is undefined, with the ring's current key. */
export function sealRecord(head: Unsealed, bundle: VaultBundle | undefined, ring: KeyRing): SealedRecord {
  const secrets = Object.fromEntries(Object.entries(bundle?.secrets ?? {}).map(([name, secret]) => [name, secret.reveal()]));
  const meta = bundle?.meta ?? {};
  refuseSecretsInMeta(meta, Object.values(secrets));
  return seal({ version: 1, ...head, keyId: ring.current, meta }, JSON.stringify(secrets), ring);
}

/** The same record sealed with the ring's current key. */
export const resealRecord = (record: SealedRecord, ring: KeyRing): SealedRecord =>
  seal({ ...record, keyId: ring.current }, openText(keyOf(record, ring), associated(record), record.sealed), ring);

function seal(head: Omit<SealedRecord, 'sealed'>, text: string, ring: KeyRing): SealedRecord {
  return { ...head, sealed: sealText(keyOf(head, ring), associated(head), text) };
}

/**
 * Opens a record.
 *
 * @throws MogplexError `damaged` when it is not authentic or its key is not in the ring
 */
export function openRecord(record: SealedRecord, ring: KeyRing): VaultRecord {
  const secrets: unknown = JSON.parse(openText(keyOf(record, ring), associated(record), record.sealed));
  const named = Object.entries(secrets as Record<string, string>).map(
    ([name, value]) => [name, new Secret(value, `${record.name} ${name}`)] as const,
  );
  return {
    name: record.name,
    generation: record.generation,
    updatedAt: record.updatedAt,
    meta: record.meta,
    secrets: Object.fromEntries(named),
  };
}

export const formatRecord = (record: SealedRecord): string => `${JSON.stringify(record)}\n`;

/** The record in the first line of a file, or undefined when that is none. */
export function parseRecord(text: string): SealedRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text.slice(0, text.indexOf('\n') + 1));
  } catch {
    return undefined;
  }
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is SealedRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<Record<keyof SealedRecord, unknown>>;
  return (
    record.version === 1 &&
    typeof record.name === 'string' &&
    Number.isSafeInteger(record.generation) &&
    Number.isSafeInteger(record.updatedAt) &&
    typeof record.removed === 'boolean' &&
    typeof record.keyId === 'string' &&
    typeof record.meta === 'object' &&
    record.meta !== null &&
    typeof record.sealed === 'string'
  );
}

function keyOf({ keyId, name }: Pick<SealedRecord, 'keyId' | 'name'>, ring: KeyRing): ReturnType<KeyRing['key']> & object {
  const key = ring.key(keyId);
  if (key !== undefined) return key;
  throw new MogplexError('damaged', `the vault's record ${name} was sealed with a key that is not there any more (${keyId})`, {
    boundary: 'storage',
    hint: 'Restore the key from a backup, or log in again.',
  });
}

function associated(head: Omit<SealedRecord, 'sealed'>): string {
  const meta = Object.entries(head.meta).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(['mogplex-vault', head.version, head.keyId, head.name, head.generation, head.updatedAt, head.removed, meta]);
}

function refuseSecretsInMeta(meta: VaultMeta, secrets: readonly string[]): void {
  const texts = Object.entries(meta).flat().map(String);
  if (!secrets.some((secret) => secret.length >= 8 && texts.some((text) => text.includes(secret)))) return;
  throw new MogplexError('invalid_request', 'the metadata of a vault record holds one of its secrets', { boundary: 'storage' });
}
