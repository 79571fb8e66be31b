import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The way to the newest runs of an account or team, however many it has. */
export const runList: Migration = {
  up: async (db: Kysely<never>) => {
    await db.schema.createIndex('run_list').on('run').columns(['owner', 'created_at', 'id']).execute();
  },
};
