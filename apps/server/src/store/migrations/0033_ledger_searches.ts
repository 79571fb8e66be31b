import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** How many web searches of a provider an entry of the ledger is for. */
export const ledgerSearches: Migration = {
  up: async (db: Kysely<never>) => {
    await db.schema
      .alterTable('model_ledger')
      .addColumn('searches', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
