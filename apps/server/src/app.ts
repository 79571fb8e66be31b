import type { HttpBindings } from '@hono/node-server';
import { MogplexError } from '@mogplex/protocol';
import { Hono } from 'hono';
import { referenceRoutes } from './api/reference/routes.ts';
import { createAddressReader } from './http/address.ts';
import { createAuthenticator } from './http/authenticate.ts';
import { createGuard, type GuardParts } from './http/guard.ts';
import { createIdempotency } from './http/idempotency.ts';
import { createRateLimiter } from './http/limit.ts';
import { describeApi } from './http/openapi.ts';
import { defineRawRoute, type Route, SCOPES } from './http/route.ts';
import { FirstMatchRouter } from './http/router.ts';
import { createRefusalIds } from './http/refusal-id.ts';
import { healthRoutes } from './http/health.ts';
import type { Platform } from './platform.ts';
import type { Rooms } from './rooms.ts';

/** A route that does not say what it asks of its caller does not mount (deny by default). */
const checkRoutes = (routes: readonly Route[]): void => {
  const seen = new Set<string>();
  for (const { method, path, scope } of routes) {
    const name = `${method} ${path}`;
    if (!SCOPES.includes(scope)) throw new Error(`${name} states no scope`);
    if (seen.has(name)) throw new Error(`${name} is mounted twice`);
    seen.add(name);
  }
};

const methodNotAllowed = (path: string, allowed: readonly string[]): Route[] => {
  if (allowed.includes('ALL')) return [];
  const names = [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])].join(', ');
  return [
    defineRawRoute({
      method: 'ALL',
      path,
      scope: 'public',
      boundary: 'request',
      summary: 'Refuses other methods',
      handler(c) {
        c.env.outgoing.setHeader('allow', names);
        throw new MogplexError('method_not_allowed', `only ${names} can be used here`, { boundary: 'request' });
      },
    }),
  ];
};

const notFound = ({ missingPage }: Pick<Rooms, 'missingPage'>): Route =>
  defineRawRoute({
    method: 'ALL',
    path: '*',
    scope: 'public',
    boundary: 'request',
    summary: 'Answers for paths that do not exist',
    handler(c) {
      const page = missingPage(c);
      if (page === undefined) throw new MogplexError('not_found', 'there is nothing at this path', { boundary: 'request' });
      return page;
    },
  });

export interface App {
  fetch: Hono<{ Bindings: HttpBindings }>['fetch'];
  /** Every route that is mounted, for the reference page and the tests that walk them all. */
  routes: readonly Route[];
  /** The parts of the guard chain, for a room that answers before the framework. */
  guards: GuardParts;
}

/** Middleware order and mounts: `guard.ts` is the chain, each room brings its routes. */
export const createApp = (platform: Platform, rooms: Rooms): App => {
  const { config, store, log, publicUrl, now } = platform;
  const guards: GuardParts = {
    authenticate: createAuthenticator(rooms.resolvers),
    limiter: createRateLimiter(store, config.limits, now),
    idempotency: createIdempotency(store, now),
    log,
    addressOf: createAddressReader(config.trustedProxies),
    refusalIdOf: createRefusalIds(store.sealer.derive('refusal ids'), now),
    publicUrl,
    bodyLimit: config.limits.body,
    now,
  };
  const guard = createGuard(guards, { resourceMetadata: `${publicUrl}/.well-known/oauth-protected-resource` });
  const document: { json?: string } = {};
  const served = (): string => document.json ?? '';
  const routes = [...healthRoutes(store, served), ...referenceRoutes(served), ...rooms.routes];
  checkRoutes(routes);
  document.json = JSON.stringify(describeApi(routes, publicUrl));

  const hono = new Hono<{ Bindings: HttpBindings }>({ router: new FirstMatchRouter() });
  const mount = (route: Route): void => {
    const handler = guard(route);
    if (route.method === 'ALL') hono.all(route.path, handler);
    else hono.on(route.method, route.path, handler);
  };
  for (const route of routes) mount(route);
  for (const [path, group] of Map.groupBy(routes, (route) => route.path)) {
    for (const route of methodNotAllowed(
      path,
      group.map(({ method }) => method),
    ))
      mount(route);
  }
  mount(notFound(rooms));
  return { fetch: hono.fetch, routes, guards };
};
