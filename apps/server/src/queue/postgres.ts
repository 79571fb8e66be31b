import { MogplexError } from '@mogplex/protocol';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Pool } from 'pg';
import { z } from 'zod';
import { LEASE_MS, type Queue, type Ticket } from './queue.ts';

const NAME = 'mogplex-runs';

/**
 * Seconds. The library gives a message away when its holder has not been heard of for `heartbeatSeconds`, which it looks for at the
 * intervals of its supervisor and monitor; one that is `active` for longer than `expireInSeconds` goes whatever its holder says.
 */
const TIMES = {
  heartbeatSeconds: LEASE_MS / 1_000,
  expireInSeconds: 23 * 3_600,
  retentionSeconds: 30 * 24 * 3_600,
  deleteAfterSeconds: 600,
};

/** Deliveries of one message. The rooms that take messages count their attempts themselves, and much earlier. */
const DELIVERIES = 1_000;

const touched = z.object({ settled: z.array(z.string()) });
const message = z.object({ runId: z.string() });

const leaseOf = ({ id, retryCount }: { id: string; retryCount: number }): string => `${id} ${retryCount}`;

const attemptOf = ({ lease }: Ticket): { id: string; retryCount: number } => {
  const [id = '', count = '0'] = lease.split(' ');
  return { id, retryCount: Number(count) };
};

/**
 * The queue over PostgreSQL: pg-boss in its own schema of the same database, on the pool of the store. Its LISTEN is not used: the
 * platform hears its own notices on the one listening connection that each server has.
 *
 * @throws MogplexError `unavailable`, boundary `storage`, when its schema cannot be made.
 */
export const openPostgresQueue = async (pool: Pool, onError: (error: unknown) => void): Promise<Queue> => {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values) },
    schedule: false,
    supervise: true,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    monitorVacuum: false,
  });
  boss.on('error', onError);
  try {
    await boss.start();
    await boss.createQueue(NAME, { ...TIMES, retryLimit: DELIVERIES, retryDelay: 0 });
  } catch (cause) {
    await boss.stop({ graceful: false, close: false });
    throw new MogplexError('unavailable', 'the queue of runs cannot be opened in the database of DATABASE_URL', {
      boundary: 'storage',
      hint: 'It has a schema of its own, pgboss: the role needs CREATE on the database, or that schema as its owner.',
      cause,
    });
  }
  return {
    async add(trx, runId) {
      await boss.send(NAME, { runId }, { db: fromKysely(trx) });
    },
    async take(count) {
      const jobs = await boss.fetch<unknown>(NAME, { batchSize: count });
      return jobs.map((job) => ({ runId: message.parse(job.data).runId, lease: leaseOf(job) }));
    },
    async keep(tickets) {
      if (tickets.length === 0) return new Set();
      const { settled } = touched.parse(await boss.touch(NAME, tickets.map(attemptOf)));
      const ids = new Set(settled);
      return new Set(tickets.filter((ticket) => ids.has(attemptOf(ticket).id)));
    },
    async done(ticket) {
      await boss.complete(NAME, [attemptOf(ticket)]);
    },
    async giveBack(ticket) {
      await boss.fail(NAME, [attemptOf(ticket)]);
    },
    async close() {
      await boss.stop({ graceful: false, close: false });
    },
  };
};
