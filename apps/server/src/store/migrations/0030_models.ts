import { type CreateTableBuilder, type Kysely, PostgresAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

type Columns = Record<string, 'text' | 'text?' | 'integer' | 'integer?' | 'bigint' | 'bigint?'>;

const table = (db: Kysely<never>, name: string, columns: Columns): CreateTableBuilder<string, string> => {
  let builder: CreateTableBuilder<string, string> = db.schema.createTable(name);
  for (const [column, type] of Object.entries(columns)) {
    builder = builder.addColumn(column, type.replace('?', '') as 'text' | 'integer' | 'bigint', (definition) =>
      type.endsWith('?') ? definition : definition.notNull(),
    );
  }
  return builder;
};

const attribution: Columns = {
  account_id: 'text?',
  team_id: 'text?',
  token_id: 'text?',
  run_id: 'text?',
  source: 'text?',
  model: 'text?',
  provider: 'text?',
  upstream_id: 'text?',
};

const isPostgres = (db: Kysely<never>): boolean => db.getExecutor().adapter instanceof PostgresAdapter;

/** The ledger only grows: an entry that was wrong is answered by another one. */
const refuseChanges = async (db: Kysely<never>): Promise<void> => {
  if (isPostgres(db)) {
    await sql`create function model_ledger_refuse() returns trigger language plpgsql as $$ begin raise exception 'the ledger only grows'; end $$`.execute(
      db,
    );
    await sql`create trigger model_ledger_keep before update or delete or truncate on model_ledger execute function model_ledger_refuse()`.execute(
      db,
    );
    return;
  }
  await sql`create trigger model_ledger_no_update before update on model_ledger begin select raise(abort, 'the ledger only grows'); end`.execute(
    db,
  );
  await sql`create trigger model_ledger_no_delete before delete on model_ledger begin select raise(abort, 'the ledger only grows'); end`.execute(
    db,
  );
};

const createLedger = async (db: Kysely<never>): Promise<void> => {
  // Every call writes these tables: on SQLite the rows lie in the key's own tree, which halves the pages of a commit.
  const keyed = (builder: CreateTableBuilder<string, string>): CreateTableBuilder<string, string> =>
    isPostgres(db) ? builder : builder.modifyEnd(sql`without rowid`);
  await table(db, 'model_credit', {
    payer: 'text',
    period: 'text',
    granted: 'bigint',
    balance: 'bigint',
    reserved: 'bigint',
    calls: 'integer',
    minute: 'bigint',
    minute_calls: 'integer',
  })
    .addPrimaryKeyConstraint('model_credit_key', ['payer'])
    .$call(keyed)
    .execute();
  await table(db, 'model_reservations', {
    id: 'text',
    payer: 'text',
    server_id: 'text',
    amount: 'bigint',
    calls: 'integer',
    charged: 'integer',
    ...attribution,
    expires_at: 'bigint',
    created_at: 'bigint',
  })
    .addPrimaryKeyConstraint('model_reservations_key', ['id'])
    .$call(keyed)
    .execute();
  await table(db, 'model_ledger', {
    reference: 'text',
    payer: 'text',
    kind: 'text',
    amount: 'bigint',
    cost: 'bigint',
    uncovered: 'bigint',
    ...attribution,
    input_tokens: 'bigint',
    cached_input_tokens: 'bigint',
    cache_write_tokens: 'bigint',
    output_tokens: 'bigint',
    exact: 'integer',
    outcome: 'text?',
    day: 'text',
    created_at: 'bigint',
  })
    .addPrimaryKeyConstraint('model_ledger_key', ['reference'])
    .$call(keyed)
    .execute();
  await db.schema.createIndex('model_ledger_account_day').on('model_ledger').columns(['account_id', 'day']).execute();
  await refuseChanges(db);
};

/** Upstream keys, catalogue, plans, credit, reservations and the ledger. */
export const models: Migration = {
  up: async (db: Kysely<never>) => {
    await table(db, 'model_upstreams', {
      id: 'text',
      provider: 'text',
      account_id: 'text?',
      label: 'text',
      base_url: 'text?',
      sealed_key: 'text',
      key_hint: 'text',
      position: 'integer',
      health: 'text',
      health_note: 'text?',
      health_at: 'bigint?',
      created_at: 'bigint',
      updated_at: 'bigint',
    })
      .addPrimaryKeyConstraint('model_upstreams_key', ['id'])
      .execute();
    await table(db, 'models', {
      id: 'text',
      provider: 'text',
      name: 'text',
      label: 'text',
      context_length: 'integer',
      max_output: 'integer',
      capabilities: 'text',
      input_price: 'bigint?',
      cached_input_price: 'bigint?',
      output_price: 'bigint?',
      cache_write_price: 'bigint?',
      origin: 'text',
      enabled: 'integer',
      updated_at: 'bigint',
    })
      .addPrimaryKeyConstraint('models_key', ['id'])
      .execute();
    await table(db, 'model_choices', { account_id: 'text', model: 'text', enabled: 'integer', is_default: 'integer' })
      .addPrimaryKeyConstraint('model_choices_key', ['account_id', 'model'])
      .execute();
    await table(db, 'model_exclusions', { account_id: 'text', repository: 'text', model: 'text' })
      .addPrimaryKeyConstraint('model_exclusions_key', ['account_id', 'repository', 'model'])
      .execute();
    await table(db, 'model_plans', {
      id: 'text',
      name: 'text',
      monthly_credit: 'bigint?',
      allowed_models: 'text',
      parallel_calls: 'integer',
      calls_per_minute: 'integer',
      soft_limits: 'text',
      is_default: 'integer',
      updated_at: 'bigint',
    })
      .addPrimaryKeyConstraint('model_plans_key', ['id'])
      .execute();
    await table(db, 'model_entitlements', { subject: 'text', plan_id: 'text', updated_at: 'bigint' })
      .addPrimaryKeyConstraint('model_entitlements_key', ['subject'])
      .execute();
    await createLedger(db);
    await table(db, 'model_alerts', { id: 'text', payer: 'text', period: 'text', percent: 'integer', created_at: 'bigint' })
      .addPrimaryKeyConstraint('model_alerts_key', ['id'])
      .addUniqueConstraint('model_alerts_once', ['payer', 'period', 'percent'])
      .execute();
  },
};
