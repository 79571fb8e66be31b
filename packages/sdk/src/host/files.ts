import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface PluginFile {
  /** File name inside the folder. */
  name: string;
  path: string;
  size: number;
  mtimeMs: number;
  /** Why the file is not run, when others than its owner could have written it. */
  refused?: string;
}

const RUNNABLE = /\.(?:mjs|js|ts)$/;
const DECLARATION = /\.d\.ts$|\.test\.ts$/;
const OTHERS_WRITE = 0o002;

const problem = (entry: Stats, uid: number | undefined): string | undefined => {
  if ((entry.mode & OTHERS_WRITE) !== 0) return 'every user of this machine can write it';
  if (uid !== undefined && entry.uid !== uid && entry.uid !== 0) return 'it belongs to another user';
  return undefined;
};

/**
 * The plugin files of a folder, sorted by name; none when the folder is missing. Packages in `node_modules` are never
 * looked at.
 *
 * @param uid the user that runs this process; undefined where the system has none.
 */
export const pluginFiles = async (folder: string, uid = process.getuid?.()): Promise<PluginFile[]> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  const folderProblem = names.length > 0 ? problem(await stat(folder), uid) : undefined;
  const runnable = names.filter((name) => RUNNABLE.test(name) && !DECLARATION.test(name) && !name.startsWith('.')).sort();
  const files = await Promise.all(
    runnable.map(async (name): Promise<PluginFile | undefined> => {
      const path = join(folder, name);
      const entry = await stat(path).catch(() => undefined);
      if (!entry?.isFile()) return undefined;
      const refused = folderProblem ?? problem(entry, uid);
      return { name, path, size: entry.size, mtimeMs: entry.mtimeMs, ...(refused === undefined ? {} : { refused }) };
    }),
  );
  return files.filter((file) => file !== undefined);
};
