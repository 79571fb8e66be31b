import { closeSync, lstatSync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { MogplexError } from '@mogplex/protocol';
import { isErrno } from './errno.ts';

export interface LockOptions {
  /** How long to wait for another holder, in milliseconds; 15,000 by default. */
  waitMs?: number;
  /** What the holder does, for the message of the one who waited in vain: `writing <path>` by default. */
  doing?: string;
}

const WAIT_MS = 15_000;
const SQLITE_BUSY = 5;
/** A try costs 0.1 ms; a handover to a waiting process takes half of this on average. */
const LONGEST_PAUSE_MS = 6;

/** Held locks. Work that never ends may be garbage to the collector, and a collected connection would give its lock back. */
const held = new Set<DatabaseSync>();

/** The last holder in this process, by path: holders of one process take turns without polling each other. */
const turns = new Map<string, Promise<void>>();

/**
 * Runs `work` while no other process (and no other caller in this one) holds the lock of `path`.
 *
 * The lock is an exclusive transaction on the empty SQLite file `<path>.lock`. The kernel releases it when its holder dies, so
 * nothing is ever stale, and the file is never deleted. It must never be opened by anything but SQLite while it may be held:
 * closing any descriptor of a file drops the process's POSIX locks on it.
 *
 * @param path the file that the lock protects; its folder exists
 * @throws MogplexError `unavailable` when another holder keeps it longer than `waitMs`
 */
export async function withFileLock<T>(path: string, work: () => Promise<T> | T, options: LockOptions = {}): Promise<T> {
  const lockPath = `${path}.lock`;
  const deadline = performance.now() + (options.waitMs ?? WAIT_MS);
  const late = (): MogplexError => busy(options.doing ?? `writing ${path}`);
  const leave = await takeTurn(lockPath, deadline, late);
  try {
    const holder = await acquire(lockPath, deadline, late);
    held.add(holder);
    try {
      return await work();
    } finally {
      held.delete(holder);
      holder.close();
    }
  } finally {
    leave();
  }
}

async function takeTurn(lockPath: string, deadline: number, tooLate: () => MogplexError): Promise<() => void> {
  const before = turns.get(lockPath);
  const { promise, resolve } = Promise.withResolvers<void>();
  const mine = before === undefined ? promise : before.then(() => promise);
  turns.set(lockPath, mine);
  const leave = (): void => {
    resolve();
    if (turns.get(lockPath) === mine) turns.delete(lockPath);
  };
  if (before === undefined) return leave;
  const waiting = new AbortController();
  const late = sleep(Math.max(0, deadline - performance.now()), 'late', { signal: waiting.signal }).catch(() => 'stopped');
  const outcome = await Promise.race([before, late]);
  waiting.abort();
  if (outcome !== 'late') return leave;
  leave();
  throw tooLate();
}

async function acquire(lockPath: string, deadline: number, tooLate: () => MogplexError): Promise<DatabaseSync> {
  createLockFile(lockPath);
  const { DatabaseSync } = await import('node:sqlite');
  for (let pause = 1; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    const connection = new DatabaseSync(lockPath, { timeout: 0 });
    try {
      connection.exec('pragma journal_mode = memory; begin exclusive');
      return connection;
    } catch (error) {
      connection.close();
      if (!isBusy(error)) throw lockFailure(lockPath, error);
    }
    if (performance.now() >= deadline) throw tooLate();
    await sleep(pause * (0.5 + Math.random()));
  }
}

/** Creates the lock file once, for its owner alone. An existing one is not opened (see above). */
function createLockFile(lockPath: string): void {
  try {
    closeSync(openSync(lockPath, 'wx', 0o600));
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw lockFailure(lockPath, error);
    if (!lstatSync(lockPath).isFile()) {
      throw new MogplexError('damaged', `${lockPath} is not a plain file`, { boundary: 'storage', hint: `Remove ${lockPath}.` });
    }
  }
}

const isBusy = (error: unknown): boolean => error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;

const busy = (doing: string): MogplexError =>
  new MogplexError('unavailable', `another process is ${doing} and did not finish in time`, {
    boundary: 'storage',
    hint: 'Try again; if it stays so, end the other mogplex or moxxy process.',
  });

const lockFailure = (path: string, cause: unknown): MogplexError =>
  new MogplexError('unavailable', `${path} cannot be locked`, {
    boundary: 'storage',
    hint: 'Check that its folder exists, belongs to you and has free space.',
    cause,
  });
