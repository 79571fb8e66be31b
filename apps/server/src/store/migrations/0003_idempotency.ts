import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Answers to requests with an `Idempotency-Key`. */
export const idempotency: Migration = {
  up: async (db: Kysely<never>) => {
    await db.schema
      .createTable('idempotency')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('request_hash', 'text', (column) => column.notNull())
      .addColumn('status', 'integer')
      .addColumn('answer', 'text')
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('idempotency_expires').on('idempotency').column('expires_at').execute();
  },
};
