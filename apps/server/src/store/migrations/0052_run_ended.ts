import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The way to runs that ended long ago, and to the tokens of runs, which are removed. */
export const runEnded: Migration = {
  up: async (db: Kysely<never>) => {
    await db.schema.createIndex('run_ended').on('run').columns(['ended_at']).execute();
    await db.schema.createIndex('token_kind').on('token').columns(['kind', 'revoked_at']).execute();
  },
};
