import { MogplexError } from '@mogplex/protocol';
import type { z } from 'zod';
import { parsePart } from '../http/answer.ts';
import { parseJson, readBody } from '../http/body.ts';
import { defineRawRoute, type HttpContext, type Method, type RequestInfo, type Route, type Scope } from '../http/route.ts';
import type { Principal } from '../http/principal.ts';

const BODY_LIMIT = 65_536;

/** The header by which our routes tell the account library where a request came from. */
export const ADDRESS_HEADER = 'x-mogplex-client-address';

/**
 * Refuses a request that another site made the browser send (CSRF): only one that says it comes from our own pages may
 * set or use a cookie. A request that no browser sent has neither header and no cookie to abuse.
 *
 * @throws MogplexError `forbidden`.
 */
export const refuseCrossSite = (headers: Headers, publicUrl: string): void => {
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site');
  if ((origin === null || origin === publicUrl) && (site === null || site === 'same-origin')) return;
  throw new MogplexError('forbidden', 'the request does not come from a page of this platform', {
    boundary: 'request',
    hint: `Open the platform at ${publicUrl}.`,
  });
};

/** What the account library is told of a request: its cookies, its browser, and the address that our own reader found. */
export const libraryHeaders = (c: HttpContext, { address }: RequestInfo, publicUrl: string): Headers => {
  const headers = new Headers({ [ADDRESS_HEADER]: address, origin: publicUrl });
  for (const name of ['cookie', 'user-agent']) {
    const value = c.req.header(name);
    if (value !== undefined) headers.set(name, value);
  }
  return headers;
};

/** What a cookie route answers: `data` of the envelope, and the cookies that go with it. */
export interface CookieAnswer {
  data: unknown;
  cookies?: string[];
}

export interface CookieCall<B> {
  body: B;
  /** For calls of the account library. */
  headers: Headers;
  principal: Principal;
  info: RequestInfo;
}

interface CookieRoute<S extends Scope, B extends z.ZodType> {
  method: Exclude<Method, 'GET'>;
  path: string;
  scope: S;
  summary: string;
  body: B;
  /** Schema of `data` in the answer; what it does not name is stripped. */
  response: z.ZodType;
  /** Error codes of the handler itself. */
  errors?: readonly MogplexError['code'][];
  handler(
    call: Omit<CookieCall<z.output<B>>, 'principal'> & (S extends 'public' ? object : { principal: Principal }),
  ): Promise<CookieAnswer>;
}

/** A JSON route that sets cookies: same guards, same envelope, never from another site, never kept by a cache. */
export const cookieRoute = <S extends Scope, B extends z.ZodType>(publicUrl: string, route: CookieRoute<S, B>): Route =>
  defineRawRoute({
    method: route.method,
    path: `/api/v1/mogplex${route.path}`,
    scope: route.scope,
    boundary: 'account',
    summary: route.summary,
    describes: {
      request: { body: route.body },
      response: route.response,
      errors: ['forbidden', ...(route.errors ?? [])],
    },
    handler: async (c, principal, info) => {
      refuseCrossSite(c.req.raw.headers, publicUrl);
      const raw = await readBody(c.env.incoming, BODY_LIMIT);
      const body = parsePart(route.body, parseJson(raw, c.req.header('content-type')) ?? {}, 'body');
      const call = { body, headers: libraryHeaders(c, info, publicUrl), principal, info };
      const { data, cookies = [] } = await route.handler(call as Parameters<typeof route.handler>[0]);
      const response = Response.json({ ok: true, data: route.response.parse(data) }, { headers: { 'cache-control': 'no-store' } });
      for (const cookie of cookies) response.headers.append('set-cookie', cookie);
      return response;
    },
  });
