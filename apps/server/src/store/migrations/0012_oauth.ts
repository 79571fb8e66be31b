import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const clientsAndGrants = async (db: Kysely<never>): Promise<void> => {
  await db.schema
    .createTable('oauth_client')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('uri', 'text')
    .addColumn('redirect_uris', 'text', (column) => column.notNull())
    .addColumn('first_party', 'integer', (column) => column.notNull())
    .addColumn('auth_method', 'text', (column) => column.notNull())
    .addColumn('secret_hash', 'text')
    .addColumn('grant_types', 'text', (column) => column.notNull())
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('oauth_grant')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('client_id', 'text', (column) => column.notNull().references('oauth_client.id').onDelete('cascade'))
    .addColumn('user_id', 'text', (column) => column.notNull().references('user.id').onDelete('cascade'))
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('device_name', 'text')
    .addColumn('address', 'text')
    .addColumn('flow', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('last_used_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addColumn('ended_reason', 'text')
    .execute();
  await db.schema.createIndex('oauth_grant_user').on('oauth_grant').column('user_id').execute();
};

const tokens = async (db: Kysely<never>): Promise<void> => {
  await db.schema
    .createTable('oauth_code')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('grant_id', 'text', (column) => column.notNull().references('oauth_grant.id').onDelete('cascade'))
    .addColumn('redirect_uri', 'text', (column) => column.notNull())
    .addColumn('code_challenge', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint')
    .execute();
  await db.schema
    .createTable('oauth_access_token')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('grant_id', 'text', (column) => column.notNull().references('oauth_grant.id').onDelete('cascade'))
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('oauth_refresh_token')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('grant_id', 'text', (column) => column.notNull().references('oauth_grant.id').onDelete('cascade'))
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint')
    .execute();
  for (const table of ['oauth_code', 'oauth_access_token', 'oauth_refresh_token']) {
    await db.schema.createIndex(`${table}_grant`).on(table).column('grant_id').execute();
  }
};

const devices = async (db: Kysely<never>): Promise<void> => {
  await db.schema
    .createTable('oauth_device')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('user_code_hash', 'text', (column) => column.notNull().unique())
    .addColumn('client_id', 'text', (column) => column.notNull().references('oauth_client.id').onDelete('cascade'))
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('device_name', 'text')
    .addColumn('address', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('poll_interval', 'integer', (column) => column.notNull())
    .addColumn('last_polled_at', 'bigint')
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('grant_id', 'text')
    .execute();
};

const CLI = {
  id: 'mogplex-cli',
  name: 'Mogplex CLI',
  uri: null,
  redirect_uris: JSON.stringify(['http://127.0.0.1/callback', 'http://[::1]/callback', 'http://localhost/callback']),
  first_party: 1,
  auth_method: 'none',
  secret_hash: null,
  grant_types: JSON.stringify(['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code']),
  scope: 'read write',
  created_at: 0,
};

/** The authorization server: clients, sign-ins of terminals and applications, codes and tokens; and the terminal's own client. */
export const oauth: Migration = {
  up: async (db: Kysely<{ oauth_client: typeof CLI }>) => {
    await clientsAndGrants(db as unknown as Kysely<never>);
    await tokens(db as unknown as Kysely<never>);
    await devices(db as unknown as Kysely<never>);
    await db.insertInto('oauth_client').values(CLI).execute();
  },
};
