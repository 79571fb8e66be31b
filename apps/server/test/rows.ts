import { sql } from 'kysely';
import type { Store } from '../src/store/open.ts';

/** The rows of every table of a store by its name, which has its schema in front where that is not the platform's own. */
export const rowsByTable = async ({ db }: Store): Promise<Map<string, unknown[]>> => {
  const tables = new Map<string, unknown[]>();
  for (const { name, schema } of await db.introspection.getTables()) {
    const table = sql.table(schema === undefined ? name : `${schema}.${name}`);
    const { rows } = await sql`select * from ${table}`.execute(db);
    tables.set(schema === undefined || schema === 'public' ? name : `${schema}.${name}`, rows);
  }
  return tables;
};

/** Every row of every table of a store, as JSON: what a stolen copy of the database would show. */
export const everyRow = async (store: Store): Promise<string> =>
  [...(await rowsByTable(store)).values()].map((rows) => JSON.stringify(rows)).join('\n');
