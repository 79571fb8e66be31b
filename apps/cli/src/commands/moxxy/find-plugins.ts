import { atomicWrite, FILE_MODE } from '@mogplex/credentials';
import {
  describeProvider,
  type FoundPlugins,
  type PluginDef,
  type PluginSource,
  projectPluginFolder,
  projectPlugins,
  userPluginFolder,
  userPlugins,
} from '@moxxy/sdk';
import type { World } from '../../world.ts';
import { consentsOf } from './consents.ts';

/** The plugins that ship with the product. A provider becomes known by its plugin's definition and nothing else. */
const PRODUCT_PLUGINS: readonly (() => Promise<PluginDef>)[] = [
  async () => (await import('@moxxy/plugin-provider-openai-codex')).default,
  async () => (await import('@moxxy/plugin-oauth')).oauthPlugin,
  async () => (await import('@mogplex/providers')).providersPlugin,
];

const productPlugins = (): Promise<PluginSource<PluginDef>[]> =>
  Promise.all(
    PRODUCT_PLUGINS.map(async (load) => {
      const plugin = await load();
      const providers = (plugin.providers ?? []).map(describeProvider);
      return { name: plugin.name, origin: 'product' as const, providers, load: () => Promise.resolve(plugin) };
    }),
  );

const noPlugins: FoundPlugins = { sources: [], warnings: [] };

const allowedPlugins = async (world: World): Promise<FoundPlugins> => {
  if (projectPluginFolder(world.cwd) === userPluginFolder(world.home)) return noPlugins;
  try {
    return await projectPlugins(world.cwd, await consentsOf(world));
  } catch (error) {
    return { sources: [], warnings: [`no plugin of this project is run: ${error instanceof Error ? error.message : String(error)}`] };
  }
};

/** Every plugin that may run here: product first, then the person's own, then the project's that were allowed. */
export const findPlugins = async (world: World): Promise<FoundPlugins> => {
  const write = (path: string, text: string): Promise<void> => atomicWrite(path, text, FILE_MODE);
  const product = await productPlugins();
  const user = await userPlugins(world.home, { write });
  const project = await allowedPlugins(world);
  return {
    sources: [...product, ...user.sources, ...project.sources],
    warnings: [...user.warnings, ...project.warnings],
  };
};
