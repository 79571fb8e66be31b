import { modelList } from '@mogplex/protocol';
import { z } from 'zod';
import { defineRoute, type Route } from '../../http/route.ts';
import { listCatalog } from '../catalog/list.ts';
import { callerOf } from '../catalog/reach.ts';
import type { SettingsCache } from '../settings.ts';

/** The catalogue as the caller sees it. */
export const catalogRoutes = (settings: SettingsCache): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/api/v1/mogplex/models',
    scope: 'read',
    boundary: 'model',
    summary: 'The models that the account can use, and for each other one the reason why not',
    request: { query: z.object({ repository: z.string().max(201).optional() }) },
    response: modelList,
    handler: async ({ principal, query }) => listCatalog(await settings.current(), callerOf(principal, query.repository)),
  }),
];
