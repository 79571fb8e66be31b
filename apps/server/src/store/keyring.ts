import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite, withFileLock } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import type { Config } from '../config.ts';

const KEY_BYTES = 32;

const pathOf = (dataDir: string): string => join(dataDir, 'master.key');

/** A master key and the id that sealed text names it by: the first 8 hexadecimal characters of its SHA-256. */
export interface MasterKey {
  id: string;
  bytes: Buffer;
}

/** The current key first, then those that still open older text. */
export type Keyring = readonly [MasterKey, ...MasterKey[]];

const keyOf = (bytes: Buffer): MasterKey => ({ id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes });

const damaged = (where: string, cause?: unknown): MogplexError =>
  new MogplexError('damaged', `the master key in ${where} is damaged`, {
    boundary: 'configuration',
    hint: 'Put the right key back from your backup. A new key cannot open what the store holds.',
    cause,
  });

const parseKey = (text: string, where: string): MasterKey => {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== KEY_BYTES || bytes.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) throw damaged(where);
  return keyOf(bytes);
};

/** One key a line, current first: `<id> <32 bytes in base64>`. The id is checked against the key. */
const parseFile = (text: string, path: string): Keyring => {
  const keys = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id, encoded = '', ...rest] = line.split(' ');
      const key = parseKey(encoded, path);
      if (rest.length > 0 || key.id !== id) throw damaged(path);
      return key;
    });
  const [first, ...others] = keys;
  if (!first) throw damaged(path);
  return [first, ...others];
};

const readFileIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (code === 'ENOENT') return undefined;
    throw new MogplexError('unavailable', `the master key ${path} cannot be read (${code})`, { boundary: 'configuration', cause });
  }
};

/** One of several processes that start at once makes the key, the others read it. */
const createFile = (path: string, randomBytes: (count: number) => Buffer): Promise<Keyring> =>
  withFileLock(path, async () => {
    const made = await readFileIfThere(path);
    if (made !== undefined) return parseFile(made, path);
    const key = keyOf(randomBytes(KEY_BYTES));
    await atomicWrite(path, `${key.id} ${key.bytes.toString('base64')}\n`, 0o600);
    return [key];
  });

/**
 * Reads the master keys: `MOGPLEX_MASTER_KEY` (32 bytes in base64, several comma separated, current first), else `master.key`
 * of the data folder, which is made (mode 0600) only where `mayCreate` says that nothing was ever sealed.
 *
 * @throws MogplexError `damaged` for a key that is not one, or that is gone while the store still needs it.
 */
export const openKeyring = async (
  config: Pick<Config, 'masterKey' | 'dataDir'>,
  mayCreate: () => Promise<boolean>,
  randomBytes: (count: number) => Buffer,
): Promise<Keyring> => {
  if (config.masterKey) {
    const [first, ...others] = config.masterKey
      .reveal()
      .split(',')
      .map((part) => parseKey(part.trim(), 'MOGPLEX_MASTER_KEY'));
    if (!first) throw damaged('MOGPLEX_MASTER_KEY');
    return [first, ...others];
  }
  const path = pathOf(config.dataDir);
  const text = await readFileIfThere(path);
  if (text !== undefined) {
    if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600);
    return parseFile(text, path);
  }
  if (!(await mayCreate())) {
    // Whoever started at the same moment makes the key before it seals anything: what was sealed since the first look is sealed by it.
    const made = await readFileIfThere(path);
    if (made !== undefined) return parseFile(made, path);
    throw new MogplexError('damaged', `the master key ${path} is gone, but the store holds text that it sealed`, {
      boundary: 'configuration',
      hint: 'Put the key back from your backup, or set MOGPLEX_MASTER_KEY.',
    });
  }
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  return createFile(path, randomBytes);
};

/**
 * Follows the key file, so that a server seals with a new key, and opens what it sealed, from the moment the file holds it.
 * A ring from the environment stays as it is until the next start.
 *
 * @param first the ring that was read at the start.
 */
export const followKeyring = (config: Pick<Config, 'masterKey' | 'dataDir'>, first: Keyring): (() => Keyring) => {
  if (config.masterKey) return () => first;
  const path = pathOf(config.dataDir);
  const stamp = (): string => {
    const { mtimeMs, ino, size } = statSync(path);
    return `${mtimeMs} ${ino} ${size}`;
  };
  let ring = first;
  // Nothing of the file is known yet: the first look reads it, since it may have changed after `first` was read.
  let seen = '';
  return () => {
    try {
      const now = stamp();
      if (now === seen) return ring;
      ring = parseFile(readFileSync(path, 'utf8'), path);
      seen = now;
    } catch {
      // A file that cannot be read at this moment is no reason to seal with anything but the last good key.
      return ring;
    }
    return ring;
  };
};

/** Puts a new master key in front of the others in the key file. @throws MogplexError `usage` where the keys come from the environment. */
export const addMasterKey = async (
  config: Pick<Config, 'masterKey' | 'dataDir'>,
  randomBytes: (count: number) => Buffer,
): Promise<Keyring> => {
  if (config.masterKey) {
    throw new MogplexError('usage', 'the master keys come from MOGPLEX_MASTER_KEY', {
      boundary: 'configuration',
      hint: 'Put the new key in front of the old one there (new,old), restart the servers, then run this with --reseal.',
    });
  }
  const path = pathOf(config.dataDir);
  return withFileLock(path, async () => {
    const old = parseFile((await readFileIfThere(path)) ?? '', path);
    const ring: Keyring = [keyOf(randomBytes(KEY_BYTES)), ...old];
    await atomicWrite(path, ring.map(({ id, bytes }) => `${id} ${bytes.toString('base64')}\n`).join(''), 0o600);
    return ring;
  });
};
