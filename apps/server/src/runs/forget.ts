import type { Db } from './record.ts';

/**
 * Deletes the runs of an account that is no more, but for those of its teams, or those of a team. A worker that has one of them finds that
 * out at its next write.
 */
export const deleteRuns = async (db: Db, of: { accountId: string } | { teamId: string }): Promise<void> => {
  const query = db.deleteFrom('run');
  await (
    'teamId' in of ? query.where('team_id', '=', of.teamId) : query.where('account_id', '=', of.accountId).where('team_id', 'is', null)
  ).execute();
};
