import { me } from '@mogplex/protocol';
import { defineRoute, type Route } from '../http/route.ts';

/** `GET /me`: whose credential this is, from what the guards already know. */
export const meRoute = (): Route =>
  defineRoute({
    method: 'GET',
    path: '/api/v1/mogplex/me',
    scope: 'read',
    boundary: 'account',
    summary: 'Who the credential belongs to',
    response: me,
    handler: ({ principal }) => ({
      account: { email: principal.email ?? null, ...(principal.teamId === undefined ? {} : { teamId: principal.teamId }) },
      token: principal.kind === 'session' ? null : { name: principal.name, scopes: [...principal.scopes] },
    }),
  });
