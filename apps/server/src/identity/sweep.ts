import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.ts';

const DAY = 24 * 3_600_000;
/** How long an ended or expired sign-in is kept, so that its terminal is told what happened to it. */
const KEEP_GRANTS = 90 * DAY;
/** How long a registered application is kept that nobody ever allowed anything. */
const KEEP_CLIENTS = 30 * DAY;

/** Removes what has expired: sessions, one-time codes, tokens, counters, sign-ins that ended long ago, unused applications. */
export const sweepIdentity = async (db: Kysely<Database>, now: number): Promise<void> => {
  const at = new Date(now).toISOString();
  await db.deleteFrom('session').where('expiresAt', '<', at).execute();
  await db.deleteFrom('verification').where('expiresAt', '<', at).execute();
  await db.deleteFrom('sign_in_attempt').where('window_ends_at', '<', now).execute();
  await db
    .deleteFrom('oauth_device')
    .where('expires_at', '<', now - DAY)
    .execute();
  await db
    .deleteFrom('oauth_code')
    .where('expires_at', '<', now - DAY)
    .execute();
  await db
    .deleteFrom('oauth_access_token')
    .where('expires_at', '<', now - 7 * DAY)
    .execute();
  await db.deleteFrom('oauth_refresh_token').where('expires_at', '<', now).execute();
  await db
    .deleteFrom('oauth_grant')
    .where('ended_at', '<', now - KEEP_GRANTS)
    .execute();
  await db
    .deleteFrom('oauth_grant')
    .where('created_at', '<', now - KEEP_GRANTS)
    .where('id', 'not in', db.selectFrom('oauth_refresh_token').select('grant_id'))
    .where('id', 'not in', db.selectFrom('oauth_access_token').select('grant_id'))
    .execute();
  await db
    .deleteFrom('oauth_client')
    .where('first_party', '=', 0)
    .where('created_at', '<', now - KEEP_CLIENTS)
    .where('id', 'not in', db.selectFrom('oauth_grant').select('client_id'))
    .execute();
};
