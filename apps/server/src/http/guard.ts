import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { MogplexError } from '@mogplex/protocol';
import { z } from 'zod';
import { bearerOf, type createAuthenticator } from './authenticate.ts';
import { readJson } from './body.ts';
import { SECURITY_HEADERS } from './headers.ts';
import type { RateLimiter } from './limit.ts';
import type { Logger } from './log.ts';
import type { Principal } from './principal.ts';
import { asMogplexError, renderRefusal } from './refusal.ts';
import type { HttpContext, JsonRoute, RawRoute, RequestInfo, Route } from './route.ts';

export interface GuardParts {
  authenticate: ReturnType<typeof createAuthenticator>;
  limiter: RateLimiter;
  log: Logger;
  addressOf: (incoming: IncomingMessage) => string;
  /** Origin of the platform; unsafe requests of a browser session must come from it. */
  publicUrl: string;
  bodyLimit: number;
  now: () => number;
}

/** How long a proof of identity stays fresh, in milliseconds. */
const FRESH = 10 * 60_000;
const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The caller's own `X-Request-Id` where it is plain, so that one id follows a request through all logs; else a new one. */
export const requestIdOf = (incoming: IncomingMessage): string => {
  const given = incoming.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : `req_${randomUUID()}`;
};

const refuse = (code: 'unauthenticated' | 'forbidden' | 'insufficient_scope', message: string, hint?: string): MogplexError =>
  new MogplexError(code, message, { boundary: 'token', ...(hint === undefined ? {} : { hint }) });

/** A cookie is sent by the browser on its own: only a request that says it comes from our pages may change something by it. */
const checkOrigin = (incoming: IncomingMessage, publicUrl: string): void => {
  if (SAFE.has(incoming.method ?? '')) return;
  const { origin } = incoming.headers;
  const sameOrigin = origin === undefined ? incoming.headers['sec-fetch-site'] === 'same-origin' : origin === publicUrl;
  if (!sameOrigin) throw refuse('forbidden', 'the request does not come from a page of this platform');
};

const checkScope = (route: Route, principal: Principal, now: number): void => {
  if (principal.kind === 'run' && route.acceptsRunToken !== true) throw refuse('forbidden', 'a run token cannot call this');
  switch (route.scope) {
    case 'public':
      return;
    case 'read':
    case 'write':
      if (!principal.scopes.has(route.scope)) {
        throw refuse('insufficient_scope', `the credential lacks the scope ${route.scope}`, `Use one that has the scope ${route.scope}.`);
      }
      return;
    case 'session':
    case 'session-fresh':
      if (principal.kind !== 'session') throw refuse('forbidden', 'only a browser session can call this');
      if (route.scope === 'session-fresh' && now - (principal.authenticatedAt ?? 0) > FRESH) {
        throw refuse('forbidden', 'this needs a fresh proof of who you are', 'Sign in again, then repeat it.');
      }
  }
};

/** Everything up to the handler: authenticate, rate limit, scope. */
const admit = async (
  parts: GuardParts,
  route: Route,
  incoming: IncomingMessage,
  token: string | undefined,
  address: string,
): Promise<Principal | undefined> => {
  const limited = route.rateLimit !== 'none';
  if (route.scope === 'public') {
    if (limited) await parts.limiter.charge('address', address);
    return undefined;
  }
  let principal: Principal | undefined;
  try {
    principal = await parts.authenticate(incoming, token);
    if (!principal) throw refuse('unauthenticated', 'this needs a credential');
  } catch (error) {
    if (error instanceof MogplexError && error.code === 'unauthenticated') await parts.limiter.charge('address', address);
    throw error;
  }
  if (limited) await parts.limiter.charge('key', principal.tokenId);
  if (principal.kind === 'session') checkOrigin(incoming, parts.publicUrl);
  checkScope(route, principal, parts.now());
  if (route.rateLimit === 'start') await parts.limiter.charge('start', principal.accountId);
  return principal;
};

const parse = (schema: z.ZodType | undefined, value: unknown, where: string): unknown => {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5).map(({ path, message }) => `${[where, ...path].map(String).join('.')}: ${message}`);
  throw new MogplexError('invalid_request', issues.join('; '), { boundary: 'request' });
};

const answerJson = async (
  parts: GuardParts,
  route: JsonRoute,
  c: HttpContext,
  principal: Principal | undefined,
  info: RequestInfo,
): Promise<Response> => {
  const { params, query, body } = route.request;
  const data = await route.handler({
    params: params && parse(params, c.req.param(), 'path'),
    query: query && parse(query, c.req.query(), 'query'),
    body: body && parse(body, await readJson(c.env.incoming, parts.bodyLimit), 'body'),
    principal,
    ...info,
  });
  const headers: Record<string, string> = {
    ...SECURITY_HEADERS,
    'content-type': 'application/json',
    'cache-control': route.noStore || route.scope !== 'public' ? 'no-store' : 'no-cache',
    'x-request-id': info.requestId,
  };
  return new Response(JSON.stringify({ ok: true, data: route.response.parse(data) }), { status: route.status, headers });
};

const answerRaw = async (route: RawRoute, c: HttpContext, principal: Principal | undefined, info: RequestInfo): Promise<Response> => {
  const { outgoing } = c.env;
  outgoing.setHeader('x-request-id', info.requestId);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) outgoing.setHeader(name, value);
  return route.handler(c, principal, info);
};

/**
 * The guard chain of every route: request id, body limit, authenticate, rate limit, scope, handler, envelope, log.
 *
 * @returns a function that makes the Hono handler of a route.
 */
export const createGuard =
  (parts: GuardParts, rooms: { resourceMetadata: string }) =>
  (route: Route) =>
  async (c: HttpContext): Promise<Response> => {
    const started = performance.now();
    const { incoming } = c.env;
    const info: RequestInfo = { requestId: requestIdOf(incoming), address: parts.addressOf(incoming) };
    const token = route.kind === 'raw' && route.credential ? route.credential(incoming) : bearerOf(incoming);
    let principal: Principal | undefined;
    let failure: MogplexError | undefined;
    let response: Response;
    try {
      principal = await admit(parts, route, incoming, token, info.address);
      response = route.kind === 'json' ? await answerJson(parts, route, c, principal, info) : await answerRaw(route, c, principal, info);
    } catch (error) {
      failure = asMogplexError(error, route.boundary);
      if (failure.status >= 500) parts.log.error('a request failed', failure, { requestId: info.requestId, route: route.path });
      response = renderRefusal(route, failure, info.requestId, { hadToken: token !== undefined, ...rooms });
    }
    parts.log.request({
      ...info,
      method: incoming.method ?? '',
      route: route.path,
      status: c.env.outgoing.headersSent ? c.env.outgoing.statusCode : response.status,
      duration: Math.round((performance.now() - started) * 100) / 100,
      ...(principal ? { accountId: principal.accountId, tokenId: principal.tokenId } : {}),
      ...(failure ? { code: failure.code, boundary: failure.boundary } : {}),
    });
    return response;
  };
