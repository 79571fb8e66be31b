import { sql } from 'kysely';
import type { Store } from '../src/store/open.ts';

/** Every row of every table of a store, as JSON: what a stolen copy of the database would show. */
export const everyRow = async ({ db }: Store): Promise<string> => {
  const tables: string[] = [];
  for (const { name, schema } of await db.introspection.getTables()) {
    const table = sql.table(schema === undefined ? name : `${schema}.${name}`);
    tables.push(JSON.stringify((await sql`select * from ${table}`.execute(db)).rows));
  }
  return tables.join('\n');
};
