import { MogplexError } from '@mogplex/protocol';
import type { Kysely } from 'kysely';
import type { Principal } from '../http/principal.ts';
import { teamRole } from '../identity/team-role.ts';
import type { TeamRole } from '../identity/tables.ts';
import type { Database } from '../store/schema.ts';
import type { ConnectionRow } from './tables.ts';

type Db = Kysely<Database>;

/** Whoever acts: a person, or a service account, which is bound to its team. */
export type Actor = Pick<Principal, 'accountId' | 'teamId'>;

const RANK: Record<TeamRole, number> = { owner: 3, admin: 2, member: 1, viewer: 0 };

const forbidden = (): MogplexError =>
  new MogplexError('forbidden', 'your role in the team does not allow this', {
    boundary: 'connection',
    hint: 'Owners and admins change connections, members use them, viewers see them.',
  });

const noTeam = (): MogplexError => new MogplexError('not_found', 'there is no such team', { boundary: 'connection' });

const noConnection = (): MogplexError => new MogplexError('not_found', 'there is no such connection', { boundary: 'connection' });

/** The role of an actor in a team; a service account is a member of its own. */
const roleIn = async (db: Db, { accountId, teamId: bound }: Actor, teamId: string): Promise<TeamRole | undefined> => {
  if (bound !== undefined && bound !== teamId) return undefined;
  const role = await teamRole(db, teamId, accountId);
  if (role !== undefined || bound === undefined) return role;
  const row = await db
    .selectFrom('service_account')
    .select('id')
    .where('id', '=', accountId)
    .where('team_id', '=', teamId)
    .executeTakeFirst();
  return row && 'member';
};

/**
 * The team that a request is about: the one it names, else the account's own.
 *
 * @throws MogplexError `not_found` for a team that the actor is not in, `forbidden` for too small a role.
 */
export const requireTeam = async (db: Db, actor: Actor, wanted: string | undefined, least: TeamRole): Promise<string> => {
  const teamId = wanted ?? actor.teamId ?? (await personalTeam(db, actor.accountId));
  const role = teamId === undefined ? undefined : await roleIn(db, actor, teamId);
  if (teamId === undefined || role === undefined) throw noTeam();
  if (RANK[role] < RANK[least]) throw forbidden();
  return teamId;
};

const personalTeam = async (db: Db, accountId: string): Promise<string | undefined> =>
  (await db.selectFrom('team').select('id').where('personal_of', '=', accountId).executeTakeFirst())?.id;

/** The teams in which an actor has at least a role, the personal one first. */
export const teamsOf = async (db: Db, actor: Actor, least: TeamRole): Promise<string[]> => {
  if (actor.teamId !== undefined) {
    const role = await roleIn(db, actor, actor.teamId);
    return role !== undefined && RANK[role] >= RANK[least] ? [actor.teamId] : [];
  }
  const rows = await db
    .selectFrom('team_member')
    .innerJoin('team', 'team.id', 'team_member.team_id')
    .select(['team.id', 'team.personal_of', 'team_member.role'])
    .where('team_member.user_id', '=', actor.accountId)
    .orderBy('team.created_at')
    .orderBy('team.id')
    .execute();
  return rows
    .filter(({ role }) => RANK[role] >= RANK[least])
    .toSorted((a, b) => Number(a.personal_of === null) - Number(b.personal_of === null))
    .map(({ id }) => id);
};

/**
 * A connection that the actor may act on.
 *
 * @param lock for a transaction that changes it: nobody else does so until that ends. SQLite has one writer, and needs none.
 * @throws MogplexError `not_found` where there is none or its team is not the actor's, `forbidden` for too small a role.
 */
export const requireConnection = async (db: Db, actor: Actor, id: string, least: TeamRole, lock = false): Promise<ConnectionRow> => {
  const query = db.selectFrom('connection').selectAll().where('id', '=', id);
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  const role = row && (await roleIn(db, actor, row.team_id));
  if (row === undefined || role === undefined) throw noConnection();
  if (RANK[role] < RANK[least]) throw forbidden();
  return row;
};
