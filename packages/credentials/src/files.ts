import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, constants, fchmodSync, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import { mkdir, open, readdir, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { MogplexError } from '@mogplex/protocol';
import { isErrno } from './errno.ts';
import type { Warn } from './env.ts';

export const FILE_MODE = 0o600;
export const FOLDER_MODE = 0o700;

/** Told before each step of a write that a crash could interrupt. Tests end the process there. */
export type OnStep = (name: string) => void;

export interface AtomicWriteOptions {
  onStep?: OnStep | undefined;
}

const temporaryName = (path: string): string => join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);

/**
 * Replaces a file so that a reader sees the old or the new bytes, and the new ones survive a crash once this returns: temporary
 * file in the same folder, fsync, rename, fsync of the folder. Where it fails, the old file stays.
 *
 * @param mode permission bits of the new file, such as 0o600
 * @throws MogplexError `unavailable` when the disk is full or the folder cannot be written, `damaged` when `path` is a symlink
 */
export async function atomicWrite(
  path: string,
  bytes: string | Uint8Array,
  mode: number,
  { onStep }: AtomicWriteOptions = {},
): Promise<void> {
  refuseSymlink(path);
  const temporary = temporaryName(path);
  try {
    onStep?.('open');
    const file = await open(temporary, 'wx', mode);
    try {
      await fill(file, bytes, mode, onStep);
    } finally {
      await file.close();
    }
    onStep?.('rename');
    await rename(temporary, path);
  } catch (error) {
    await removeFile(temporary);
    throw writeFailure(path, error);
  }
  onStep?.('sync-folder');
  await syncFolder(dirname(path));
  onStep?.('done');
}

async function fill(file: FileHandle, bytes: string | Uint8Array, mode: number, onStep: OnStep | undefined): Promise<void> {
  await file.chmod(mode);
  onStep?.('write');
  await file.writeFile(bytes);
  onStep?.('sync');
  await file.sync();
}

