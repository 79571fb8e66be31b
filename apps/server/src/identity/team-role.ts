import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';
import type { TeamRole } from './tables.ts';

/** The role of an account in a team; undefined when it is not in it, or there is no such team. */
export const teamRole = async (db: Kysely<Database>, teamId: string, accountId: string): Promise<TeamRole | undefined> => {
  const row = await db
    .selectFrom('team_member')
    .select('role')
    .where('team_id', '=', teamId)
    .where('user_id', '=', accountId)
    .executeTakeFirst();
  return row?.role;
};

/** The accounts that run a team: its owners and admins. */
export const teamManagers = async (db: Kysely<Database>, teamId: string): Promise<string[]> => {
  const rows = await db
    .selectFrom('team_member')
    .select('user_id')
    .where('team_id', '=', teamId)
    .where('role', 'in', ['owner', 'admin'])
    .execute();
  return rows.map(({ user_id: id }) => id);
};
