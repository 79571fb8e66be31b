import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const LOG_NAME = /^[\w-]+(?:\.debug)?(?:\.\d)?\.jsonl$/;

export interface PruneLimits {
  /** Files older than this many days go. */
  days: number;
  /** Above this size of all files together the oldest go. */
  megabytes: number;
}

const DAY_MS = 86_400_000;

/** Removes logs by age and by total size, the oldest first. Anything in the folder that is not one of our logs stays. */
export const pruneLogs = async (folder: string, { days, megabytes }: PruneLimits, now: number): Promise<void> => {
  const names = (await readdir(folder)).filter((name) => LOG_NAME.test(name));
  const stats = await Promise.all(names.map(async (name) => ({ path: join(folder, name), stat: await lstat(join(folder, name)) })));
  const files = stats.filter(({ stat }) => stat.isFile()).toSorted((one, other) => other.stat.mtimeMs - one.stat.mtimeMs);
  let total = 0;
  for (const { path, stat } of files) {
    total += stat.size;
    if (now - stat.mtimeMs <= days * DAY_MS && total <= megabytes * 1024 * 1024) continue;
    await unlink(path).catch((error: NodeJS.ErrnoException) => {
      // Another session may have pruned it first.
      if (error.code !== 'ENOENT') throw error;
    });
  }
};
