import { MogplexError, PROVIDERS, type ProviderInfo } from '@mogplex/protocol';
import { type ClientConfig, definePlugin, defineProvider, type ProviderDef } from '@moxxy/sdk';
import { createDirectClient } from './client.ts';
import { SHIPPED_MODELS } from './models.ts';

const keyOf = (provider: ProviderInfo, { apiKey }: ClientConfig) => {
  if (apiKey) return apiKey;
  throw new MogplexError('unauthenticated', `there is no key for ${provider.label}`, {
    boundary: 'model',
    hint: `Set ${provider.envVar}, or run mogplex and store one with /login ${provider.id}.`,
  });
};

const definitionOf = (provider: ProviderInfo): ProviderDef =>
  defineProvider({
    name: provider.id,
    models: SHIPPED_MODELS[provider.id].map((id) => ({ id })),
    auth: { kind: 'apiKey', envVar: provider.envVar },
    createClient: (config) => {
      const baseUrl = config.baseUrl ?? (config.env[provider.baseUrlEnvVar] || undefined);
      return createDirectClient({
        provider,
        key: keyOf(provider, config),
        credential: 'the given key',
        fetch: config.fetch,
        now: config.now,
        ...(baseUrl === undefined ? {} : { baseUrl }),
      });
    },
  });

/** The nine providers of statement A2 as one plugin of the registry (statement C13). */
export default definePlugin({ name: 'providers', providers: PROVIDERS.map(definitionOf) });
