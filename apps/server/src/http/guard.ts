import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type MogplexError, RUN_ID } from '@mogplex/protocol';
import { identify, refusalOf } from './admit.ts';
import { bodyOf, idempotentRequestOf, respond, runHandler, runOnce } from './answer.ts';
import { bearerOf, type createAuthenticator } from './authenticate.ts';
import { SECURITY_HEADERS } from './headers.ts';
import type { Idempotency } from './idempotency.ts';
import type { RateLimiter } from './limit.ts';
import type { Logger } from './log.ts';
import type { Principal } from './principal.ts';
import { asMogplexError, renderRefusal } from './refusal.ts';
import type { HttpContext, JsonRoute, RawRoute, RequestInfo, Route } from './route.ts';

export interface GuardParts {
  authenticate: ReturnType<typeof createAuthenticator>;
  limiter: RateLimiter;
  idempotency: Idempotency;
  log: Logger;
  addressOf: (incoming: IncomingMessage) => string;
  /** The request id of answers to an address that refuse its credential. */
  refusalIdOf: (address: string) => string;
  /** Origin of the platform; unsafe requests of a browser session must come from it. */
  publicUrl: string;
  bodyLimit: number;
  now: () => number;
}

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;

const ownRequestId = ({ headers }: IncomingMessage): string | undefined => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : undefined;
};

/** The caller's own `X-Request-Id` where it is plain, so that one id follows a request through all logs; else a new one. */
export const requestIdOf = (incoming: IncomingMessage): string => ownRequestId(incoming) ?? `req_${randomUUID()}`;

/** The id of a request whose credential was refused: the caller's own, else the one that all such answers to its address have. */
export const refusedRequestIdOf = (parts: Pick<GuardParts, 'refusalIdOf'>, incoming: IncomingMessage, address: string): string =>
  ownRequestId(incoming) ?? parts.refusalIdOf(address);

/** The run that a path names; only in its own form, since a path can hold anything. */
const runIdOf = (route: Route, c: HttpContext): string | undefined => {
  const id = route.path.startsWith('/api/v1/mogplex/runs/:id') ? c.req.param('id') : undefined;
  return id !== undefined && RUN_ID.test(id) ? id : undefined;
};

const checkAndStart = async (parts: GuardParts, route: Route, incoming: IncomingMessage, principal: Principal): Promise<void> => {
  const refusal = refusalOf(parts, route, incoming, principal);
  if (refusal) throw refusal;
  if (route.rateLimit === 'start') await parts.limiter.charge('start', principal.accountId);
};

/** Rate limit, then scope: what a route asks of a caller that is known. */
const permit = (parts: GuardParts, route: Route, incoming: IncomingMessage, principal: Principal): Promise<void> => {
  const charged = route.rateLimit === 'none' ? undefined : parts.limiter.charge('key', principal.tokenId);
  return charged ? charged.then(() => checkAndStart(parts, route, incoming, principal)) : checkAndStart(parts, route, incoming, principal);
};

const answerJson = async (
  parts: GuardParts,
  route: JsonRoute,
  c: HttpContext,
  principal: Principal | undefined,
  info: RequestInfo,
): Promise<Response> => {
  const { incoming } = c.env;
  if (!route.idempotent || !principal) {
    if (principal) await permit(parts, route, incoming, principal);
    const body = await bodyOf(route, incoming, parts.bodyLimit);
    return respond(route, await runHandler(route, c, body, principal, info), info.requestId, false);
  }
  const body = await bodyOf(route, incoming, parts.bodyLimit);
  const request = idempotentRequestOf(route, c, principal, body);
  // A replay is found before any limit is charged, but only for a caller that may call this.
  const known = request && !refusalOf(parts, route, incoming, principal) ? await parts.idempotency.find(request) : undefined;
  if (known) return respond(route, known, info.requestId, true);
  await permit(parts, route, incoming, principal);
  const keyed = { ...info, idempotencyKey: request?.key };
  const answer = await runOnce(parts, request, () => runHandler(route, c, body, principal, keyed));
  return respond(route, answer, info.requestId, false);
};

const answerRaw = async (
  parts: GuardParts,
  route: RawRoute,
  c: HttpContext,
  principal: Principal | undefined,
  info: RequestInfo,
): Promise<Response> => {
  const { incoming, outgoing } = c.env;
  if (principal) await permit(parts, route, incoming, principal);
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
      if (route.scope !== 'public') principal = await identify(parts, incoming, token, info.address);
      else if (route.rateLimit !== 'none') await parts.limiter.charge('address', info.address);
      response = await (route.kind === 'json' ? answerJson(parts, route, c, principal, info) : answerRaw(parts, route, c, principal, info));
    } catch (error) {
      failure = asMogplexError(error, route.boundary);
      const refused = failure.code === 'unauthenticated' && token !== undefined && principal === undefined;
      if (refused) info.requestId = refusedRequestIdOf(parts, incoming, info.address);
      if (failure.status >= 500) parts.log.error('a request failed', failure, { requestId: info.requestId, route: route.path });
      response = renderRefusal(route, failure, info.requestId, { hadToken: token !== undefined, ...rooms });
    }
    // Plain assignments: this runs for every request, and undefined fields do not reach the line.
    parts.log.request({
      requestId: info.requestId,
      address: info.address,
      method: incoming.method ?? '',
      route: route.path,
      status: c.env.outgoing.headersSent ? c.env.outgoing.statusCode : response.status,
      duration: Math.round((performance.now() - started) * 100) / 100,
      accountId: principal?.accountId,
      tokenId: principal?.tokenId,
      runId: principal?.runId ?? runIdOf(route, c),
      code: failure?.code,
      boundary: failure?.boundary,
    });
    return response;
  };
