import { isRunOver, type RunError, type RunStatus } from '@mogplex/protocol';
import type { Kysely, Selectable, Updateable } from 'kysely';
import { parallelRunsOf } from '../models/index.ts';
import type { Queue } from '../queue/queue.ts';
import type { Coherence } from '../store/coherence/coherence.ts';
import type { Database } from '../store/schema.ts';
import type { Store } from '../store/open.ts';
import { endRunTokens } from '../tokens/run-token.ts';
import { safeEvent, type SafeEvent, statusEvent } from './events.ts';
import type { RunTables } from './tables.ts';

export type Db = Kysely<Database>;
export type RunRow = Selectable<RunTables['run']>;

/** What the transactions of this room need. */
export interface RunStore {
  store: Store;
  coherence: Coherence;
  queue: Queue;
  now: () => number;
}

/** The channel on which servers wake each other: `+` (there is work), `<run>` (it has new events), `!<run>` (its cancel was asked for). */
export const RUN_CHANNEL = 'mogplex_run';

/** Whose run it is: its team's, else its account's. */
export const ownerOf = (accountId: string, teamId: string | undefined): string =>
  teamId === undefined ? `account:${accountId}` : `team:${teamId}`;

/** The place of a sealed column of a run. */
export const sealPlace = (run: { id: string; account_id: string }, column: 'prompt' | 'system') => ({
  table: 'run',
  row: run.id,
  column,
  owner: run.account_id,
});

/** Locks an owner's runs until the transaction ends. Taken before any run's own row, so that nobody waits for each other. */
export const lockOwner = async ({ store }: RunStore, trx: Db, owner: string): Promise<void> => {
  await trx
    .insertInto('run_owner')
    .values({ owner })
    .onConflict((conflict) => conflict.column('owner').doNothing())
    .execute();
  if (store.dialect === 'postgres') await trx.selectFrom('run_owner').selectAll().where('owner', '=', owner).forUpdate().execute();
};

/** A run's row, locked on PostgreSQL; SQLite has one writer. */
export const readLocked = async ({ store }: RunStore, trx: Db, id: string): Promise<RunRow | undefined> => {
  const query = trx.selectFrom('run').selectAll().where('id', '=', id);
  return (store.dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst();
};

/** How many runs of an owner hold a place. */
const countActive = async (trx: Db, owner: string): Promise<number> => {
  const { count } = await trx
    .selectFrom('run')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('owner', '=', owner)
    .where('status', 'in', ['pending', 'running'])
    .where('parked', '=', 0)
    .executeTakeFirstOrThrow();
  return Number(count);
};

/** How many more runs of an owner may be under way, by its plan; the others wait in the table alone. The owner is locked. */
export const countFree = async (trx: Db, owner: string): Promise<number> =>
  (await parallelRunsOf(trx, owner)) - (await countActive(trx, owner));

/** Gives the free places of an owner to the runs that wait longest. The owner is locked. */
const fillPlaces = async (parts: RunStore, trx: Db, owner: string): Promise<void> => {
  const free = await countFree(trx, owner);
  if (free <= 0) return;
  const waiting = await trx
    .selectFrom('run')
    .select('id')
    .where('owner', '=', owner)
    .where('status', '=', 'pending')
    .where('parked', '=', 1)
    .orderBy('created_at')
    .orderBy('id')
    .limit(free)
    .execute();
  for (const { id } of waiting) {
    await trx.updateTable('run').set({ parked: 0 }).where('id', '=', id).execute();
    await parts.queue.add(trx, id);
  }
  if (waiting.length > 0) await parts.coherence.say(trx, RUN_CHANNEL, '+');
};

/** Adds events behind a run's last one. The run's row is locked. */
export const insertEvents = async (trx: Db, runId: string, after: number, events: readonly SafeEvent[], at: number): Promise<void> => {
  if (events.length === 0) return;
  const rows = events.map(({ type, data }, index) => ({ run_id: runId, seq: after + index + 1, at, type, data }));
  await trx.insertInto('run_event').values(rows).execute();
};

/** Changes a locked run and adds its events, and wakes who watches it. */
export const changeRun = async (
  parts: RunStore,
  trx: Db,
  run: RunRow,
  change: Updateable<RunTables['run']>,
  events: readonly SafeEvent[],
): Promise<RunRow> => {
  const changed = { ...change, last_seq: run.last_seq + events.length };
  await trx.updateTable('run').set(changed).where('id', '=', run.id).execute();
  await insertEvents(trx, run.id, run.last_seq, events, parts.now());
  await parts.coherence.say(trx, RUN_CHANNEL, run.id);
  return { ...run, ...changed } as RunRow;
};

/** Ends a run for ever: its last events, its token, its prompt, its place. The owner and the run are locked, and it is not over. */
export const endRun = async (
  parts: RunStore,
  trx: Db,
  run: RunRow,
  end: { status: Extract<RunStatus, 'succeeded' | 'failed' | 'cancelled'>; error?: RunError; events?: readonly SafeEvent[] },
): Promise<RunRow> => {
  if (isRunOver(run.status)) throw new Error(`${run.id} has ended before`);
  const at = parts.now();
  const error = end.error && safeEvent({ type: 'error', data: end.error });
  const events = [...(end.events ?? []), ...(error ? [error] : []), statusEvent(end.status)];
  const change = {
    status: end.status,
    ended_at: at,
    error: error?.data ?? null,
    prompt: null,
    system: null,
    parked: 0,
  };
  const ended = await changeRun(parts, trx, run, change, events);
  await endRunTokens(trx, run.id, at);
  await fillPlaces(parts, trx, run.owner);
  return ended;
};
