import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** How many runs a plan allows at the same time. */
export const parallelRuns: Migration = {
  up: async (db: Kysely<never>) => {
    await db.schema
      .alterTable('model_plans')
      .addColumn('parallel_runs', 'integer', (column) => column.notNull().defaultTo(8))
      .execute();
  },
};
