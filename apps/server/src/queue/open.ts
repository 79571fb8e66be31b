import type { Store } from '../store/open.ts';
import { openPostgresQueue } from './postgres.ts';
import type { Queue } from './queue.ts';
import { openSqliteQueue } from './sqlite.ts';

/** Opens the queue that goes with a store. @param onError told of failures that the queue heals by itself. */
export const openQueue = (store: Store, now: () => number, onError: (error: unknown) => void): Promise<Queue> =>
  store.pool ? openPostgresQueue(store.pool, onError) : openSqliteQueue(store.db, now);
