import { MogplexError, toErrorEnvelope } from '@mogplex/protocol';
import { z } from 'zod';
import { readBody } from '../../http/body.ts';
import { defineRawRoute, type Description, type HttpContext, type RequestInfo, type Route } from '../../http/route.ts';
import type { Identity } from '../context.ts';
import { chargeRegistration } from '../throttle.ts';
import { checkAuthorization } from './authorize.ts';
import { authenticateClient, type OAuthClient, registerClient } from './clients.ts';
import { OAuthError, type OAuthContext } from './context.ts';
import { startDevice } from './device.ts';
import { revokeToken } from './grants.ts';
import { resourceMetadata, serverMetadata } from './metadata.ts';
import { exchangeToken } from './token.ts';
import {
  deviceAnswer,
  deviceForm,
  oauthRefusal,
  registrationAnswer,
  registrationBody,
  revocationAnswer,
  revocationForm,
  tokenAnswer,
  tokenForm,
} from './wire.ts';

const BODY_LIMIT = 65_536;

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** Metadata and token calls carry no cookie, so that a page of any origin may make them. */
const ANY_ORIGIN = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };

/** What a page of another origin asks before it sends JSON or a header of its own (Fetch standard, CORS-preflight request). */
const preflightRoute = (path: string): Route =>
  defineRawRoute({
    method: 'OPTIONS',
    path,
    scope: 'public',
    boundary: 'account',
    summary: 'Says that a page of any origin may call this',
    handler: () =>
      new Response(null, {
        status: 204,
        headers: {
          ...ANY_ORIGIN,
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': 'authorization, content-type, mcp-protocol-version',
          'access-control-max-age': '86400',
        },
      }),
  });

const answer = (body: unknown, status = 200): Response => Response.json(body, { status, headers: { ...NO_STORE, ...ANY_ORIGIN } });

const oauthFailure = (error: OAuthError): Response => {
  const response = answer({ error: error.code, error_description: error.message }, error.status);
  if (error.status === 401) response.headers.set('www-authenticate', 'Basic realm="mogplex"');
  return response;
};

/** A refusal of the guards in the form of RFC 6749 section 5.2, so that an OAuth client can read it. */
const renderError = (error: MogplexError, requestId: string): Response => {
  const codes: Partial<Record<MogplexError['code'], string>> = {
    rate_limited: 'temporarily_unavailable',
    unavailable: 'temporarily_unavailable',
  };
  const code = codes[error.code] ?? (error.status >= 500 ? 'server_error' : 'invalid_request');
  return answer({ ...toErrorEnvelope(error, requestId), error: code, error_description: error.message }, error.status);
};

const formOf = async (c: HttpContext): Promise<URLSearchParams> => {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
    throw new OAuthError('invalid_request', 'the body must be application/x-www-form-urlencoded');
  }
  return new URLSearchParams((await readBody(c.env.incoming, BODY_LIMIT)).toString('utf8'));
};

