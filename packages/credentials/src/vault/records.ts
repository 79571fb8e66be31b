import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MogplexError } from '@mogplex/protocol';
import { FILE_MODE, atomicWrite, checkPrivateFolder, readPrivateFile, removeLeftovers, type OnStep } from '../files.ts';
import { isErrno } from '../errno.ts';
import type { Warn } from '../env.ts';
import { RECORD_SUFFIX, recordFile } from './names.ts';
import { formatRecord, parseRecord, type SealedRecord } from './record.ts';
import type { DamagedEntry, VaultIndex } from './types.ts';

const MAX_BYTES = 1024 * 1024;

export interface SealedIndex {
  records: readonly SealedRecord[];
  damaged: readonly DamagedEntry[];
}

/** The record files of a vault, sealed as they are. Writers hold the lock of the vault. */
export interface RecordFiles {
  readonly folder: string;
  /** @throws MogplexError `damaged` when the file is there and holds no record of that name */
  read(name: string): SealedRecord | undefined;
  write(record: SealedRecord): Promise<void>;
  /** Every record, tombstones too, and what cannot be read. */
  all(): SealedIndex;
}

export function recordFiles(folder: string, warn?: Warn, onStep?: OnStep): RecordFiles {
  return {
    folder,
    read: (name) => load(folder, recordFile(name), name, warn),
    write: async (record) => {
      const path = join(folder, recordFile(record.name));
      await removeLeftovers(path);
      await atomicWrite(path, formatRecord(record), FILE_MODE, { onStep });
    },
    all: () => readAll(folder, warn),
  };
}

function load(folder: string, file: string, name: string, warn?: Warn): SealedRecord | undefined {
  const text = readPrivateFile(join(folder, file), MAX_BYTES, warn);
  if (text === undefined) return undefined;
  const record = parseRecord(text);
  if (record !== undefined && record.name === name) return record;
  throw new MogplexError('damaged', `${join(folder, file)} holds no readable record; it was left as it is`, {
    boundary: 'storage',
    hint: `Move it away, then log in again.`,
  });
}

/** Apart from `recordFiles`, so that a program which only lists carries nothing that writes. */
function readAll(folder: string, warn?: Warn): SealedIndex {
  const records: SealedRecord[] = [];
  const damaged: DamagedEntry[] = [];
  for (const file of recordFileNames(folder)) {
    try {
      const record = load(folder, file, decodeURIComponent(file.slice(0, -RECORD_SUFFIX.length)), warn);
      if (record !== undefined) records.push(record);
    } catch (error) {
      damaged.push({ file, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return { records, damaged };
}

function recordFileNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(RECORD_SUFFIX))
      .toSorted();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/**
 * What `<home>/vault` holds, read without a key: names, times and metadata. Takes no lock and creates nothing; 50 records are a few
 * milliseconds.
 *
 * @param prefix such as `oauth/`
 * @param warn takes warnings for the user; without it modes that are too wide are left for somebody who can tell
 * @throws MogplexError `damaged` when a folder is a symlink or someone else's
 */
export function readVaultIndex(home: string, prefix: string, warn?: Warn): VaultIndex {
  const folders = vaultFolders(home);
  if (![home, folders.vault, folders.records].every((folder) => checkPrivateFolder(folder, warn))) return { entries: [], damaged: [] };
  const { records, damaged } = readAll(folders.records, warn);
  const entries = records
    .filter((record) => !record.removed && record.name.startsWith(prefix))
    .map(({ name, generation, updatedAt, keyId, meta }) => ({ name, generation, updatedAt, keyId, meta }));
  return { entries, damaged };
}

export const vaultFolders = (home: string): { vault: string; records: string } => ({
  vault: join(home, 'vault'),
  records: join(home, 'vault', 'records'),
});
