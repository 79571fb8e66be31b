import type { IncomingMessage } from 'node:http';
import { MogplexError } from '@mogplex/protocol';
import type { z } from 'zod';
import { parseJson, readBody } from './body.ts';
import type { GuardParts } from './guard.ts';
import { SECURITY_HEADERS } from './headers.ts';
import type { Answer, IdempotentRequest } from './idempotency.ts';
import type { Principal } from './principal.ts';
import type { HttpContext, JsonRoute, RequestInfo } from './route.ts';

/** Levels that a value may nest. Ours need a handful; whoever reads a value calls itself once a level, and a stack has an end. */
const DEEPEST = 64;

/**
 * What no value of ours has, whatever its schema: the character NUL, which PostgreSQL cannot store, and levels without end.
 *
 * @returns what is wrong, for the message; undefined where nothing is.
 */
const oddityOf = (value: unknown, depth = 0): string | undefined => {
  if (typeof value === 'string') return value.includes('\u0000') ? 'it holds the character NUL' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === DEEPEST) return `it nests more than ${DEEPEST} levels`;
  for (const [name, inner] of Object.entries(value)) {
    const odd = oddityOf(name) ?? oddityOf(inner, depth + 1);
    if (odd !== undefined) return odd;
  }
  return undefined;
};

/**
 * What a part of a request holds, by its schema.
 *
 * @param where `path`, `query` or `body`, for the message.
 * @throws MogplexError `invalid_request`, boundary `request`, that names what does not fit and never repeats it.
 */
export const parsePart = <S extends z.ZodType>(schema: S, value: unknown, where: string): z.output<S> => {
  const odd = oddityOf(value);
  if (odd !== undefined) throw new MogplexError('invalid_request', `${where}: ${odd}`, { boundary: 'request' });
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5).map(({ path, message }) => `${[where, ...path].map(String).join('.')}: ${message}`);
  throw new MogplexError('invalid_request', issues.join('; '), { boundary: 'request' });
};

/** The body of a request whose route takes one; nothing is read for the others. */
export const bodyOf = (route: JsonRoute, incoming: IncomingMessage, limit: number): Promise<Buffer> =>
  route.request.body || route.idempotent ? readBody(incoming, limit) : Promise.resolve(Buffer.alloc(0));

/** Parses the request by the route's schemas, calls its handler, and makes the envelope of what the response schema names. */
export const runHandler = async (
  route: JsonRoute,
  c: HttpContext,
  raw: Buffer,
  principal: Principal | undefined,
  info: RequestInfo,
): Promise<Answer> => {
  const { params, query, body } = route.request;
  const data = await route.handler({
    params: params && parsePart(params, c.req.param(), 'path'),
    query: query && parsePart(query, c.req.query(), 'query'),
    body: body && parsePart(body, parseJson(raw, c.env.incoming.headers['content-type']), 'body'),
    principal,
    ...info,
  });
  return { status: route.status, body: bodyOfData(route, data) };
};

/** Bodies of answers that their handler froze, because it gives them again. */
const frozenBodies = new WeakMap<object, string>();

const bodyOfData = (route: JsonRoute, data: unknown): string => {
  const known = typeof data === 'object' && data !== null ? frozenBodies.get(data) : undefined;
  if (known !== undefined) return known;
  const body = JSON.stringify({ ok: true, data: route.response.parse(data) });
  if (typeof data === 'object' && data !== null && Object.isFrozen(data)) frozenBodies.set(data, body);
  return body;
};

/** The replay that this request is, or could become: undefined unless the route and the request ask for it. */
export const idempotentRequestOf = (
  route: JsonRoute,
  c: HttpContext,
  principal: Principal | undefined,
  body: Buffer,
): IdempotentRequest | undefined => {
  const key = c.env.incoming.headers['idempotency-key'];
  if (!route.idempotent || !principal || typeof key !== 'string') return undefined;
  return { accountId: principal.accountId, route: `${route.method} ${c.req.path}`, key, body, keep: !route.noStore };
};

/** Runs the handler, once where the request carries an `Idempotency-Key`. */
export const runOnce = (
  parts: Pick<GuardParts, 'idempotency'>,
  request: IdempotentRequest | undefined,
  work: () => Promise<Answer>,
): Promise<Answer> => (request ? parts.idempotency.once(request, work) : work());

/** The HTTP response of an answer. */
export const respond = (route: JsonRoute, answer: Answer, requestId: string, replayed: boolean): Response =>
  new Response(answer.body, {
    status: answer.status,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': 'application/json',
      'cache-control': route.noStore || route.scope !== 'public' ? 'no-store' : 'no-cache',
      'x-request-id': requestId,
      ...(replayed ? { 'idempotent-replayed': 'true' } : {}),
    },
  });
