import { sql } from 'kysely';
import type { Store } from '../src/store/open.ts';

/** How many connections to the store's database wait for a lock; PostgreSQL only. */
export const waitingForLocks = async ({ db }: Store): Promise<number> => {
  const query = sql<{ count: string }>`
    select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  const { rows } = await query.execute(db);
  return Number(rows[0]?.count ?? 0);
};
