import { type Kysely, PostgresAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The audit trail only grows: the store itself refuses to change or delete a row. */
export const auditKeep: Migration = {
  up: async (db: Kysely<never>) => {
    const statements =
      db.getExecutor().adapter instanceof PostgresAdapter
        ? [
            sql`create function audit_event_refuse() returns trigger language plpgsql as $$ begin raise exception 'the audit trail only grows'; end $$`,
            sql`create trigger audit_event_keep before update or delete or truncate on audit_event execute function audit_event_refuse()`,
          ]
        : [
            sql`create trigger audit_event_no_update before update on audit_event begin select raise(abort, 'the audit trail only grows'); end`,
            sql`create trigger audit_event_no_delete before delete on audit_event begin select raise(abort, 'the audit trail only grows'); end`,
          ];
    for (const statement of statements) await statement.execute(db);
  },
};
