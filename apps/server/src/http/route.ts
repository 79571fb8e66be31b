import type { HttpBindings } from '@hono/node-server';
import type { Boundary, MogplexError } from '@mogplex/protocol';
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Principal } from './principal.ts';

/**
 * What a route asks of its caller.
 *
 * - `public`: nothing.
 * - `read`, `write`: a credential with that scope: token, OAuth token or session.
 * - `session`: a browser session; tokens are refused.
 * - `session-fresh`: a session whose person proved who they are within the last ten minutes.
 */
export const SCOPES = ['public', 'read', 'write', 'session', 'session-fresh'] as const;

export type Scope = (typeof SCOPES)[number];

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What only a raw route can answer too. */
type RawMethod = Method | 'OPTIONS' | 'ALL';

/** `key`: per credential, or per address without one. `start`: also per account. `none`: not limited. */
export type RateClass = 'key' | 'start' | 'none';

export type HttpContext = Context<{ Bindings: HttpBindings }>;

/** What every handler is told about the request. */
export interface RequestInfo {
  requestId: string;
  /** Address of the client, as the trusted proxies say. */
  address: string;
  /** The `Idempotency-Key` of a route that honours it. */
  idempotencyKey?: string | undefined;
}

type PrincipalOf<S extends Scope> = S extends 'public' ? undefined : Principal;

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined;

interface RouteBase {
  /** Hono's form: `/api/v1/mogplex/tokens/:id`. */
  path: string;
  scope: Scope;
  /** The boundary that a failure is reported under when it names none itself. */
  boundary: Boundary;
  /** One line for the reference page. */
  summary: string;
  /** Default `key`. */
  rateLimit?: RateClass;
}

export interface RouteDefinition<S extends Scope, P, Q, B, R extends z.ZodType> extends RouteBase {
  method: Method;
  scope: S;
  request?: { params?: P; query?: Q; body?: B };
  /** Schema of `data` in the answer; what it does not name is stripped. */
  response: R;
  /** Status of success. Default 200. */
  status?: 200 | 201 | 202;
  /** Whether `Idempotency-Key` is honoured: a replay gives the first answer again and charges no limit. */
  idempotent?: boolean;
  /** Whether the answer shows a secret and must never be kept by a cache. */
  noStore?: boolean;
  /** Error codes that the handler itself can answer, for the reference page. */
  errors?: readonly MogplexError['code'][];
  handler: (
    input: { params: Parsed<P>; query: Parsed<Q>; body: Parsed<B>; principal: PrincipalOf<S> } & RequestInfo,
  ) => Promise<z.input<R>> | z.input<R>;
}

/** A JSON route with its types erased, as `app.ts` mounts it. */
export interface JsonRoute extends RouteBase {
  kind: 'json';
  method: Method;
  request: { params?: z.ZodType; query?: z.ZodType; body?: z.ZodType };
  response: z.ZodType;
  status: 200 | 201 | 202;
  idempotent: boolean;
  noStore: boolean;
  errors: readonly MogplexError['code'][];
  handler: (input: { params: unknown; query: unknown; body: unknown; principal: Principal | undefined } & RequestInfo) => unknown;
}

/** What a raw route says of itself in the OpenAPI document. */
export interface Description {
  request?: { params?: z.ZodType; query?: z.ZodType; body?: z.ZodType };
  /** How the body is sent; default JSON. */
  bodyType?: 'application/json' | 'application/x-www-form-urlencoded';
  /** Schema of the answer: `data` of the envelope, or the whole of it where `bare`. */
  response: z.ZodType;
  bare?: boolean;
  /** Status of success. Default 200. */
  status?: 200 | 201;
  errors?: readonly MogplexError['code'][];
  /** Name and schema of refusals where they are not the envelope. */
  failure?: { name: string; schema: z.ZodType };
}

export interface RawRouteDefinition<S extends Scope> extends RouteBase {
  method: RawMethod;
  scope: S;
  /** Absent: the route does not stand in the OpenAPI document. */
  describes?: Description;
  /** Reads the credential where clients of this wire format put it; default the `Authorization` header. */
  credential?: (incoming: HttpBindings['incoming']) => string | undefined;
  /** The wire format of an error, a refusal of the guards included; default the envelope. */
  renderError?: (error: MogplexError, requestId: string) => Response;
  /**
   * Streams or pipes by `c.env.incoming` and `c.env.outgoing`; a handler that wrote the answer itself returns
   * `RESPONSE_ALREADY_SENT` of @hono/node-server. The body is neither read nor limited by the guards.
   */
  handler: (c: HttpContext, principal: PrincipalOf<S>, info: RequestInfo) => Promise<Response> | Response;
}

export interface RawRoute extends RouteBase {
  kind: 'raw';
  method: RawMethod;
  describes?: Description;
  credential?: (incoming: HttpBindings['incoming']) => string | undefined;
  renderError?: (error: MogplexError, requestId: string) => Response;
  handler: (c: HttpContext, principal: Principal | undefined, info: RequestInfo) => Promise<Response> | Response;
}

export type Route = JsonRoute | RawRoute;

/**
 * Declares a JSON route. A route without a scope does not compile; the guard chain of `guard.ts` runs before its handler.
 *
 * @example
 * defineRoute({
 *   method: 'GET', path: '/api/v1/mogplex/me', scope: 'read', boundary: 'account',
 *   summary: 'Who the credential belongs to', response: me,
 *   handler: ({ principal }) => describe(principal),
 * });
 */
export const defineRoute = <
  S extends Scope,
  R extends z.ZodType,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  route: RouteDefinition<S, P, Q, B, R>,
): Route => {
  const { request = {}, status = 200, idempotent = false, noStore = false, errors = [], handler, ...rest } = route;
  return {
    ...rest,
    kind: 'json',
    request: request as JsonRoute['request'],
    status,
    idempotent,
    noStore,
    errors,
    // The guard parses with these very schemas before it calls the handler.
    handler: handler as JsonRoute['handler'],
  };
};

/** Declares a route that is not JSON in and out: a gateway, a page, a webhook. Same guards, its own body. */
export const defineRawRoute = <S extends Scope>(route: RawRouteDefinition<S>): Route => ({
  ...route,
  kind: 'raw',
  handler: route.handler as RawRoute['handler'],
});
