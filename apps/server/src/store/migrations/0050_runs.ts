import { type Kysely, PostgresAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const runTable = async (db: Kysely<never>): Promise<void> => {
  await db.schema
    .createTable('run')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('account_id', 'text', (column) => column.notNull())
    .addColumn('team_id', 'text')
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('agent', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('repository', 'text')
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('started_by', 'text', (column) => column.notNull())
    .addColumn('token_id', 'text', (column) => column.notNull())
    .addColumn('token_name', 'text', (column) => column.notNull())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .addColumn('start_key', 'text', (column) => column.unique())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('prompt', 'text')
    .addColumn('system', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addColumn('cancel_requested_at', 'bigint')
    .addColumn('error', 'text')
    .addColumn('last_seq', 'integer', (column) => column.notNull())
    .addColumn('fence', 'integer', (column) => column.notNull())
    .addColumn('losses', 'integer', (column) => column.notNull())
    .addColumn('parked', 'integer', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('run_account').on('run').columns(['account_id', 'created_at', 'id']).execute();
  await db.schema.createIndex('run_team').on('run').columns(['team_id', 'created_at', 'id']).execute();
  await sql`create index run_open on run (owner, status, created_at) where status in ('pending', 'running')`.execute(db);
};

/** Runs, their events, whose they are, the embedded queue, and a way from a run to its ledger entries and tokens. */
export const runs: Migration = {
  up: async (db: Kysely<never>) => {
    await runTable(db);
    await db.schema
      .createTable('run_event')
      .addColumn('run_id', 'text', (column) => column.notNull().references('run.id').onDelete('cascade'))
      .addColumn('seq', 'integer', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('data', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('run_event_key', ['run_id', 'seq'])
      .execute();
    await db.schema
      .createTable('run_owner')
      .addColumn('owner', 'text', (column) => column.primaryKey())
      .execute();
    await sql`create index model_ledger_run on model_ledger (run_id) where run_id is not null`.execute(db);
    await sql`create index token_run on token (run_id) where run_id is not null`.execute(db);
    if (db.getExecutor().adapter instanceof PostgresAdapter) return;
    await db.schema
      .createTable('run_queue')
      .addColumn('run_id', 'text', (column) => column.primaryKey())
      .addColumn('lease_until', 'bigint', (column) => column.notNull())
      .addColumn('attempt', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('run_queue_free').on('run_queue').columns(['lease_until', 'created_at']).execute();
  },
};