const jsonOf = async (c: HttpContext): Promise<unknown> => {
  try {
    return JSON.parse((await readBody(c.env.incoming, BODY_LIMIT)).toString('utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) throw new OAuthError('invalid_client_metadata', 'the body must be JSON');
    throw error;
  }
};

type Endpoint = (c: HttpContext, info: RequestInfo) => Promise<Response>;

/** What can be wrong with a call of any endpoint: the client (401), its body, its pace. */
const ENDPOINT = { bare: true, failure: oauthRefusal, errors: ['unauthenticated', 'rate_limited'] } as const;

const FORM = { ...ENDPOINT, bodyType: 'application/x-www-form-urlencoded' } as const;

const oauthRoute = (method: 'POST' | 'GET', path: string, summary: string, endpoint: Endpoint, describes?: Description): Route =>
  defineRawRoute({
    method,
    path,
    scope: 'public',
    boundary: 'account',
    summary,
    ...(describes && { describes }),
    renderError,
    handler: async (c, _principal, info) => {
      try {
        return await endpoint(c, info);
      } catch (error) {
        if (error instanceof OAuthError) return oauthFailure(error);
        throw error;
      }
    },
  });

type ClientCall = (client: OAuthClient, form: URLSearchParams, info: RequestInfo) => Promise<unknown>;

const clientRoute = (
  context: OAuthContext,
  path: string,
  summary: string,
  call: ClientCall,
  { body, response }: { body: z.ZodType; response: z.ZodType },
): Route =>
  oauthRoute(
    'POST',
    path,
    summary,
    async (c, info) => {
      const form = await formOf(c);
      const client = await authenticateClient(context, form, c.req.header('authorization'));
      return answer(await call(client, form, info));
    },
    { ...FORM, request: { body }, response },
  );

const metadataRoute = (path: string, summary: string, document: (c: HttpContext) => unknown): Route =>
  defineRawRoute({
    method: 'GET',
    path,
    scope: 'public',
    boundary: 'account',
    summary,
    ...(path.includes('*') ? {} : { describes: { response: z.looseObject({}), bare: true } }),
    handler: (c) => Response.json(document(c), { headers: { ...ANY_ORIGIN, 'cache-control': 'public, max-age=300' } }),
  });

const RESOURCE_PATH = '/.well-known/oauth-protected-resource';

const authorizeRoute = (context: OAuthContext): Route =>
  oauthRoute(
    'GET',
    '/oauth/authorize',
    'Authorization endpoint (RFC 6749): hands the request to the page where a person decides',
    async (c) => {
      const { search, searchParams } = new URL(c.req.url);
      const check = await checkAuthorization(context, searchParams);
      const location = check.kind === 'redirect' ? check.location : `${context.issuer}/authorize${search}`;
      return new Response(null, { status: 302, headers: { ...NO_STORE, location } });
    },
  );

/** What programs call; none of it looks at a cookie. */
const endpointRoutes = (context: OAuthContext): Route[] => [
  metadataRoute('/.well-known/oauth-authorization-server', 'Authorization server metadata (RFC 8414)', () => serverMetadata(context)),
  metadataRoute(RESOURCE_PATH, 'Protected resource metadata (RFC 9728)', () => resourceMetadata(context, '')),
  metadataRoute(`${RESOURCE_PATH}/*`, 'Protected resource metadata of a path (RFC 9728)', (c) =>
    resourceMetadata(context, new URL(c.req.url).pathname.slice(RESOURCE_PATH.length)),
  ),
  clientRoute(
    context,
    '/oauth/token',
    'Token endpoint (RFC 6749, RFC 7636, RFC 8628)',
    (client, form) => exchangeToken(context, client, form),
    { body: tokenForm, response: tokenAnswer },
  ),
  clientRoute(
    context,
    '/oauth/device',
    'Device authorization endpoint (RFC 8628)',
    (client, form, { address }) => startDevice(context, client, form, address),
    { body: deviceForm, response: deviceAnswer },
  ),
  clientRoute(
    context,
    '/oauth/revoke',
    'Token revocation (RFC 7009)',
    async (client, form) => {
      const token = form.get('token');
      if (token === null) throw new OAuthError('invalid_request', 'token is required');
      await revokeToken(context, client.id, token);
      return {};
    },
    { body: revocationForm, response: revocationAnswer },
  ),
  oauthRoute(
    'POST',
    '/oauth/register',
    'Dynamic client registration (RFC 7591)',
    async (c, { address }) => {
      await chargeRegistration(context.db, address, context.now());
      return answer(await registerClient(context, await jsonOf(c)), 201);
    },
    { ...ENDPOINT, request: { body: registrationBody }, response: registrationAnswer, status: 201 },
  ),
];

/** The authorization server's own endpoints, in the forms of its RFCs. The pages where a person decides stand in `decisions.ts`. */
export const oauthServerRoutes = ({ oauth: context }: Identity): Route[] => {
  const endpoints = endpointRoutes(context);
  return [authorizeRoute(context), ...endpoints, ...endpoints.map(({ path }) => preflightRoute(path))];
};
