import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';

/** How many personal access tokens of an account are neither revoked nor expired. */
export const countLiveTokens = async (db: Kysely<Database>, accountId: string, now: number): Promise<number> => {
  const { count } = await db
    .selectFrom('token')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('account_id', '=', accountId)
    .where('kind', '=', 'personal')
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .executeTakeFirstOrThrow();
  return Number(count);
};
