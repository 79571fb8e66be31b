import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { World } from '../../world.ts';
import type { WorkspacePort } from '../ports.ts';
import { readCustomCommands } from '../slash/custom.ts';

/** The folder that the person stands in. */
export function workspacePort(world: World): WorkspacePort {
  return {
    repository: async () => await readRepository(world.cwd),
    customCommands: async () => await readCustomCommands(world.home, world.cwd),
    export: async (name, text) => {
      const { createRedactor, profiles } = await import('@mogplex/redaction');
      const path = join(world.cwd, `mogplex-${name}.md`);
      const { text: masked } = createRedactor(profiles.sessionLog).text(text);
      await writeFile(path, masked, { mode: 0o600, flag: 'wx' });
      return path;
    },
  };
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
