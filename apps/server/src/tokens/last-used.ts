import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';

export interface LastUsed {
  /** Notes a use; it is written soon, at most once a minute and token. */
  touch(tokenId: string): void;
  /** Writes what is noted. */
  close(): Promise<void>;
}

const RESOLUTION = 60_000;
const DELAY = 200;

/** Writes `last_used_at` beside the requests, many tokens at a time. */
export const createLastUsed = (db: Kysely<Database>, now: () => number, onError: (error: unknown) => void): LastUsed => {
  let written = new Map<string, number>();
  let noted = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  const write = async (batch: Map<string, number>): Promise<void> => {
    for (const [id, at] of batch) {
      await db
        .updateTable('token')
        .set({ last_used_at: at })
        .where('id', '=', id)
        .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<=', at - RESOLUTION)]))
        .execute();
    }
  };
  const flush = (): void => {
    timer = undefined;
    const batch = noted;
    noted = new Map();
    const limit = now() - RESOLUTION;
    written = new Map([...written].filter(([, at]) => at > limit));
    writing = writing.then(() => write(batch)).catch(onError);
  };
  return {
    touch(tokenId) {
      const at = now();
      if (at - (written.get(tokenId) ?? 0) < RESOLUTION) return;
      written.set(tokenId, at);
      noted.set(tokenId, at);
      timer ??= setTimeout(flush, DELAY);
    },
    async close() {
      clearTimeout(timer);
      flush();
      await writing;
    },
  };
};
