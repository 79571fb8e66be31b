import type { VaultMeta } from '@mogplex/credentials';
import type { LoginCard } from '@moxxy/sdk';

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const time = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** The card that a record's clear part holds. */
export const cardOf = (provider: string, meta: VaultMeta): LoginCard => {
  const account = text(meta['account']);
  const expiresAt = time(meta['expiresAt']);
  const scope = text(meta['scope']);
  const lost = meta['lost'];
  return {
    serviceName: text(meta['serviceName']) ?? provider,
    issuer: text(meta['issuer']) ?? '',
    ...(account === undefined ? {} : { account }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    refreshable: meta['refreshable'] === true,
    loggedInAt: time(meta['loggedInAt']) ?? 0,
    ...(scope === undefined ? {} : { scope }),
    ...(lost === 'interrupted' || lost === 'refused' ? { lost } : {}),
  };
};
