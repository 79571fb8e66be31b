import type { Store } from '../open.ts';
import type { Coherence } from './coherence.ts';
import { openPostgresCoherence } from './postgres.ts';
import { openSqliteCoherence } from './sqlite.ts';

/**
 * Opens the coherence of a store's answers.
 *
 * @param options `serve`: whether this process answers requests; `onError`: told of a lost line, which heals by itself.
 */
export const openCoherence = (store: Store, options: { serve: boolean; onError: (error: unknown) => void }): Promise<Coherence> => {
  if (store.pool) return openPostgresCoherence(store.pool, options);
  return Promise.resolve(openSqliteCoherence(store.dataVersion ?? (() => 0)));
};
