import { MogplexError } from '@mogplex/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Store } from '../store/open.ts';
import { defineRawRoute, defineRoute, type Route } from './route.ts';

const state = z.object({ status: z.literal('up') });

/** `/healthz` (the process answers), `/readyz` (the store answers too) and `/openapi.json`. */
export const healthRoutes = (store: Store, document: () => string): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/healthz',
    scope: 'public',
    boundary: 'request',
    rateLimit: 'none',
    summary: 'Whether the process answers',
    response: state,
    handler: () => ({ status: 'up' as const }),
  }),
  defineRoute({
    method: 'GET',
    path: '/readyz',
    scope: 'public',
    boundary: 'storage',
    rateLimit: 'none',
    summary: 'Whether requests can be served: the store answers',
    response: state,
    async handler() {
      try {
        await sql`select 1`.execute(store.db);
      } catch (cause) {
        throw new MogplexError('unavailable', 'the store does not answer', { boundary: 'storage', retryAfter: 5, cause });
      }
      return { status: 'up' as const };
    },
  }),
  defineRawRoute({
    method: 'GET',
    path: '/openapi.json',
    scope: 'public',
    boundary: 'request',
    summary: 'The OpenAPI 3.1 document of this API',
    handler: () => new Response(document(), { headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' } }),
  }),
];
