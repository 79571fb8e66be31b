import type { Kysely } from 'kysely';
import type { Database } from '../../store/schema.ts';
import { sha256 } from './context.ts';
import { endGrant } from './grants.ts';

export interface LeakedGrant {
  id: string;
  accountId: string;
  clientName: string;
  /** False when the sign-in had been ended before. */
  wasLive: boolean;
}

/**
 * Ends the sign-in that an access or refresh token found in public belongs to.
 *
 * @returns undefined when the token is none of ours.
 */
export const endLeakedGrant = async (db: Kysely<Database>, token: string, now: () => number): Promise<LeakedGrant | undefined> => {
  const hash = sha256(token);
  const grantId = token.startsWith('mog_rt_')
    ? db.selectFrom('oauth_refresh_token').select('grant_id').where('hash', '=', hash)
    : db.selectFrom('oauth_access_token').select('grant_id').where('hash', '=', hash);
  const row = await db
    .selectFrom('oauth_grant as grant')
    .innerJoin('oauth_client as client', 'client.id', 'grant.client_id')
    .select(['grant.id', 'grant.user_id', 'client.name'])
    .where('grant.id', 'in', grantId)
    .executeTakeFirst();
  if (!row) return undefined;
  const wasLive = await endGrant({ db, now }, row.id, 'leaked');
  return { id: row.id, accountId: row.user_id, clientName: row.name, wasLive };
};
