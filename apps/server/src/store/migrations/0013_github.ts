import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What is known of a linked GitHub account besides its tokens. */
export const github: Migration = {
  up: async (db: Kysely<never>) => {
    await db.schema
      .createTable('github_link')
      .addColumn('account_row', 'text', (column) => column.primaryKey().references('account.id').onDelete('cascade'))
      .addColumn('refused_token', 'text')
      .addColumn('refreshing_until', 'bigint', (column) => column.notNull())
      .execute();
  },
};
