import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import { processRefreshTokenResponse, refreshTokenGrantRequest, ResponseBodyError } from 'oauth4webapi';
import type { Platform } from '../../platform.ts';
import type { ConnectionRow } from '../tables.ts';
import { type Grant, grantOf, openGrant, type OAuthRow, partiesOf, readOAuth, sealGrant } from './grant.ts';
import { type OAuthParts, withOAuth } from './transport.ts';

type Context = Pick<Platform, 'store' | 'now'>;

/** A token that ends sooner than this, in milliseconds, is renewed before it is used. */
const MARGIN = 60_000;
/** Milliseconds that one server has a renewal to itself. */
const LEASE = 30_000;
const POLL = 200;

const bearer = ({ accessToken }: Grant): Record<string, Secret> => ({
  Authorization: new Secret(`Bearer ${accessToken.reveal()}`, 'connection/bearer'),
});

/** Takes the renewal of this version for one server alone: a refresh token that is spent twice ends the whole grant (RFC 9700 section 4.14). */
const claim = async ({ store, now }: Context, row: OAuthRow): Promise<boolean> => {
  const { numUpdatedRows } = await store.db
    .updateTable('connection_oauth')
    .set({ renewing_until: now() + LEASE })
    .where('id', '=', row.id)
    .where('version', '=', row.version)
    .where('renewing_until', '<=', now())
    .executeTakeFirst();
  return numUpdatedRows > 0n;
};

const put = async ({ store }: Context, row: OAuthRow, columns: Partial<OAuthRow>): Promise<void> => {
  await store.db
    .updateTable('connection_oauth')
    .set({ ...columns, version: row.version + 1 })
    .where('id', '=', row.id)
    .where('version', '=', row.version)
    .execute();
};

const exchange = (context: Context, parts: OAuthParts, row: OAuthRow, refreshToken: Secret): Promise<Grant> =>
  withOAuth(parts, 'the authorization server', async ({ request }) => {
    const { server, client, clientAuth } = partiesOf(context.store.sealer, row);
    const response = await refreshTokenGrantRequest(server, client, clientAuth, refreshToken.reveal(), {
      ...request,
      ...(row.resource === null ? {} : { additionalParameters: { resource: row.resource } }),
    });
    return grantOf(await processRefreshTokenResponse(server, client, response), context.now(), refreshToken);
  });

const isSpent = (error: unknown): boolean =>
  error instanceof MogplexError && error.cause instanceof ResponseBodyError && error.cause.error === 'invalid_grant';

const lost = (cause: unknown): MogplexError =>
  new MogplexError('unauthenticated', 'its server has ended what was approved: connect it again', {
    boundary: 'connection',
    hint: 'Connect it in Settings > Connections.',
    cause,
  });

/** Spends the refresh token; the new grant is stored before it is used. */
const renew = async (context: Context, parts: OAuthParts, row: OAuthRow, refreshToken: Secret): Promise<Grant> => {
  try {
    const grant = await exchange(context, parts, row, refreshToken);
    await put(context, row, sealGrant(context.store.sealer, row, grant));
    return grant;
  } catch (error) {
    if (isSpent(error)) {
      await put(context, row, { status: 'reconnect', sealed_grant: null, expires_at: null, renewing_until: 0 });
      throw lost(error);
    }
    await context.store.db
      .updateTable('connection_oauth')
      .set({ renewing_until: 0 })
      .where('id', '=', row.id)
      .where('version', '=', row.version)
      .execute();
    throw error;
  }
};

/**
 * The header with the access token of a connection, renewed before it ends by one server at a time.
 *
 * @throws MogplexError `unauthenticated` where nobody approved, or the server ended the grant; else boundary `connection`.
 */
export const openOAuthHeaders = async (context: Context, parts: OAuthParts, { id }: ConnectionRow): Promise<Record<string, Secret>> => {
  const { store, now } = context;
  let first: number | undefined;
  for (const end = performance.now() + LEASE; ;) {
    const row = await readOAuth(store.db, id);
    first ??= row.version;
    const grant = openGrant(store.sealer, row);
    // What somebody else renewed in the meantime is used as it is, however short it lasts.
    const margin = row.version === first ? MARGIN : 0;
    if (grant.expiresAt === null || grant.expiresAt - margin > now()) return bearer(grant);
    if (!grant.refreshToken) {
      if (grant.expiresAt > now()) return bearer(grant);
      await put(context, row, { status: 'reconnect', sealed_grant: null, expires_at: null, renewing_until: 0 });
      throw lost(undefined);
    }
    if (await claim(context, row)) return bearer(await renew(context, parts, row, grant.refreshToken));
    if (performance.now() > end) {
      throw new MogplexError('unavailable', 'another server renews its token and does not end', { boundary: 'connection', retryAfter: 5 });
    }
    await sleep(POLL);
  }
};
