import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What the owner stated of a model, so that the rest follows the list that ships; of rows from before it is unknown. */
export const statedModels: Migration = {
  up: async (db: Kysely<never>) => {
    await db.schema.alterTable('models').addColumn('stated', 'text').execute();
  },
};
