import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';
import { LEASE_MS, type Queue, type Ticket } from './queue.ts';

/**
 * The embedded queue: a table of leases. The data folder is held by one process at a time, so that whatever is leased when it opens was
 * held by a process that is no more.
 */
export const openSqliteQueue = async (db: Kysely<Database>, now: () => number): Promise<Queue> => {
  await db.updateTable('run_queue').set({ lease_until: 0 }).execute();
  const held = ({ runId, lease }: Ticket) => db.updateTable('run_queue').where('run_id', '=', runId).where('attempt', '=', Number(lease));
  return {
    async add(trx, runId) {
      const row = { run_id: runId, lease_until: 0, attempt: 0, created_at: now() };
      await trx.insertInto('run_queue').values(row).execute();
    },
    async take(count) {
      // A look costs no write lock.
      const any = await db.selectFrom('run_queue').select('run_id').where('lease_until', '<=', now()).limit(1).executeTakeFirst();
      if (!any) return [];
      const free = db
        .selectFrom('run_queue')
        .select('run_id')
        .where('lease_until', '<=', now())
        .orderBy('created_at')
        .orderBy('run_id')
        .limit(count);
      const rows = await db
        .updateTable('run_queue')
        .set((row) => ({ lease_until: now() + LEASE_MS, attempt: row('attempt', '+', 1) }))
        .where('run_id', 'in', free)
        .returning(['run_id', 'attempt', 'created_at'])
        .execute();
      return rows
        .toSorted((one, other) => one.created_at - other.created_at)
        .map(({ run_id: runId, attempt }) => ({ runId, lease: String(attempt) }));
    },
    async keep(tickets) {
      const kept = new Set<Ticket>();
      for (const ticket of tickets) {
        const { numUpdatedRows } = await held(ticket)
          .set({ lease_until: now() + LEASE_MS })
          .executeTakeFirst();
        if (numUpdatedRows > 0n) kept.add(ticket);
      }
      return kept;
    },
    async done({ runId, lease }) {
      await db.deleteFrom('run_queue').where('run_id', '=', runId).where('attempt', '=', Number(lease)).execute();
    },
    async giveBack(ticket) {
      await held(ticket).set({ lease_until: 0 }).execute();
    },
    close: () => Promise.resolve(),
  };
};
