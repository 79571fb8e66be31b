import { allowsGrant, findClient, type OAuthClient, redirectAllowed } from './clients.ts';
import { CODE_TTL, narrowScope, newId, newSecret, OAuthError, type OAuthContext, plainText, sha256 } from './context.ts';

/** An authorization request that was found in order. */
export interface AuthorizationRequest {
  client: OAuthClient;
  redirectUri: string;
  scope: string;
  state: string | undefined;
  codeChallenge: string;
  deviceName: string | null;
}

/**
 * What becomes of an authorization request: in order, refused at the client's own redirect, or refused on our page
 * because the client or its redirect cannot be trusted (RFC 6749 section 4.1.2.1).
 */
export type AuthorizationCheck =
  | { kind: 'ok'; request: AuthorizationRequest }
  | { kind: 'redirect'; location: string }
  | { kind: 'page'; reason: string };

const single = (query: URLSearchParams, name: string): string | undefined => {
  const values = query.getAll(name);
  if (values.length > 1) throw new OAuthError('invalid_request', `${name} must not be repeated`);
  return values[0] === '' ? undefined : values[0];
};

/** Whether a resource indicator (RFC 8707) names this platform or something under it. */
export const isOurResource = (context: OAuthContext, resource: string): boolean => {
  if (!URL.canParse(resource) || resource.includes('#')) return false;
  return new URL(resource).origin === new URL(context.issuer).origin;
};

const validate = (context: OAuthContext, client: OAuthClient, query: URLSearchParams, redirectUri: string): AuthorizationRequest => {
  if (single(query, 'response_type') !== 'code') throw new OAuthError('unsupported_response_type', 'response_type must be code');
  if (!allowsGrant(client, 'authorization_code')) throw new OAuthError('unauthorized_client', 'this client may not use the code flow');
  if (query.has('request') || query.has('request_uri')) throw new OAuthError('request_not_supported', 'request objects are not supported');
  const codeChallenge = single(query, 'code_challenge');
  if (codeChallenge === undefined || !/^[A-Za-z0-9_-]{43}$/.test(codeChallenge)) {
    throw new OAuthError('invalid_request', 'code_challenge of 43 base64url characters is required');
  }
  if (single(query, 'code_challenge_method') !== 'S256') throw new OAuthError('invalid_request', 'code_challenge_method must be S256');
  const scope = narrowScope(single(query, 'scope'), client.scope);
  if (scope === undefined) throw new OAuthError('invalid_scope', `only these scopes can be asked for: ${client.scope}`);
  if (!query.getAll('resource').every((resource) => isOurResource(context, resource))) {
    throw new OAuthError('invalid_target', 'the resource is not served here');
  }
  return {
    client,
    redirectUri,
    scope,
    state: single(query, 'state'),
    codeChallenge,
    deviceName: plainText(single(query, 'device_name'), 64),
  };
};

/** The redirect that answers a request, with `iss` (RFC 9207 section 2). */
export const answerLocation = (
  context: OAuthContext,
  redirectUri: string,
  state: string | undefined | null,
  answer: Record<string, string>,
): string => {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  if (state !== undefined && state !== null) url.searchParams.set('state', state);
  url.searchParams.set('iss', context.issuer);
  return url.href;
};

/**
 * Checks the query of an authorization request (RFC 6749 section 4.1.1, RFC 7636 with S256 alone, RFC 8707).
 *
 * @param query the parameters as the client sent them. `device_name` is ours: how the terminal calls its machine.
 */
export const checkAuthorization = async (context: OAuthContext, query: URLSearchParams): Promise<AuthorizationCheck> => {
  const client = await findClient(context, query.get('client_id') ?? undefined);
  if (client === undefined) return { kind: 'page', reason: 'The application that asks for access is not known here.' };
  const redirectUri = query.get('redirect_uri');
  const trusted = query.getAll('client_id').length === 1 && query.getAll('redirect_uri').length === 1;
  if (!trusted || redirectUri === null || !redirectAllowed(client, redirectUri)) {
    return { kind: 'page', reason: 'The application asks to be called back at an address that it did not register.' };
  }
  try {
    return { kind: 'ok', request: validate(context, client, query, redirectUri) };
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    const answer = { error: error.code, error_description: error.message };
    return { kind: 'redirect', location: answerLocation(context, redirectUri, query.get('state'), answer) };
  }
};

/**
 * Records that a person approved a request, and issues the code for it.
 *
 * @param userId the person who approved on our page.
 * @param address where the approval came from.
 * @returns the redirect that carries the code. The code is good for one minute and one use.
 */
export const approveAuthorization = async (
  context: OAuthContext,
  request: AuthorizationRequest,
  userId: string,
  address: string | null,
): Promise<string> => {
  const code = newSecret(context);
  const grantId = newId(context);
  const now = context.now();
  await context.db.transaction().execute(async (trx) => {
    await trx
      .insertInto('oauth_grant')
      .values({
        id: grantId,
        client_id: request.client.id,
        user_id: userId,
        scope: request.scope,
        device_name: request.deviceName,
        address,
        flow: 'browser',
        created_at: now,
        last_used_at: null,
        ended_at: null,
        ended_reason: null,
      })
      .execute();
    await trx
      .insertInto('oauth_code')
      .values({
        hash: sha256(code),
        grant_id: grantId,
        redirect_uri: request.redirectUri,
        code_challenge: request.codeChallenge,
        expires_at: now + CODE_TTL,
        used_at: null,
      })
      .execute();
  });
  return answerLocation(context, request.redirectUri, request.state, { code });
};
