import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Teams, who is in them, and invitations. */
export const teams: Migration = {
  up: async (db: Kysely<never>) => {
    await db.schema
      .createTable('team')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('personal_of', 'text', (column) => column.unique().references('user.id').onDelete('cascade'))
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('team_member')
      .addColumn('team_id', 'text', (column) => column.notNull().references('team.id').onDelete('cascade'))
      .addColumn('user_id', 'text', (column) => column.notNull().references('user.id').onDelete('cascade'))
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('team_member_key', ['team_id', 'user_id'])
      .execute();
    await db.schema.createIndex('team_member_user').on('team_member').column('user_id').execute();
    await db.schema
      .createTable('team_invitation')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('hash', 'text', (column) => column.notNull().unique())
      .addColumn('team_id', 'text', (column) => column.notNull().references('team.id').onDelete('cascade'))
      .addColumn('email', 'text', (column) => column.notNull())
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('invited_by', 'text', (column) => column.notNull().references('user.id').onDelete('cascade'))
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('accepted_at', 'bigint')
      .execute();
    await db.schema.createIndex('team_invitation_team').on('team_invitation').column('team_id').execute();
    await db.schema.createIndex('team_invitation_email').on('team_invitation').column('email').execute();
  },
};
