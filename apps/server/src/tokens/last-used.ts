import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';

export interface LastUsed {
  /** Notes a use; it is written soon, at most once a minute and token. */
  touch(tokenId: string): void;
  /** Writes what is noted. */
  close(): Promise<void>;
}

const RESOLUTION = 60_000;
const DELAY = 250;
/** Ids in one statement: SQLite takes at most 32,766 parameters. */
const BATCH = 1_000;

/** Writes `last_used_at` beside the requests, many tokens at a time. */
export const createLastUsed = (db: Kysely<Database>, now: () => number, onError: (error: unknown) => void): LastUsed => {
  const written = new Map<string, number>();
  let nextSweep = now() + RESOLUTION;
  let noted = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  // One statement, and so one disk write, for all tokens of a moment.
  const write = async (ids: readonly string[], at: number): Promise<void> => {
    for (let start = 0; start < ids.length; start += BATCH) {
      await db
        .updateTable('token')
        .set({ last_used_at: at })
        .where('id', 'in', ids.slice(start, start + BATCH))
        .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<=', at - RESOLUTION)]))
        .execute();
    }
  };
  // Once a minute, not with every write: there can be as many as there are tokens.
  const sweep = (at: number): void => {
    nextSweep = at + RESOLUTION;
    for (const [id, before] of written) if (before <= at - RESOLUTION) written.delete(id);
  };
  const flush = (): void => {
    timer = undefined;
    const batch = [...noted];
    noted = new Set();
    const at = now();
    if (at >= nextSweep) sweep(at);
    writing = writing.then(() => write(batch, at)).catch(onError);
  };
  return {
    touch(tokenId) {
      const at = now();
      if (at - (written.get(tokenId) ?? 0) < RESOLUTION) return;
      written.set(tokenId, at);
      noted.add(tokenId);
      timer ??= setTimeout(flush, DELAY);
    },
    async close() {
      clearTimeout(timer);
      flush();
      await writing;
    },
  };
};
