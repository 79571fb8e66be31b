import { MogplexError, usageReport } from '@mogplex/protocol';
import { z } from 'zod';
import { defineRoute, type Route } from '../../http/route.ts';
import { teamRole } from '../../identity/team-role.ts';
import type { Platform } from '../../platform.ts';
import { reportUsage } from '../ledger/usage.ts';
import type { SettingsCache } from '../settings.ts';

const day = z.iso.date();

/** What was used and what is left. */
export const usageRoutes = ({ store, now }: Platform, settings: SettingsCache): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/api/v1/mogplex/usage',
    scope: 'read',
    boundary: 'model',
    summary: 'Usage by day and model, and the credit that is left; with `team`, of a whole team',
    request: { query: z.object({ from: day.optional(), to: day.optional(), team: z.string().max(100).optional() }) },
    response: usageReport,
    errors: ['forbidden', 'invalid_request'],
    handler: async ({ principal, query }) => {
      const { team } = query;
      const bound = principal.teamId !== undefined && principal.teamId !== team;
      const role = team === undefined || bound ? undefined : await teamRole(store.db, team, principal.accountId);
      if (team !== undefined && role !== 'owner' && role !== 'admin') {
        throw new MogplexError('forbidden', 'only owners and admins of a team see its usage', { boundary: 'account' });
      }
      const of = team === undefined ? { accountId: principal.accountId } : { teamId: team };
      const caller = { accountId: principal.accountId, teamId: team ?? principal.teamId };
      return reportUsage(store.db, await settings.current(), of, caller, query, now());
    },
  }),
];
