import { Secret, type Vault, type VaultBundle, type VaultRecord } from '@mogplex/credentials';
import type { LoginBundle, ProviderVault, SecretValue, StoredLogin } from '@moxxy/sdk';
import { cardOf } from './card.ts';

const recordName = (provider: string): string => `oauth/${provider}/tokens`;

const asSecret = (label: string, value: SecretValue): Secret => (value instanceof Secret ? value : new Secret(value.reveal(), label));

const sealable = (provider: string, bundle: LoginBundle): VaultBundle => ({
  secrets: Object.fromEntries(Object.entries(bundle.secrets).map(([name, value]) => [name, asSecret(`${provider} ${name}`, value)])),
  meta: { ...bundle.card },
});

const stored = (provider: string, record: VaultRecord): StoredLogin => ({
  secrets: record.secrets,
  card: cardOf(provider, record.meta),
  generation: record.generation,
});

/** The vault as one provider may see it: its own record and no other. */
export const providerVault = (vault: Vault, provider: string): ProviderVault => {
  const name = recordName(provider);
  return {
    provider,
    read: async () => {
      const record = await vault.get(name);
      return record && stored(provider, record);
    },
    card: async () => {
      const entry = vault.list(name).entries.find((candidate) => candidate.name === name);
      return entry && cardOf(provider, entry.meta);
    },
    write: async (bundle) => stored(provider, await vault.put(name, sealable(provider, bundle))),
    refresh: async ({ seen, exchange, discarded, timeoutMs }) => {
      const exchanged: { bundle?: LoginBundle } = {};
      const record = await vault.refresh(name, {
        seen,
        timeoutMs,
        exchange: async ({ current, signal, unfinished }) => {
          exchanged.bundle = await exchange({
            current: stored(provider, current),
            signal,
            ...(unfinished === undefined ? {} : { unfinishedSince: unfinished.startedAt }),
          });
          return sealable(provider, exchanged.bundle);
        },
        discarded: async () => {
          if (exchanged.bundle) await discarded(exchanged.bundle);
        },
      });
      return stored(provider, record);
    },
    remove: () => vault.remove(name),
  };
};
