import { MogplexError } from '@mogplex/protocol';
import type { PluginOrigin, PluginSource, ProviderDescriptor } from './descriptor.ts';
import type { PluginDef } from './plugin.ts';
import type { ProviderDef } from './provider.ts';
import { plainText } from './text.ts';

export interface ListedProvider extends ProviderDescriptor {
  plugin: string;
  origin: PluginOrigin;
}

export interface Registry {
  /** Every provider, in the order of the plugins. Loads nothing. */
  list(): readonly ListedProvider[];
  /** Providers that were left out because an earlier plugin has the name, in words. */
  conflicts(): readonly string[];
  /** Loads the plugin that defines the provider. @throws MogplexError `not_found` that names the providers there are. */
  provider(name: string): Promise<ProviderDef>;
  /** Loads every plugin. */
  plugins(): Promise<readonly PluginDef[]>;
}

/**
 * The providers of a list of plugins. The first plugin to define a name keeps it, so a user's or a project's plugin
 * cannot take the place of the product's.
 */
export const createRegistry = (sources: readonly PluginSource<PluginDef>[]): Registry => {
  const owners = new Map<string, { listed: ListedProvider; source: PluginSource<PluginDef> }>();
  const conflicts: string[] = [];
  for (const source of sources) {
    for (const descriptor of source.providers) {
      const earlier = owners.get(descriptor.name);
      if (earlier) conflicts.push(`${source.name} defines ${descriptor.name}, which ${earlier.source.name} already has; it is left out`);
      else owners.set(descriptor.name, { listed: { ...descriptor, plugin: source.name, origin: source.origin }, source });
    }
  }
  return {
    list: () => [...owners.values()].map(({ listed }) => listed),
    conflicts: () => conflicts,
    provider: async (name) => {
      const owner = owners.get(name);
      if (!owner) {
        throw new MogplexError('not_found', `there is no provider ${JSON.stringify(plainText(name, 80))}`, {
          boundary: 'configuration',
          hint: `Known: ${[...owners.keys()].join(', ') || 'none'}. "moxxy providers" lists them.`,
        });
      }
      const plugin = await owner.source.load();
      const definition = plugin.providers?.find((provider) => provider.name === name);
      if (!definition) {
        throw new MogplexError('internal', `plugin ${owner.source.name} no longer defines ${name}`, { boundary: 'configuration' });
      }
      return definition;
    },
    plugins: () => Promise.all(sources.map((source) => source.load())),
  };
};
