import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeProvider, type PluginSource, type ProviderDescriptor } from '../descriptor.ts';
import type { PluginDef } from '../plugin.ts';
import { type Consents, contentHash, type WriteFile } from './consent.ts';
import { type PluginFile, pluginFiles } from './files.ts';
import { indexed, indexPath, type IndexedPlugin, readIndex } from './index-file.ts';
import { loadPluginFile } from './load.ts';

/** Plugins found in a folder, and why others were left out. */
export interface FoundPlugins {
  sources: PluginSource<PluginDef>[];
  /** One sentence per plugin that is not used. */
  warnings: string[];
}

/** A project's plugin and whether the person allowed it. */
export interface ProjectPlugin {
  file: PluginFile;
  sha256: string;
  allowed: boolean;
}

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};

const describe = (plugin: PluginDef): ProviderDescriptor[] => (plugin.providers ?? []).map(describeProvider);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Folder of a person's own plugins. */
export const userPluginFolder = (home: string): string => join(home, 'plugins');

/** Folder of a project's plugins, of which none runs without consent. */
export const projectPluginFolder = (cwd: string): string => join(cwd, '.mogplex', 'plugins');

/**
 * The plugins in `$MOGPLEX_HOME/plugins`. A file that has not changed since it last ran is listed from the index
 * without running it.
 */
export const userPlugins = async (home: string, options: { write: WriteFile }): Promise<FoundPlugins> => {
  const folder = userPluginFolder(home);
  const [files, index] = await Promise.all([pluginFiles(folder), readIndex(folder)]);
  const found: FoundPlugins = { sources: [], warnings: [] };
  const next: Record<string, IndexedPlugin> = {};
  let changed = false;
  for (const file of files) {
    if (file.refused !== undefined) {
      found.warnings.push(`${file.path} is not run: ${file.refused}`);
      continue;
    }
    const load = once(() => loadPluginFile(file.path));
    let entry = indexed(index, file);
    if (!entry) {
      try {
        const plugin = await load();
        entry = { size: file.size, mtimeMs: file.mtimeMs, plugin: plugin.name, providers: describe(plugin) };
        changed = true;
      } catch (error) {
        found.warnings.push(messageOf(error));
        continue;
      }
    }
    next[file.name] = entry;
    found.sources.push({ name: entry.plugin, origin: 'user', providers: entry.providers, load });
  }
  if (changed) {
    await options.write(indexPath(folder), `${JSON.stringify(next)}\n`).catch((error: unknown) => {
      found.warnings.push(`the plugin index could not be written: ${messageOf(error)}`);
    });
  }
  return found;
};

/** The plugin files of a project with the hash of their content. Runs none of them. */
export const projectPluginFiles = async (cwd: string, consents: Consents): Promise<ProjectPlugin[]> =>
  Promise.all(
    (await pluginFiles(projectPluginFolder(cwd))).map(async (file) => {
      const sha256 = contentHash(await readFile(file.path));
      return { file, sha256, allowed: consents.has(sha256) };
    }),
  );

/** The plugins of a project whose exact content the person allowed; the others become warnings. */
export const projectPlugins = async (cwd: string, consents: Consents): Promise<FoundPlugins> => {
  const found: FoundPlugins = { sources: [], warnings: [] };
  for (const file of await pluginFiles(projectPluginFolder(cwd))) {
    const content = await readFile(file.path);
    const sha256 = contentHash(content);
    if (!consents.has(sha256)) {
      found.warnings.push(`${file.path} is not run: you have not allowed it. Read it, then run: moxxy plugins allow ${file.path}`);
      continue;
    }
    try {
      const plugin = await loadPluginFile(file.path, { content, sha256 });
      found.sources.push({ name: plugin.name, origin: 'project', providers: describe(plugin), load: () => Promise.resolve(plugin) });
    } catch (error) {
      found.warnings.push(messageOf(error));
    }
  }
  return found;
};
