import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Db } from './record.ts';

const DAY = 24 * 3_600_000;
const EVERY_MS = 3_600_000;
/** How long the token of a run stays after its end, so that what used it can still be named. */
const KEEP_TOKENS = 7 * DAY;
/** What one statement removes, so that nobody waits long for the store behind it; a run goes with all its events. */
const RUNS_AT_ONCE = 10;
const TOKENS_AT_ONCE = 500;

/**
 * Removes runs that ended so many days ago, with their events, and tokens of runs that ended a week ago. What was spent and
 * what the audit log says of them stays.
 *
 * @param signal ends it after the statement that is under way.
 */
export const sweepRuns = async (db: Db, keepDays: number, now: number, signal: AbortSignal): Promise<void> => {
  const inPieces = async (size: number, remove: () => Promise<{ numDeletedRows: bigint }>): Promise<void> => {
    while (!signal.aborted && Number((await remove()).numDeletedRows) === size) await nextTurn();
  };
  const oldRuns = db
    .selectFrom('run')
    .select('id')
    .where('ended_at', '<', now - keepDays * DAY)
    .orderBy('ended_at')
    .limit(RUNS_AT_ONCE);
  await inPieces(RUNS_AT_ONCE, () => db.deleteFrom('run').where('id', 'in', oldRuns).executeTakeFirst());
  const oldTokens = db
    .selectFrom('token')
    .select('id')
    .where('kind', '=', 'run')
    .where('revoked_at', '<', now - KEEP_TOKENS)
    .limit(TOKENS_AT_ONCE);
  await inPieces(TOKENS_AT_ONCE, () => db.deleteFrom('token').where('id', 'in', oldTokens).executeTakeFirst());
};

/** Sweeps now and every hour. @returns ends that, and resolves when no sweep is under way */
export const keepSweeping = (sweep: (signal: AbortSignal) => Promise<void>, onError: (error: unknown) => void): (() => Promise<void>) => {
  const ending = new AbortController();
  let under: Promise<void> | undefined;
  const run = (): void => {
    under ??= sweep(ending.signal)
      .catch(onError)
      .finally(() => (under = undefined));
  };
  run();
  const timer = setInterval(run, EVERY_MS).unref();
  return async () => {
    clearInterval(timer);
    ending.abort();
    await under;
  };
};
