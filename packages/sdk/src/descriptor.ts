import type { ProviderDef } from './provider.ts';

/** Where a plugin comes from: the product itself, `$MOGPLEX_HOME/plugins`, or `.mogplex/plugins` of the project at hand. */
export type PluginOrigin = 'product' | 'user' | 'project';

/** What is known of a provider without running its code. */
export interface ProviderDescriptor {
  name: string;
  kind: 'oauth' | 'apiKey';
  /** The service's name, or the provider's own when it has none. */
  serviceName: string;
  /** For `apiKey`: the environment variable. */
  envVar?: string;
}

/** A plugin that can be listed before it is loaded. */
export interface PluginSource<Plugin> {
  name: string;
  origin: PluginOrigin;
  providers: readonly ProviderDescriptor[];
  load(): Promise<Plugin>;
}

/** The part of a provider that a listing shows. */
export const describeProvider = ({ name, auth }: ProviderDef): ProviderDescriptor =>
  auth.kind === 'oauth'
    ? { name, kind: 'oauth', serviceName: auth.serviceName }
    : { name, kind: 'apiKey', serviceName: name, envVar: auth.envVar };