/** Makes renames and removals in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes a file; a missing one is fine. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw writeFailure(path, error);
  }
}

/** Removes what crashed writers of `path` left behind. Call it under the lock of `path`, when nobody else can be writing. */
export async function removeLeftovers(path: string): Promise<void> {
  const start = `.${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (name.startsWith(start) && name.endsWith('.tmp')) await removeFile(join(dirname(path), name));
  }
}

/**
 * Makes sure that a private folder is there: a real folder of this user, mode 0700. A wider mode is narrowed with a warning.
 *
 * @throws MogplexError `damaged` for a symlink, something else than a folder, or someone else's folder
 */
export async function ensurePrivateFolder(path: string, warn: Warn): Promise<void> {
  const folder = resolve(path);
  if (!checkPrivateFolder(folder, warn)) {
    try {
      await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      await syncFolder(dirname(folder));
    } catch (error) {
      throw writeFailure(folder, error);
    }
    checkPrivateFolder(folder, warn);
  }
}

/**
 * As `ensurePrivateFolder`, but a missing folder is left missing.
 *
 * @param warn without it a wide mode is left as it is, so that nothing is mended unsaid
 * @returns whether the folder is there
 */
export function checkPrivateFolder(path: string, warn?: Warn): boolean {
  const folder = resolve(path);
  const stats = statsOf(folder);
  if (stats === undefined) return false;
  if (stats.isSymbolicLink()) throw notFollowed(folder, 'folder');
  if (!stats.isDirectory()) throw unfit(folder, 'is not a folder', `Move ${folder} away, or set MOGPLEX_HOME to another folder.`);
  refuseForeign(folder, stats);
  if ((stats.mode & 0o077) !== 0 && warn !== undefined) {
    narrow(folder, stats.mode, FOLDER_MODE, warn, () => chmodSync(folder, FOLDER_MODE));
  }
  return true;
}

/** What stands at a path, not followed; undefined for nothing. @throws MogplexError where the way there cannot be gone */
function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isErrno(error, 'ENOTDIR')) {
      throw unfit(path, 'lies below something that is not a folder', 'Set MOGPLEX_HOME to a folder, or to where one can be made.');
    }
    throw unreadable(path, error);
  }
}

/**
 * Reads a private file without following a symlink; a wider mode than 0600 is narrowed with a warning.
 *
 * @param maxBytes a larger file is refused
 * @param warn without it a wide mode is left as it is
 * @returns the text, or undefined when there is no such file
 * @throws MogplexError `damaged` for a symlink, something else than a plain file, or someone else's file
 */
export function readPrivateFile(path: string, maxBytes: number, warn?: Warn): string | undefined {
  const descriptor = openForReading(path);
  if (descriptor === undefined) return undefined;
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw unfit(path, 'is not a plain file', `Move ${path} away.`);
    refuseForeign(path, stats);
    if (stats.size > maxBytes) throw unfit(path, `is larger than ${maxBytes} bytes`, `Move ${path} away and log in again.`);
    if ((stats.mode & 0o077) !== 0 && warn !== undefined) {
      narrow(path, stats.mode, FILE_MODE, warn, () => fchmodSync(descriptor, FILE_MODE));
    }
    return readWhole(descriptor, stats.size);
  } finally {
    closeSync(descriptor);
  }
}

/** One system call where `readFileSync` takes three: a listing of the vault opens every record. */
function readWhole(descriptor: number, size: number): string {
  const bytes = Buffer.allocUnsafe(size);
  let filled = 0;
  for (let more = -1; more !== 0 && filled < size; filled += more) more = readSync(descriptor, bytes, filled, size - filled, null);
  return bytes.toString('utf8', 0, filled);
}

function openForReading(path: string): number | undefined {
  try {
    // O_NONBLOCK: opening a planted FIFO must not wait for a writer.
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (isErrno(error, 'ELOOP')) throw notFollowed(path, 'file');
    throw unreadable(path, error);
  }
}

const unreadable = (path: string, cause: unknown): MogplexError =>
  new MogplexError('unavailable', `${path} cannot be read`, {
    boundary: 'storage',
    hint: 'Check that it and its folder belong to you.',
    cause,
  });

function refuseSymlink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) throw notFollowed(path, 'file');
}

/** Root may use anybody's files; everybody else only their own, so that nobody can plant credentials. */
function refuseForeign(path: string, stats: Stats): void {
  const user = process.geteuid?.();
  if (user === undefined || user === 0 || stats.uid === user) return;
  throw unfit(path, 'belongs to another user', 'Make it yours (chown) if you put it there; else set MOGPLEX_HOME to a folder of your own.');
}

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');

/** Takes other users' permissions away; where that is impossible (a read-only disk) the user is told so. */
function narrow(path: string, from: number, to: number, warn: Warn, change: () => void): void {
  const was = `mogplex: ${path} was open to other users (mode ${octal(from)})`;
  try {
    change();
  } catch {
    warn(`${was} and cannot be changed: chmod ${octal(to)} it, or treat what it holds as known`);
    return;
  }
  warn(`${was}; its mode is ${octal(to)} now`);
}

const notFollowed = (path: string, what: string): MogplexError =>
  unfit(
    path,
    `is a symbolic link, which is not followed`,
    what === 'folder' ? 'Set MOGPLEX_HOME to the folder it points to.' : `Replace ${path} by the file itself.`,
  );

const unfit = (path: string, why: string, hint: string): MogplexError =>
  new MogplexError('damaged', `${path} ${why}`, { boundary: 'storage', hint });

/** The error for a write that the operating system refused. */
export function writeFailure(path: string, cause: unknown): MogplexError {
  if (cause instanceof MogplexError) return cause;
  const full = isErrno(cause, 'ENOSPC', 'EDQUOT');
  return new MogplexError('unavailable', full ? `no space left to write ${path}; nothing was changed` : `${path} cannot be written`, {
    boundary: 'storage',
    hint: full ? 'Free some space on that disk and try again.' : 'Check that its folder exists and belongs to you.',
    cause,
  });
}
