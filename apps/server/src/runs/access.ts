import { MogplexError } from '@mogplex/protocol';
import type { Principal } from '../http/principal.ts';
import { teamRole } from '../identity/team-role.ts';
import type { Db, RunRow } from './record.ts';

const noRun = (): MogplexError => new MogplexError('not_found', 'there is no such run', { boundary: 'run' });

/** What a caller may do with the runs of a team; undefined for a stranger, to whom it does not exist. */
const rightsIn = async (db: Db, teamId: string, principal: Principal): Promise<'see' | 'start' | undefined> => {
  if (principal.teamId !== undefined) return principal.teamId === teamId ? 'start' : undefined;
  const role = await teamRole(db, teamId, principal.accountId);
  return role === 'viewer' ? 'see' : role && 'start';
};

const mayOnlySee = (): MogplexError =>
  new MogplexError('forbidden', 'a viewer of the team can see its runs, not start or cancel them', { boundary: 'account' });

/**
 * A run that the caller may see: the account's own, or one of a team that it is in.
 *
 * @param wish `start` for what changes it.
 * @throws MogplexError `not_found`, `forbidden` for a viewer who wants to change it.
 */
export const findRun = async (db: Db, id: string, principal: Principal, wish: 'see' | 'start' = 'see'): Promise<RunRow> => {
  const run = await db.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirst();
  if (!run) throw noRun();
  const rights =
    run.team_id === null ? (run.account_id === principal.accountId ? 'start' : undefined) : await rightsIn(db, run.team_id, principal);
  if (rights === undefined) throw noRun();
  if (wish === 'start' && rights === 'see') throw mayOnlySee();
  return run;
};

/**
 * The team that a new run belongs to: the one that is named, else that of a service account, else none.
 *
 * @throws MogplexError `not_found` for a team that the caller is not in, `forbidden` for a viewer.
 */
export const teamOfNewRun = async (db: Db, principal: Principal, named: string | undefined): Promise<string | undefined> => {
  const teamId = named ?? principal.teamId;
  if (teamId === undefined) return undefined;
  const rights = await rightsIn(db, teamId, principal);
  if (rights === undefined) throw new MogplexError('not_found', 'there is no such team', { boundary: 'account' });
  if (rights === 'see') throw mayOnlySee();
  return teamId;
};

/** The teams whose runs a caller sees. */
export const teamsSeenBy = async (db: Db, principal: Principal): Promise<string[]> => {
  if (principal.teamId !== undefined) return [principal.teamId];
  const rows = await db.selectFrom('team_member').select('team_id').where('user_id', '=', principal.accountId).execute();
  return rows.map(({ team_id: teamId }) => teamId);
};
