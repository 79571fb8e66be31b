import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite, withFileLock } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';

export interface Hold {
  release(): Promise<void>;
}

const heldBy = async (path: string): Promise<string> => {
  const text = await readFile(path, 'utf8').catch(() => '');
  const [, pid, since] = /^(\d{1,10}) (\S{1,40})\n$/.exec(text) ?? [];
  return pid === undefined ? 'another process' : `process ${pid} since ${since}`;
};

/**
 * Takes the data folder for this process. The kernel gives it back when the process ends, however it ends. Administrator's
 * commands do not take it: the store itself lets them work beside the platform.
 *
 * @throws MogplexError `conflict` that says which process holds it and since when.
 */
export const holdDataFolder = async (folder: string, io: { pid: number; now: () => number }): Promise<Hold> => {
  const path = join(folder, 'server');
  const holder = `${path}.pid`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new MogplexError('unavailable', `the data folder ${folder} cannot be used (${code})`, { boundary: 'storage', cause });
  }
  const taken = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const holding = withFileLock(
    path,
    async () => {
      await atomicWrite(holder, Buffer.from(`${io.pid} ${new Date(io.now()).toISOString()}\n`), 0o600);
      taken.resolve();
      await done.promise;
    },
    { waitMs: 0 },
  );
  try {
    await Promise.race([taken.promise, holding]);
  } catch (cause) {
    if (!(cause instanceof MogplexError) || cause.code !== 'unavailable') throw cause;
    throw new MogplexError('conflict', `the data folder ${folder} is held by ${await heldBy(holder)}`, {
      boundary: 'storage',
      hint: 'Use that platform, stop it, or set MOGPLEX_DATA_DIR to another folder.',
      cause,
    });
  }
  return {
    async release() {
      done.resolve();
      await holding;
    },
  };
};
