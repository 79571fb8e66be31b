import { type Kysely, PostgresAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What proves that the configured master key is the one that sealed this store, and PostgreSQL's shared rate limits. */
export const core: Migration = {
  up: async (db: Kysely<never>) => {
    await db.schema
      .createTable('key_check')
      .addColumn('key_id', 'text', (column) => column.primaryKey())
      .addColumn('sealed', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return;
    // The columns are those of rate-limiter-flexible. Unlogged: a minute's counts are not worth a disk write.
    await sql`create unlogged table rate_limit (key varchar(255) primary key, points integer not null default 0, expire bigint)`.execute(
      db,
    );
  },
};
