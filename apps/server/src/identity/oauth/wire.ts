import { z } from 'zod';

/** Bodies and answers of the authorization server's endpoints, for the OpenAPI document. The endpoints check more than these can say. */

const text = z.string().max(4096);
const optional = text.optional();

/** How a client may prove itself in the form (RFC 6749 section 2.3.1); else in the `Authorization` header. */
const client = { client_id: optional, client_secret: optional };

/** RFC 6749 sections 4.1.3 and 6, RFC 8628 section 3.4. */
export const tokenForm = z.object({
  ...client,
  grant_type: z.enum(['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code']),
  code: optional,
  redirect_uri: optional,
  code_verifier: optional,
  refresh_token: optional,
  device_code: optional,
  scope: optional,
  resource: optional,
});

export const tokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number(),
  scope: z.string(),
  refresh_token: z.string().optional(),
});

/** RFC 8628 section 3.1; `device_name` is ours. */
export const deviceForm = z.object({ ...client, scope: optional, device_name: optional });

export const deviceAnswer = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  verification_uri_complete: z.string(),
  expires_in: z.number(),
  interval: z.number(),
});

/** RFC 7009 section 2.1. */
export const revocationForm = z.object({ ...client, token: text, token_type_hint: optional });

export const revocationAnswer = z.object({});

/** RFC 7591 section 2. */
export const registrationBody = z.object({
  redirect_uris: z.array(z.string().max(2000)).max(20).optional(),
  client_name: z.string().max(200).optional(),
  client_uri: z.string().max(2000).optional(),
  token_endpoint_auth_method: z.enum(['none', 'client_secret_basic', 'client_secret_post']).optional(),
  grant_types: z.array(z.string()).max(10).optional(),
  response_types: z.array(z.string()).max(10).optional(),
  scope: z.string().max(500).optional(),
});

export const registrationAnswer = z.object({
  client_id: z.string(),
  client_id_issued_at: z.number(),
  client_secret: z.string().optional(),
  client_secret_expires_at: z.number().optional(),
  client_name: z.string(),
  client_uri: z.string().optional(),
  redirect_uris: z.array(z.string()),
  token_endpoint_auth_method: z.string(),
  grant_types: z.array(z.string()),
  response_types: z.array(z.string()),
  scope: z.string(),
});

/** RFC 6749 section 5.2; a refusal of the guards carries `ok` of our envelope too. */
export const oauthRefusal = {
  name: 'OAuthError',
  schema: z.object({ ok: z.literal(false).optional(), error: z.string(), error_description: z.string() }),
};
