import { createHash } from 'node:crypto';
import { isOurResource } from './authorize.ts';
import { allowsGrant, type OAuthClient } from './clients.ts';
import { narrowScope, OAuthError, type OAuthContext, sha256 } from './context.ts';
import { DEVICE_GRANT, redeemDevice } from './device.ts';
import { endGrant, issueTokens, liveGrant, type TokenResponse } from './grants.ts';

const required = (form: URLSearchParams, name: string): string => {
  const value = form.get(name);
  if (value === null || value === '') throw new OAuthError('invalid_request', `${name} is required`);
  return value;
};

const s256 = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

const redeemCode = async (context: OAuthContext, client: OAuthClient, form: URLSearchParams): Promise<TokenResponse> => {
  const hash = sha256(required(form, 'code'));
  const redirectUri = required(form, 'redirect_uri');
  const verifier = required(form, 'code_verifier');
  const refuse = () => new OAuthError('invalid_grant', 'the code is not valid');
  const code = await context.db.selectFrom('oauth_code').selectAll().where('hash', '=', hash).executeTakeFirst();
  if (code === undefined) throw refuse();
  const grant = await liveGrant(context.db, code.grant_id, client.id);
  const claimed = await context.db
    .updateTable('oauth_code')
    .set({ used_at: context.now() })
    .where('hash', '=', hash)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  if (Number(claimed.numUpdatedRows) === 0) {
    await endGrant(context, grant.id, 'replay');
    throw refuse();
  }
  if (code.expires_at <= context.now() || code.redirect_uri !== redirectUri || s256(verifier) !== code.code_challenge) {
    await endGrant(context, grant.id, 'client');
    throw refuse();
  }
  return issueTokens(context, context.db, { id: grant.id, scope: grant.scope, refresh: allowsGrant(client, 'refresh_token') });
};

/**
 * Exchanges a refresh token for the next one (RFC 6749 section 6, RFC 9700 section 4.14.2): each is good once, and one
 * that comes back ends the sign-in that it belongs to.
 */
const redeemRefresh = async (context: OAuthContext, client: OAuthClient, form: URLSearchParams): Promise<TokenResponse> => {
  const hash = sha256(required(form, 'refresh_token'));
  const outcome = await context.db.transaction().execute(async (trx) => {
    const token = await trx.selectFrom('oauth_refresh_token').selectAll().where('hash', '=', hash).executeTakeFirst();
    if (token === undefined || token.expires_at <= context.now()) throw new OAuthError('invalid_grant', 'the refresh token is not valid');
    const grant = await liveGrant(trx, token.grant_id, client.id);
    const scope = narrowScope(form.get('scope') ?? undefined, grant.scope);
    if (scope === undefined) throw new OAuthError('invalid_scope', `this sign-in was given: ${grant.scope}`);
    const claimed = await trx
      .updateTable('oauth_refresh_token')
      .set({ used_at: context.now() })
      .where('hash', '=', hash)
      .where('used_at', 'is', null)
      .executeTakeFirst();
    if (Number(claimed.numUpdatedRows) === 0) return { replayed: grant.id };
    return { answer: await issueTokens(context, trx, { id: grant.id, scope: grant.scope, refresh: true }, scope) };
  });
  if (outcome.answer !== undefined) return outcome.answer;
  await endGrant(context, outcome.replayed, 'replay');
  throw new OAuthError('invalid_grant', 'the refresh token was used before; this sign-in was ended, sign in again');
};

/**
 * The token endpoint (RFC 6749 section 3.2).
 *
 * @param client the authenticated client.
 * @param form the parsed `application/x-www-form-urlencoded` body.
 * @throws OAuthError with the codes of RFC 6749 section 5.2 and RFC 8628 section 3.5.
 */
export const exchangeToken = async (context: OAuthContext, client: OAuthClient, form: URLSearchParams): Promise<TokenResponse> => {
  for (const name of form.keys()) {
    if (name !== 'resource' && form.getAll(name).length > 1) throw new OAuthError('invalid_request', `${name} must not be repeated`);
  }
  if (!form.getAll('resource').every((resource) => isOurResource(context, resource))) {
    throw new OAuthError('invalid_target', 'the resource is not served here');
  }
  const grantType = required(form, 'grant_type');
  const handlers = new Map([
    ['authorization_code', redeemCode],
    ['refresh_token', redeemRefresh],
    [DEVICE_GRANT, redeemDevice],
  ]);
  const handler = handlers.get(grantType);
  if (handler === undefined) throw new OAuthError('unsupported_grant_type', 'this grant type is not offered');
  if (!allowsGrant(client, grantType)) throw new OAuthError('unauthorized_client', 'this client may not use this grant type');
  return handler(context, client, form);
};
