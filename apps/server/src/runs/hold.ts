import { isRunOver, MogplexError, type RunError } from '@mogplex/protocol';
import type { SealedText } from '../store/sealer.ts';
import { issueRunToken, type RunToken } from '../tokens/run-token.ts';
import { runErrorOf, type SafeEvent, safeEvent, statusEvent } from './events.ts';
import { changeRun, endRun, insertEvents, lockOwner, readLocked, RUN_CHANNEL, type RunRow, type RunStore, sealPlace } from './record.ts';

/** A run as its worker holds it. Whoever takes it over has a higher fence, and from then on this one cannot write. */
export interface HeldRun {
  run: RunRow;
  prompt: string;
  system?: string;
  token: RunToken;
  /** Sequence number of the last event that is known to be stored. */
  lastSeq: number;
}

/** Workers that may be lost over one run before it is given up. */
const MOST_WORKERS = 3;

/** The worker does not hold the run any more: another took it over, or it has ended. */
export class RunLost extends Error {
  override readonly name = 'RunLost';
}

const lostTooOften = (requestId: string) => ({
  code: 'unavailable' as const,
  message: `the worker was lost ${MOST_WORKERS} times`,
  boundary: 'run' as const,
  requestId,
  hint: 'Look into the log of the platform for why its processes end, then start the run again.',
});

/** Prompt and system text; the error of the run where they cannot be opened, which no other worker could either. */
const openTexts = (
  { store: { sealer } }: RunStore,
  run: RunRow,
  prompt: SealedText,
): { prompt: string; system?: string } | { error: RunError } => {
  try {
    return {
      prompt: sealer.openText(sealPlace(run, 'prompt'), prompt),
      ...(run.system === null ? {} : { system: sealer.openText(sealPlace(run, 'system'), run.system) }),
    };
  } catch (error) {
    if (!(error instanceof MogplexError)) throw error;
    return { error: runErrorOf(error, run.request_id) };
  }
};

/**
 * Takes a run for a worker: one that waits, or one whose worker was lost.
 *
 * @returns undefined when it needs no worker: it has ended, or it ends here since its cancel was asked for or too many were lost over it.
 */
export const holdRun = async (
  parts: RunStore & { randomBytes: (count: number) => Uint8Array },
  runId: string,
): Promise<HeldRun | undefined> => {
  const { store, now } = parts;
  const seen = await store.db.selectFrom('run').select(['owner', 'status']).where('id', '=', runId).executeTakeFirst();
  if (!seen || isRunOver(seen.status)) return undefined;
  return store.db.transaction().execute(async (trx) => {
    await lockOwner(parts, trx, seen.owner);
    const run = await readLocked(parts, trx, runId);
    if (!run || isRunOver(run.status) || run.prompt === null) return undefined;
    if (run.cancel_requested_at !== null) {
      await endRun(parts, trx, run, { status: 'cancelled' });
      return undefined;
    }
    const losses = run.losses + (run.status === 'running' ? 1 : 0);
    if (losses >= MOST_WORKERS) {
      await endRun(parts, trx, run, { status: 'failed', error: lostTooOften(run.request_id) });
      return undefined;
    }
    const texts = openTexts(parts, run, run.prompt);
    if ('error' in texts) {
      await endRun(parts, trx, run, { status: 'failed', ...texts });
      return undefined;
    }
    const token = await issueRunToken(trx, { id: run.id, accountId: run.account_id, teamId: run.team_id }, parts);
    const event =
      run.status === 'pending'
        ? statusEvent('running')
        : safeEvent({
            type: 'notice',
            data: { code: 'restarted', text: 'the worker was lost: another begins again, and what was said so far is void' },
          });
    const change = { status: 'running' as const, fence: run.fence + 1, losses, started_at: run.started_at ?? now() };
    const held = await changeRun(parts, trx, run, change, [event]);
    return {
      run: held,
      ...texts,
      token,
      lastSeq: held.last_seq,
    };
  });
};

/**
 * Adds events to a run that is held. Whether it is still held is checked in the very transaction that writes; a repetition after an answer
 * that was lost on the way adds nothing twice.
 *
 * @returns whether the run's cancel was asked for.
 * @throws RunLost
 */
export const appendEvents = async (parts: RunStore, held: HeldRun, events: readonly SafeEvent[]): Promise<boolean> => {
  const { id, fence } = held.run;
  const last = held.lastSeq + events.length;
  const cancelAsked = await parts.store.db.transaction().execute(async (trx) => {
    const mine = await trx
      .updateTable('run')
      .set({ last_seq: last })
      .where('id', '=', id)
      .where('fence', '=', fence)
      .where('status', '=', 'running')
      .where('last_seq', '=', held.lastSeq)
      .returning('cancel_requested_at')
      .executeTakeFirst();
    if (!mine) {
      const row = await trx.selectFrom('run').select(['fence', 'status', 'last_seq']).where('id', '=', id).executeTakeFirst();
      if (row?.fence !== fence || row.status !== 'running' || row.last_seq !== last) throw new RunLost(`${id} is held by another worker`);
      return false;
    }
    await insertEvents(trx, id, held.lastSeq, events, parts.now());
    await parts.coherence.say(trx, RUN_CHANNEL, id);
    return mine.cancel_requested_at !== null;
  });
  held.lastSeq = last;
  return cancelAsked;
};

/**
 * Ends a run that is held, once: as cancelled where that was asked for meanwhile.
 *
 * @throws RunLost when it has ended or is held by another.
 */
export const finishHeld = async (parts: RunStore, held: HeldRun, end: Parameters<typeof endRun>[3]): Promise<RunRow> =>
  parts.store.db.transaction().execute(async (trx) => {
    await lockOwner(parts, trx, held.run.owner);
    const run = await readLocked(parts, trx, held.run.id);
    if (!run || run.fence !== held.run.fence || run.status !== 'running') throw new RunLost(`${held.run.id} is held by another worker`);
    if (run.cancel_requested_at === null) return endRun(parts, trx, run, end);
    return endRun(parts, trx, run, { status: 'cancelled', ...(end.events ? { events: end.events } : {}) });
  });

/** Lets go of a run that another worker is to begin again, as a server does that stops in order: this worker was not lost. */
export const letGo = async ({ store }: RunStore, { run }: HeldRun): Promise<void> => {
  await store.db
    .updateTable('run')
    .set((row) => ({ losses: row('losses', '-', 1) }))
    .where('id', '=', run.id)
    .where('fence', '=', run.fence)
    .where('status', '=', 'running')
    .execute();
};
