import { isRunOver } from '@mogplex/protocol';
import { recordAudit } from '../audit/record.ts';
import type { Principal } from '../http/principal.ts';
import { endRun, lockOwner, readLocked, RUN_CHANNEL, type RunRow, type RunStore } from './record.ts';

/**
 * Asks for the end of a run: one that waits ends at once, one that is worked on as soon as its worker, whom this wakes, has let go. From
 * then on it can only end as cancelled. A run that has ended stays as it is.
 *
 * @param found the run, which the caller may change.
 * @returns the run as it is now.
 */
export const cancelRun = async (parts: RunStore, found: RunRow, by: { principal: Principal; requestId: string }): Promise<RunRow> => {
  const { store, coherence, now } = parts;
  // Neither is ever undone, so that asking again needs no lock.
  if (isRunOver(found.status) || found.cancel_requested_at !== null) return found;
  return store.db.transaction().execute(async (trx) => {
    await lockOwner(parts, trx, found.owner);
    const run = await readLocked(parts, trx, found.id);
    if (!run || isRunOver(run.status) || run.cancel_requested_at !== null) return run ?? found;
    const at = now();
    await recordAudit(
      trx,
      {
        actor: by.principal.accountId,
        action: 'run.cancelled',
        subject: run.id,
        accountId: run.account_id,
        ...(run.team_id === null ? {} : { teamId: run.team_id }),
        requestId: by.requestId,
      },
      at,
    );
    const asked = { ...run, cancel_requested_at: at };
    await trx.updateTable('run').set({ cancel_requested_at: at }).where('id', '=', run.id).execute();
    if (run.status === 'pending') return endRun(parts, trx, asked, { status: 'cancelled' });
    await coherence.say(trx, RUN_CHANNEL, `!${run.id}`);
    return asked;
  });
};
