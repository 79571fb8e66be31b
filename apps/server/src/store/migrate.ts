import { MogplexError } from '@mogplex/protocol';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './migrations/index.ts';

/**
 * Brings the tables up to date. Safe while other servers and commands do the same: the whole of it is one transaction that
 * holds the store's migration lock.
 */
export const migrate = async <T>(db: Kysely<T>): Promise<void> => {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    // Rooms number their migrations in ranges of their own, so that a later one may sort before one that ran.
    allowUnorderedMigrations: true,
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find(({ status }) => status === 'Error');
  throw new MogplexError('unavailable', `the store could not be brought up to date${failed ? ` (${failed.migrationName})` : ''}`, {
    boundary: 'storage',
    hint: 'A store that a newer release has migrated cannot be opened by an older one.',
    cause: error,
  });
};
