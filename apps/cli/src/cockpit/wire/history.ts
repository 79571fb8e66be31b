import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from '../../world.ts';
import { historyLine, parseHistory } from '../input/history.ts';
import type { HistoryPort } from '../ports.ts';
import { sanitise } from '../text/sanitise.ts';
import { repositoryRoot } from './workspace.ts';

/** A file that has grown over this many bytes is written anew with the entries that are still recalled. */
const ENOUGH = 1024 * 1024;
/** A file larger than this is none of ours. */
const LARGEST = 64 * 1024 * 1024;

/** A line goes to the end of the file, in one write, and never through a symbolic link. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/**
 * What was sent from the repository that the person stands in: `history/<digest of its path>.jsonl` in the home folder,
 * mode 0600, every entry masked before it is written. Where session logs are turned off nothing is kept.
 */
export function historyPort(world: World): HistoryPort {
  let path: Promise<string | undefined> | undefined;
  const find = async (): Promise<string | undefined> => await (path ??= historyPath(world));
  return {
    load: async () => {
      const file = await find();
      if (file === undefined) return [];
      const { readPrivateFile, atomicWrite, FILE_MODE } = await import('@mogplex/credentials');
      const content = readPrivateFile(file, LARGEST);
      if (content === undefined) return [];
      const texts = parseHistory(content).map((text) => sanitise(text));
      if (content.length > ENOUGH) await atomicWrite(file, texts.map((text) => historyLine(text) ?? '').join(''), FILE_MODE);
      return texts;
    },
    add: async (text) => {
      const file = await find();
      if (file === undefined) return;
      const [{ ensurePrivateFolder, FILE_MODE }, { createRedactor, profiles }] = await Promise.all([
        import('@mogplex/credentials'),
        import('@mogplex/redaction'),
      ]);
      const line = historyLine(createRedactor(profiles.sessionLog).text(text).text);
      if (line === undefined) return;
      await ensurePrivateFolder(join(file, '..'), () => undefined);
      const handle = await open(file, APPEND, FILE_MODE);
      try {
        await handle.write(line);
      } finally {
        await handle.close();
      }
    },
  };
}

async function historyPath(world: World): Promise<string | undefined> {
  const { loadSettings } = await import('../../config/load.ts');
  // What is wrong with the settings is told by the session that opens with them.
  const settings = await loadSettings(world, () => undefined).catch(() => undefined);
  if (settings?.logs.enabled === false) return undefined;
  const digest = createHash('sha256')
    .update(await repositoryRoot(world.cwd))
    .digest('hex');
  return join(world.home, 'history', `${digest.slice(0, 32)}.jsonl`);
}
