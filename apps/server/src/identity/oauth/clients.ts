import { timingSafeEqual } from 'node:crypto';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { IdentityTables } from '../tables.ts';
import { newId, newSecret, narrowScope, OAuthError, type OAuthContext, plainText, SCOPES, sha256 } from './context.ts';

export type OAuthClient = Selectable<IdentityTables['oauth_client']>;

/** What every id that we give out looks like. */
const CLIENT_ID = /^[\w-]{1,64}$/;

/** The client with this id, or undefined. */
export const findClient = async (context: OAuthContext, id: string | undefined): Promise<OAuthClient | undefined> =>
  id === undefined || !CLIENT_ID.test(id)
    ? undefined
    : context.db.selectFrom('oauth_client').selectAll().where('id', '=', id).executeTakeFirst();

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

const parseRedirect = (uri: string): URL | undefined => {
  if (!URL.canParse(uri) || uri.includes('#') || /[\p{Cc}\s]/u.test(uri)) return undefined;
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '') return undefined;
  if (url.protocol === 'https:') return url;
  return url.protocol === 'http:' && LOOPBACK.has(url.hostname) ? url : undefined;
};

const withoutPort = (url: URL): string => {
  const copy = new URL(url);
  copy.port = '';
  return copy.href;
};

/**
 * Whether `requested` is a redirect of this client: equal to a registered one, or, on loopback, equal but for the
 * port (RFC 8252 section 7.3).
 */
export const redirectAllowed = (client: OAuthClient, requested: string): boolean => {
  const url = parseRedirect(requested);
  if (url === undefined) return false;
  const registered = z.array(z.string()).parse(JSON.parse(client.redirect_uris));
  if (registered.includes(requested)) return true;
  if (url.protocol !== 'http:') return false;
  return registered.some((uri) => uri.startsWith('http:') && URL.canParse(uri) && withoutPort(new URL(uri)) === withoutPort(url));
};

/** Whether the client registered this grant type. */
export const allowsGrant = (client: OAuthClient, grantType: string): boolean =>
  z.array(z.string()).parse(JSON.parse(client.grant_types)).includes(grantType);

const basicCredentials = (header: string): { id: string; secret: string } | undefined => {
  const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header);
  const text = match?.[1] === undefined ? '' : Buffer.from(match[1], 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  try {
    return {
      id: decodeURIComponent(text.slice(0, colon).replaceAll('+', ' ')),
      secret: decodeURIComponent(text.slice(colon + 1).replaceAll('+', ' ')),
    };
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
};

/**
 * The client that calls the token, revocation or device endpoint (RFC 6749 section 2.3), by the method that it registered.
 *
 * @throws OAuthError `invalid_client` for an unknown client, a wrong secret or another method than the registered one.
 */
export const authenticateClient = async (
  context: OAuthContext,
  form: URLSearchParams,
  authorization: string | undefined,
): Promise<OAuthClient> => {
  const refuse = () => new OAuthError('invalid_client', 'unknown client or wrong client credentials', 401);
  const basic = authorization === undefined ? undefined : basicCredentials(authorization);
  if (authorization !== undefined && basic === undefined) throw refuse();
  const formId = form.get('client_id') ?? undefined;
  if (basic !== undefined && formId !== undefined && formId !== basic.id) throw refuse();
  const client = await findClient(context, basic?.id ?? formId);
  if (client === undefined) throw refuse();
  const formSecret = form.get('client_secret') ?? undefined;
  if (basic !== undefined && formSecret !== undefined) throw new OAuthError('invalid_request', 'use one way to authenticate the client');
  const method = basic ? 'client_secret_basic' : formSecret === undefined ? 'none' : 'client_secret_post';
  if (method !== client.auth_method) throw refuse();
  if (method === 'none') return client;
  const offered = Buffer.from(sha256(basic?.secret ?? formSecret ?? ''));
  if (client.secret_hash === null || !timingSafeEqual(offered, Buffer.from(client.secret_hash))) throw refuse();
  return client;
};

const GRANT_TYPES = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'] as const;

const registrationSchema = z.object({
  redirect_uris: z.array(z.string().max(2000)).max(20).default([]),
  client_name: z.string().max(200).optional(),
  client_uri: z.string().max(2000).optional(),
  token_endpoint_auth_method: z.enum(['none', 'client_secret_basic', 'client_secret_post']).default('client_secret_basic'),
  grant_types: z.array(z.string()).max(10).default(['authorization_code']),
  response_types: z.array(z.string()).max(10).default(['code']),
  scope: z.string().max(500).optional(),
});

/**
 * Registers a third party's client (RFC 7591 section 3). Anybody may register; a registered client gets nothing until a
 * person approves it on our page. Unknown metadata is ignored, as section 2 asks.
 *
 * @param body the parsed JSON request.
 * @returns the client information response, with the secret of a confidential client, shown this once.
 * @throws OAuthError `invalid_redirect_uri` or `invalid_client_metadata`.
 */
export const registerClient = async (context: OAuthContext, body: unknown): Promise<Record<string, unknown>> => {
  const parsed = registrationSchema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path[0] === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata';
    throw new OAuthError(field, `${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'invalid'}`);
  }
  const metadata = parsed.data;
  const grantTypes = GRANT_TYPES.filter((type) => metadata.grant_types.includes(type));
  const usesCode = grantTypes.includes('authorization_code');
  if (!metadata.redirect_uris.every((uri) => parseRedirect(uri) !== undefined)) {
    throw new OAuthError('invalid_redirect_uri', 'every redirect must be an https address, or http on loopback, without a fragment');
  }
  if (usesCode && metadata.redirect_uris.length === 0) throw new OAuthError('invalid_redirect_uri', 'redirect_uris is required');
  if (grantTypes.length === 0 || (usesCode && !metadata.response_types.includes('code'))) {
    throw new OAuthError('invalid_client_metadata', 'only the authorization code and device flows are offered');
  }
  const scope = narrowScope(metadata.scope, SCOPES.join(' '));
  if (scope === undefined) throw new OAuthError('invalid_client_metadata', `scope: only ${SCOPES.join(' and ')} exist`);
  const secret = metadata.token_endpoint_auth_method === 'none' ? undefined : newSecret(context, 'mog_cs_');
  const uri = metadata.client_uri !== undefined && /^https?:\/\//.test(metadata.client_uri) ? plainText(metadata.client_uri, 500) : null;
  const row = {
    id: newId(context),
    name: plainText(metadata.client_name, 80) ?? 'Unnamed application',
    uri,
    redirect_uris: JSON.stringify(metadata.redirect_uris),
    first_party: 0,
    auth_method: metadata.token_endpoint_auth_method,
    secret_hash: secret === undefined ? null : sha256(secret),
    grant_types: JSON.stringify(grantTypes),
    scope,
    created_at: context.now(),
  };
  await context.db.insertInto('oauth_client').values(row).execute();
  return {
    client_id: row.id,
    client_id_issued_at: Math.floor(row.created_at / 1000),
    ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
    client_name: row.name,
    ...(uri === null ? {} : { client_uri: uri }),
    redirect_uris: metadata.redirect_uris,
    token_endpoint_auth_method: row.auth_method,
    grant_types: grantTypes,
    response_types: usesCode ? ['code'] : [],
    scope,
  };
};
