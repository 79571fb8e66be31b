import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Connections to REST APIs and MCP servers, the repositories they are for or kept from, and their OAuth grants. */
export const connections: Migration = {
  up: async (db: Kysely<never>) => {
    await db.schema
      .createTable('connection')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('team_id', 'text', (column) => column.notNull().references('team.id').onDelete('cascade'))
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('transport', 'text')
      .addColumn('auth', 'text', (column) => column.notNull())
      .addColumn('auth_name', 'text')
      .addColumn('sealed_secret', 'text')
      .addColumn('secret_hint', 'text')
      .addColumn('enabled', 'integer', (column) => column.notNull())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addColumn('health', 'text', (column) => column.notNull())
      .addColumn('health_at', 'bigint')
      .addColumn('health_note', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addUniqueConstraint('connection_name', ['team_id', 'name'])
      .execute();
    await db.schema
      .createTable('connection_repository')
      .addColumn('connection_id', 'text', (column) => column.notNull().references('connection.id').onDelete('cascade'))
      .addColumn('repository', 'text', (column) => column.notNull())
      .addColumn('mode', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('connection_repository_key', ['connection_id', 'mode', 'repository'])
      .execute();
    await db.schema
      .createTable('connection_oauth')
      .addColumn('id', 'text', (column) => column.primaryKey().references('connection.id').onDelete('cascade'))
      .addColumn('team_id', 'text', (column) => column.notNull())
      .addColumn('scope', 'text')
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('client_id', 'text')
      .addColumn('registered', 'integer', (column) => column.notNull())
      .addColumn('sealed_client_secret', 'text')
      .addColumn('server', 'text')
      .addColumn('resource', 'text')
      .addColumn('sealed_grant', 'text')
      .addColumn('expires_at', 'bigint')
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('renewing_until', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('connection_oauth_flow')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('connection_id', 'text', (column) => column.notNull().references('connection.id').onDelete('cascade'))
      .addColumn('team_id', 'text', (column) => column.notNull())
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('session_id', 'text', (column) => column.notNull())
      .addColumn('sealed_verifier', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute();
  },
};
