import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { MogplexError } from '@mogplex/protocol';
import type { World } from '../../world.ts';
import type { WorkspacePort } from '../ports.ts';
import { readCustomCommands } from '../slash/custom.ts';

/** The folder that the person stands in. */
export function workspacePort(world: World): WorkspacePort {
  return {
    repository: async () => await readRepository(world.cwd),
    customCommands: async () => await readCustomCommands(world.home, await foldersUp(world.cwd)),
    export: async (name, text) => {
      const { createRedactor, profiles } = await import('@mogplex/redaction');
      return await writeNew(join(world.cwd, `mogplex-${name}`), createRedactor(profiles.sessionLog).text(text).text);
    },
  };
}

/** A conversation that is exported again and again gets so many files in one folder. */
const MOST_EXPORTS = 99;

/**
 * Writes a new Markdown file: `<start>.md`, or with a number where that is taken.
 *
 * @returns its path
 * @throws MogplexError `unavailable`, boundary `storage`
 */
async function writeNew(start: string, text: string): Promise<string> {
  for (let at = 1; ; at += 1) {
    const path = `${start}${at === 1 ? '' : `-${at}`}.md`;
    try {
      await writeFile(path, text, { mode: 0o600, flag: 'wx' });
      return path;
    } catch (cause) {
      const taken = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
      if (taken && at < MOST_EXPORTS) continue;
      throw new MogplexError('unavailable', `${path} cannot be written`, {
        boundary: 'storage',
        hint: taken ? 'Move earlier exports away.' : 'Check that its folder belongs to you and has free space.',
        cause,
      });
    }
  }
}

/** The folder that the person stands in and those around it, up to the root of the repository; the nearest first. */
async function foldersUp(cwd: string): Promise<string[]> {
  const root = await repositoryRoot(cwd);
  const folders = [cwd];
  for (let folder = cwd; folder !== root; folders.push(folder)) folder = dirname(folder);
  return folders;
}

/** Name and branch of the git repository around a folder, read from its files; the folder's name where there is none. */
export async function readRepository(cwd: string): Promise<{ name: string; branch: string | undefined }> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const gitDir = await findGitDir(folder);
    if (gitDir !== undefined) {
      const head = (await read(join(gitDir, 'HEAD'))) ?? '';
      const branch = /^ref: refs\/heads\/(.+)$/m.exec(head)?.[1] ?? (head.trim() === '' ? undefined : head.slice(0, 8));
      const common = (await read(join(gitDir, 'commondir')))?.trim();
      const config = await read(join(gitDir, common ?? '', 'config'));
      return { name: remoteName(config ?? '') ?? basename(folder), branch };
    }
    if (dirname(folder) === folder) return { name: basename(cwd) || cwd, branch: undefined };
  }
}

/** The folder that holds the repository around a folder; the folder itself where there is none. */
export async function repositoryRoot(cwd: string): Promise<string> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if ((await findGitDir(folder)) !== undefined) return folder;
    if (dirname(folder) === folder) return cwd;
  }
}

/** `owner/name` of the remote `origin`; what its address holds before that, which may be a token, is dropped. */
export function remoteName(config: string): string | undefined {
  const section = /\[remote "origin"\]([^[]*)/.exec(config)?.[1];
  const url = /^\s*url\s*=\s*(\S+)/m.exec(section ?? '')?.[1];
  return /([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(url ?? '')?.[1];
}

async function findGitDir(folder: string): Promise<string | undefined> {
  const path = join(folder, '.git');
  if ((await read(join(path, 'HEAD'))) !== undefined) return path;
  const pointer = /^gitdir: (.+)$/m.exec((await read(path)) ?? '')?.[1];
  return pointer === undefined ? undefined : resolve(folder, pointer);
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // What cannot be read is as good as absent: the header then shows less.
    return undefined;
  }
}
