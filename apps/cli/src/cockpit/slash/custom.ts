import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CustomCommand } from '../ports.ts';
import { sanitise, sanitiseLine } from '../text/sanitise.ts';
import { isSlashName } from './table.ts';

const FILE = /^([a-z0-9][a-z0-9_-]{0,40})\.md$/;
const LARGEST = 64 * 1024;

/**
 * The commands that a person (`<home>/commands`) and a repository (`.agents/commands`) keep as Markdown files.
 * The person's own win over the repository's of the same name, built-in commands win over both.
 * Symbolic links, other file types and files over 64 KiB are passed over.
 *
 * @param folders where a repository may keep commands, from the folder at hand up to its root: the nearest wins
 */
export async function readCustomCommands(home: string, folders: readonly string[]): Promise<CustomCommand[]> {
  const places = [
    await readFolder(join(home, 'commands'), 'home'),
    ...(await Promise.all(folders.map(async (folder) => await readFolder(join(folder, '.agents', 'commands'), 'project')))),
  ];
  const byName = new Map<string, CustomCommand>();
  for (const command of places.flat()) if (!byName.has(command.name)) byName.set(command.name, command);
  return [...byName.values()];
}

async function readFolder(folder: string, from: CustomCommand['from']): Promise<CustomCommand[]> {
  const names = await readdir(folder).catch(ifAbsent);
  const commands: CustomCommand[] = [];
  for (const file of names.toSorted()) {
    const name = FILE.exec(file)?.[1];
    if (name === undefined || isSlashName(name)) continue;
    const path = join(folder, file);
    const stats = await lstat(path);
    if (!stats.isFile() || stats.size > LARGEST) continue;
    commands.push({ name, from, ...parseCommand(await readFile(path, 'utf8')) });
  }
  return commands;
}

function ifAbsent(error: unknown): string[] {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EACCES'))
    return [];
  throw error;
}

/** Front matter's `description` and the template below it. */
export function parseCommand(text: string): { description: string; template: string } {
  const match = /^---\n([\s\S]*?)\n---\n?([\s\S]*)$/.exec(sanitise(text));
  const template = (match?.[2] ?? sanitise(text)).trim();
  const described = /^description:\s*(.+)$/m.exec(match?.[1] ?? '')?.[1];
  return { description: sanitiseLine(described ?? template, 120).replace(/^["']|["']$/g, ''), template };
}

/** The prompt that a template and its argument make: `$ARGUMENTS` is all of it, `$1` to `$9` its words. */
export function expandTemplate(template: string, argument: string): string {
  const words = argument.split(/\s+/).filter((word) => word !== '');
  const used = /\$ARGUMENTS|\$[1-9]/.test(template);
  const filled = template.replace(/\$ARGUMENTS|\$([1-9])/g, (_, index?: string) =>
    index === undefined ? argument : (words[Number(index) - 1] ?? ''),
  );
  return used || argument === '' ? filled : `${filled}\n\n${argument}`;
}
