import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProviderDescriptor } from '../descriptor.ts';
import type { PluginFile } from './files.ts';

/** What a plugin file defined when it last ran. */
export interface IndexedPlugin {
  size: number;
  mtimeMs: number;
  plugin: string;
  providers: readonly ProviderDescriptor[];
}

export type PluginIndex = Readonly<Record<string, IndexedPlugin>>;

const FILE = '.index.json';

/** Path of the index in a plugin folder. It only saves running the plugins to list them: delete it at any time. */
export const indexPath = (folder: string): string => join(folder, FILE);

/** The stored index; empty when there is none or it cannot be read. */
export const readIndex = async (folder: string): Promise<PluginIndex> => {
  try {
    const value: unknown = JSON.parse(await readFile(indexPath(folder), 'utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as PluginIndex) : {};
  } catch {
    return {};
  }
};

/** What the index knows of this very file, or undefined when the file has changed since. */
export const indexed = (index: PluginIndex, file: PluginFile): IndexedPlugin | undefined => {
  const entry = Object.hasOwn(index, file.name) ? index[file.name] : undefined;
  return entry && entry.size === file.size && entry.mtimeMs === file.mtimeMs && Array.isArray(entry.providers) ? entry : undefined;
};
