import type { Selectable } from 'kysely';
import type { IdentityTables } from '../tables.ts';
import { allowsGrant, type OAuthClient } from './clients.ts';
import { DEVICE_INTERVAL, DEVICE_TTL, narrowScope, newId, newSecret, OAuthError, type OAuthContext, plainText, sha256 } from './context.ts';
import { issueTokens, liveGrant, type TokenResponse } from './grants.ts';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** No vowels, so no words, and nothing that is mistaken for another sign (RFC 8628 section 6.1). */
const USER_CODE_ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
const UNBIASED_LIMIT = 240;

const newUserCode = (context: OAuthContext): string => {
  let code = '';
  while (code.length < 8) {
    for (const byte of context.randomBytes(16)) {
      if (byte < UNBIASED_LIMIT && code.length < 8) code += USER_CODE_ALPHABET[byte % USER_CODE_ALPHABET.length] ?? '';
    }
  }
  return `${code.slice(0, 4)}-${code.slice(4)}`;
};

const userCodeHash = (typed: string): string => sha256(typed.toUpperCase().replace(/[^A-Z]/g, ''));

/** The answer of RFC 8628 section 3.2. */
export interface DeviceAuthorization {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
}

/**
 * Starts a device sign-in (RFC 8628 section 3.1).
 *
 * @param form `scope`, and `device_name`: how the terminal calls its machine, shown to the person as a claim.
 * @param address where the request came from, shown to the person.
 */
export const startDevice = async (
  context: OAuthContext,
  client: OAuthClient,
  form: URLSearchParams,
  address: string | null,
): Promise<DeviceAuthorization> => {
  if (!allowsGrant(client, DEVICE_GRANT)) throw new OAuthError('unauthorized_client', 'this client may not use the device flow');
  const scope = narrowScope(form.get('scope') ?? undefined, client.scope);
  if (scope === undefined) throw new OAuthError('invalid_scope', `only these scopes can be asked for: ${client.scope}`);
  const deviceCode = newSecret(context);
  const userCode = newUserCode(context);
  const now = context.now();
  await context.db
    .deleteFrom('oauth_device')
    .where('expires_at', '<', now - DEVICE_TTL)
    .execute();
  await context.db
    .insertInto('oauth_device')
    .values({
      hash: sha256(deviceCode),
      user_code_hash: userCodeHash(userCode),
      client_id: client.id,
      scope,
      device_name: plainText(form.get('device_name'), 64),
      address,
      created_at: now,
      expires_at: now + DEVICE_TTL,
      poll_interval: DEVICE_INTERVAL,
      last_polled_at: null,
      status: 'pending',
      grant_id: null,
    })
    .execute();
  return {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: `${context.issuer}/device`,
    verification_uri_complete: `${context.issuer}/device?code=${userCode}`,
    expires_in: DEVICE_TTL / 1000,
    interval: DEVICE_INTERVAL / 1000,
  };
};

export type DeviceRequest = Selectable<IdentityTables['oauth_device']>;

/** The pending device sign-in whose code a person typed, in any case and with any separators, or undefined. */
export const findDevice = async (context: OAuthContext, userCode: string): Promise<DeviceRequest | undefined> =>
  context.db
    .selectFrom('oauth_device')
    .selectAll()
    .where('user_code_hash', '=', userCodeHash(userCode))
    .where('status', '=', 'pending')
    .where('expires_at', '>', context.now())
    .executeTakeFirst();

/**
 * Settles a pending device sign-in once.
 *
 * @param userId the person who decided on our page.
 * @returns false when it was settled or ran out meanwhile.
 */
export const decideDevice = async (context: OAuthContext, device: DeviceRequest, userId: string, approve: boolean): Promise<boolean> =>
  context.db.transaction().execute(async (trx) => {
    const grantId = approve ? newId(context) : null;
    const settled = await trx
      .updateTable('oauth_device')
      .set({ status: approve ? 'approved' : 'denied', grant_id: grantId })
      .where('hash', '=', device.hash)
      .where('status', '=', 'pending')
      .where('expires_at', '>', context.now())
      .executeTakeFirst();
    if (Number(settled.numUpdatedRows) === 0) return false;
    if (grantId === null) return true;
    await trx
      .insertInto('oauth_grant')
      .values({
        id: grantId,
        client_id: device.client_id,
        user_id: userId,
        scope: device.scope,
        device_name: device.device_name,
        address: device.address,
        flow: 'device',
        created_at: context.now(),
        last_used_at: null,
        ended_at: null,
        ended_reason: null,
      })
      .execute();
    return true;
  });

/** Counts a poll, and answers `slow_down` with five more seconds to wait when it came too soon (RFC 8628 section 3.5). */
const paced = async (context: OAuthContext, device: DeviceRequest): Promise<void> => {
  const now = context.now();
  const tooSoon = device.last_polled_at !== null && now - device.last_polled_at < device.poll_interval;
  await context.db
    .updateTable('oauth_device')
    .set({ last_polled_at: now, poll_interval: device.poll_interval + (tooSoon ? DEVICE_INTERVAL : 0) })
    .where('hash', '=', device.hash)
    .execute();
  if (tooSoon) throw new OAuthError('slow_down', 'polled too soon: wait five seconds longer between polls');
};

/** Exchanges an approved device code for tokens, once. */
export const redeemDevice = async (context: OAuthContext, client: OAuthClient, form: URLSearchParams): Promise<TokenResponse> => {
  const hash = sha256(form.get('device_code') ?? '');
  const device = await context.db
    .selectFrom('oauth_device')
    .selectAll()
    .where('hash', '=', hash)
    .where('client_id', '=', client.id)
    .executeTakeFirst();
  if (device === undefined) throw new OAuthError('invalid_grant', 'the device code is not valid');
  if (device.expires_at <= context.now()) throw new OAuthError('expired_token', 'the device code has expired; start again');
  await paced(context, device);
  if (device.status === 'denied') throw new OAuthError('access_denied', 'the sign-in was refused on the page');
  if (device.status === 'pending') throw new OAuthError('authorization_pending', 'nobody has approved this sign-in yet');
  return context.db.transaction().execute(async (trx) => {
    const claimed = await trx.deleteFrom('oauth_device').where('hash', '=', hash).executeTakeFirst();
    if (Number(claimed.numDeletedRows) === 0 || device.grant_id === null) {
      throw new OAuthError('invalid_grant', 'the device code is not valid');
    }
    const grant = await liveGrant(trx, device.grant_id, client.id);
    return issueTokens(context, trx, { id: grant.id, scope: grant.scope, refresh: allowsGrant(client, 'refresh_token') });
  });
};
