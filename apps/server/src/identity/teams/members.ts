import { MogplexError } from '@mogplex/protocol';
import type { Kysely } from 'kysely';
import { teamRole } from '../team-role.ts';
import type { Database } from '../../store/schema.ts';
import type { TeamRole } from '../tables.ts';

type Db = Kysely<Database>;

/** What each role may do: an owner everything, an admin everything but to make, change or remove owners and end the team. */
const RANK: Record<TeamRole, number> = { owner: 3, admin: 2, member: 1, viewer: 0 };

const refuse = (message: string) => new MogplexError('forbidden', message, { boundary: 'account' });

/**
 * The role of a person in a team, at least `least`.
 *
 * @throws MogplexError `not_found` for a team that they are not in, as if it did not exist; `forbidden` for too small a role.
 */
export const requireRole = async (db: Db, teamId: string, accountId: string, least: TeamRole): Promise<TeamRole> => {
  const role = await teamRole(db, teamId, accountId);
  if (role === undefined) throw new MogplexError('not_found', 'there is no such team', { boundary: 'account' });
  if (RANK[role] < RANK[least]) throw refuse(`this needs the role ${least} in the team`);
  return role;
};

/** Whether somebody of this role may give, change or take away the other role. */
export const mayManage = (role: TeamRole, other: TeamRole): boolean => role === 'owner' || (role === 'admin' && other !== 'owner');

const lastOwner = (names: string) =>
  new MogplexError('conflict', `the last owner cannot leave ${names}`, {
    boundary: 'account',
    hint: 'Make somebody else an owner first, or delete the team.',
  });

/**
 * Runs a change of what a team is made of while its row is locked: who may do what is looked at and done in one, so that nobody does with
 * a role what they could before it was taken from them.
 */
export const inLockedTeam = async <T>(db: Db, teamId: string, change: (trx: Db) => Promise<T>): Promise<T> =>
  db.transaction().execute(async (trx) => {
    await trx
      .updateTable('team')
      .set((eb) => ({ name: eb.ref('name') }))
      .where('id', '=', teamId)
      .execute();
    return change(trx);
  });

/** Runs a change of a team's members in its lock, and takes it back when it would leave the team without an owner. */
export const keepingAnOwner = async (db: Db, teamId: string, change: (trx: Db) => Promise<void>): Promise<void> =>
  inLockedTeam(db, teamId, async (trx) => {
    await change(trx);
    const owner = await trx
      .selectFrom('team_member')
      .select('user_id')
      .where('team_id', '=', teamId)
      .where('role', '=', 'owner')
      .limit(1)
      .executeTakeFirst();
    if (owner === undefined) throw lastOwner('the team');
  });

/**
 * Takes back the open invitations that a person made into a team in which they may no longer invite: whoever is shown the door must not
 * have left another one open.
 */
export const withdrawInvitations = async (trx: Db, teamId: string, accountId: string): Promise<void> => {
  await trx
    .deleteFrom('team_invitation')
    .where('team_id', '=', teamId)
    .where('invited_by', '=', accountId)
    .where('accepted_at', 'is', null)
    .execute();
};

/**
 * Takes a person who deletes their account out of every shared team, and removes teams that nobody else is in.
 *
 * @param trx the transaction that deletes the account.
 * @returns the ids of the teams that are removed.
 * @throws MogplexError `conflict` where they are the last owner of a team that others are in.
 */
export const leaveEveryTeam = async (trx: Db, accountId: string): Promise<string[]> => {
  const removed: string[] = [];
  const teams = await trx
    .selectFrom('team')
    .innerJoin('team_member', 'team_member.team_id', 'team.id')
    .select(['team.id', 'team.name'])
    .where('team_member.user_id', '=', accountId)
    .where('team.personal_of', 'is', null)
    .execute();
  for (const { id, name } of teams) {
    await trx.updateTable('team').set({ name }).where('id', '=', id).execute();
    await trx.deleteFrom('team_member').where('team_id', '=', id).where('user_id', '=', accountId).execute();
    const rest = await trx.selectFrom('team_member').select('role').where('team_id', '=', id).execute();
    if (rest.length === 0) {
      await trx.deleteFrom('team').where('id', '=', id).execute();
      removed.push(id);
    } else if (!rest.some(({ role }) => role === 'owner')) throw lastOwner(`the team ${name}`);
  }
  return removed;
};
