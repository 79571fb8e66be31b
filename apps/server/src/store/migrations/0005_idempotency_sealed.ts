import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { IdempotencyTables } from '../../http/idempotency.ts';

/** Forgets the answers of the last day: from here on the hash of a request's body is kept sealed. */
export const idempotencySealed: Migration = {
  up: async (db: Kysely<IdempotencyTables>) => {
    await db.deleteFrom('idempotency').execute();
  },
};
