import type { Kysely } from 'kysely';
import type { Database } from '../../store/schema.ts';
import { ACCESS_TTL, newSecret, OAuthError, type OAuthContext, REFRESH_TTL, sha256 } from './context.ts';

type EndReason = 'person' | 'client' | 'replay' | 'leaked';

/** What a terminal reads when it renews a token whose sign-in is over. */
const ENDED_MESSAGE = 'this sign-in was ended; sign in again';

/** The token response of RFC 6749 section 5.1. */
export interface TokenResponse {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
  scope: string;
  refresh_token?: string;
}

/**
 * Ends a sign-in: every access and refresh token of it is dead from the moment that this returns.
 *
 * @param owner when given, only a grant of this person is ended.
 * @returns whether a live grant was ended.
 */
export const endGrant = async (
  context: Pick<OAuthContext, 'db' | 'now'>,
  grantId: string,
  reason: EndReason,
  owner?: string,
): Promise<boolean> => {
  let query = context.db
    .updateTable('oauth_grant')
    .set({ ended_at: context.now(), ended_reason: reason })
    .where('id', '=', grantId)
    .where('ended_at', 'is', null);
  if (owner !== undefined) query = query.where('user_id', '=', owner);
  const result = await query.executeTakeFirst();
  return Number(result.numUpdatedRows) > 0;
};

/** Writes a new access token and, where `refresh` says so, a new refresh token of a grant. Only their hashes are stored. */
export const issueTokens = async (
  context: OAuthContext,
  db: Kysely<Database>,
  grant: { id: string; scope: string; refresh: boolean },
  accessScope: string = grant.scope,
): Promise<TokenResponse> => {
  const now = context.now();
  const access = newSecret(context, 'mog_at_');
  await db
    .insertInto('oauth_access_token')
    .values({ hash: sha256(access), grant_id: grant.id, scope: accessScope, expires_at: now + ACCESS_TTL })
    .execute();
  const answer: TokenResponse = { access_token: access, token_type: 'Bearer', expires_in: ACCESS_TTL / 1000, scope: accessScope };
  if (!grant.refresh) return answer;
  const refresh = newSecret(context, 'mog_rt_');
  await db
    .insertInto('oauth_refresh_token')
    .values({ hash: sha256(refresh), grant_id: grant.id, expires_at: now + REFRESH_TTL, used_at: null })
    .execute();
  return { ...answer, refresh_token: refresh };
};

/** What a valid access token stands for. */
export interface AccessTokenCheck {
  grantId: string;
  userId: string;
  email: string;
  clientId: string;
  clientName: string;
  scopes: Set<'read' | 'write'>;
  expiresAt: number;
}

const LAST_USED_EVERY = 60_000;

/**
 * Looks an access token up by its hash.
 *
 * @returns undefined for one that is unknown, expired or revoked, or whose sign-in was ended: from outside they are the same. What
 *   became of a sign-in is told to whoever holds its refresh token, at the token endpoint.
 */
export const checkAccessToken = async (context: Pick<OAuthContext, 'db' | 'now'>, token: string): Promise<AccessTokenCheck | undefined> => {
  const now = context.now();
  const row = await context.db
    .selectFrom('oauth_access_token as token')
    .innerJoin('oauth_grant as grant', 'grant.id', 'token.grant_id')
    .innerJoin('oauth_client as client', 'client.id', 'grant.client_id')
    .select(['token.scope', 'token.expires_at', 'grant.id', 'grant.user_id', 'grant.client_id', 'grant.ended_at', 'grant.last_used_at'])
    .innerJoin('user', 'user.id', 'grant.user_id')
    .select(['client.name', 'user.email'])
    .where('token.hash', '=', sha256(token))
    .executeTakeFirst();
  if (row === undefined || row.ended_at !== null || row.expires_at <= now) return undefined;
  if (row.last_used_at === null || row.last_used_at < now - LAST_USED_EVERY) {
    await context.db.updateTable('oauth_grant').set({ last_used_at: now }).where('id', '=', row.id).execute();
  }
  const scopes = new Set(row.scope.split(' ').filter((scope) => scope === 'read' || scope === 'write'));
  return {
    grantId: row.id,
    userId: row.user_id,
    email: row.email,
    clientId: row.client_id,
    clientName: row.name,
    scopes,
    expiresAt: row.expires_at,
  };
};

/**
 * Revokes one token at the client's wish (RFC 7009 section 2): a refresh token takes its whole sign-in with it, an
 * access token goes alone. A token of another client, or an unknown one, is left as it is and answered the same way.
 */
export const revokeToken = async (context: OAuthContext, clientId: string, token: string): Promise<void> => {
  const hash = sha256(token);
  const refresh = await context.db
    .selectFrom('oauth_refresh_token as token')
    .innerJoin('oauth_grant as grant', 'grant.id', 'token.grant_id')
    .select('grant.id')
    .where('token.hash', '=', hash)
    .where('grant.client_id', '=', clientId)
    .executeTakeFirst();
  if (refresh !== undefined) {
    await endGrant(context, refresh.id, 'client');
    return;
  }
  const grants = context.db.selectFrom('oauth_grant').select('id').where('client_id', '=', clientId);
  await context.db.deleteFrom('oauth_access_token').where('hash', '=', hash).where('grant_id', 'in', grants).execute();
};

/** The grant behind a code or refresh token, if it is alive and belongs to the client. */
export const liveGrant = async (db: Kysely<Database>, grantId: string, clientId: string) => {
  const grant = await db
    .selectFrom('oauth_grant')
    .selectAll()
    .where('id', '=', grantId)
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  if (grant === undefined) throw new OAuthError('invalid_grant', 'the code or token is not valid');
  if (grant.ended_at !== null) throw new OAuthError('invalid_grant', ENDED_MESSAGE);
  return grant;
};
