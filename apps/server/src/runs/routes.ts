import {
  agentList,
  isRunOver,
  MogplexError,
  runAnswer,
  runEventPage,
  runEventQuery,
  runListQuery,
  runPage,
  type RunSource,
  startRun as startRunBody,
} from '@mogplex/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import { makePage, readCursor } from '../http/page.ts';
import type { Principal } from '../http/principal.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { findRun, teamsSeenBy } from './access.ts';
import { cancelRun } from './cancel.ts';
import { type Db, ownerOf, type RunRow } from './record.ts';
import { isLastEvent, readEvents, showEvent, showRun, showRuns } from './show.ts';
import { type RunWish, type StartParts, startRun } from './start.ts';

const PATH = '/api/v1/mogplex/runs';

export const runParams = z.object({ id: z.string().max(64) });

/** Where a run was asked for: what the credential tells outranks what the caller states. */
const sourceOf = ({ kind, clientId }: Principal, stated: 'cli' | 'api' | undefined): RunSource => {
  if (kind === 'session') return 'web';
  return stated ?? (clientId === 'mogplex-cli' ? 'cli' : 'api');
};

/** A run token opens no route of the API, so that none of them starts a run. */
const asStarter = (principal: Principal): RunWish['principal'] => {
  const { kind } = principal;
  if (kind !== 'run') return { ...principal, kind };
  throw new MogplexError('forbidden', 'a run token cannot start a run', { boundary: 'token' });
};

/** The newest runs of one owner, by its index: what they cost does not grow with how many there are. */
const newestOf = (db: Db, owner: string, { cursor, limit, status }: z.output<typeof runListQuery>) => {
  const after = readCursor(cursor);
  const newest = db
    .selectFrom('run')
    .selectAll()
    .where('owner', '=', owner)
    .$if(status !== undefined, (select) => select.where('status', '=', status ?? 'pending'))
    .$if(after !== undefined, (select) => select.where(sql<boolean>`(created_at, id) < (${after?.at}, ${after?.id})`))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  return db.selectFrom(newest.as('newest')).selectAll();
};

/** One run more than a page holds, newest first, of the account and of the teams that it sees. */
const listRuns = async (db: Db, principal: Principal, query: z.output<typeof runListQuery>): Promise<RunRow[]> => {
  const teams = await teamsSeenBy(db, principal);
  const own = newestOf(db, ownerOf(principal.accountId, undefined), query);
  const all = teams.reduce((before, teamId) => before.unionAll(newestOf(db, ownerOf(principal.accountId, teamId), query)), own);
  return db
    .selectFrom(all.as('run'))
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute();
};

const agentsRoute = ({ agents }: StartParts): Route =>
  defineRoute({
    method: 'GET',
    path: '/api/v1/mogplex/agents',
    scope: 'read',
    boundary: 'run',
    summary: 'The agents that exist, and what each can do',
    response: agentList,
    handler: () => ({ agents: [...agents.values()].map(({ info }) => info) }),
  });

const startRoute = (parts: StartParts): Route =>
  defineRoute({
    method: 'POST',
    path: PATH,
    scope: 'write',
    boundary: 'run',
    rateLimit: 'start',
    idempotent: true,
    summary: 'Start a run of an agent',
    request: { body: startRunBody },
    response: runAnswer,
    status: 201,
    errors: ['not_found', 'no_model_access', 'conflict'],
    async handler({ body, principal, requestId, idempotencyKey }) {
      const { source, ...rest } = body;
      const wish = { ...rest, principal: asStarter(principal), source: sourceOf(principal, source), requestId, idempotencyKey };
      return showRun(parts.store.db, await startRun(parts, wish));
    },
  });

const readRoutes = ({ store: { db } }: StartParts): Route[] => [
  defineRoute({
    method: 'GET',
    path: PATH,
    scope: 'read',
    boundary: 'run',
    summary: 'Runs of the account and of its teams, newest first',
    request: { query: runListQuery },
    response: runPage,
    async handler({ query, principal }) {
      const page = makePage(await listRuns(db, principal, query), query.limit, (row) => row);
      return { items: await showRuns(db, page.items), nextCursor: page.nextCursor };
    },
  }),
  defineRoute({
    method: 'GET',
    path: `${PATH}/:id`,
    scope: 'read',
    boundary: 'run',
    summary: 'One run',
    request: { params: runParams },
    response: runAnswer,
    errors: ['not_found'],
    handler: async ({ params, principal }) => showRun(db, await findRun(db, params.id, principal)),
  }),
  defineRoute({
    method: 'GET',
    path: `${PATH}/:id/events`,
    scope: 'read',
    boundary: 'run',
    summary: 'Events of a run, oldest first; masked and capped',
    request: { params: runParams, query: runEventQuery },
    response: runEventPage,
    errors: ['not_found'],
    async handler({ params, query, principal }) {
      const run = await findRun(db, params.id, principal);
      const rows = await readEvents(db, run.id, query.after, query.limit);
      const last = rows.at(-1);
      const done = last ? isLastEvent(last) : isRunOver(run.status) && query.after >= run.last_seq;
      return { items: rows.map(showEvent), lastSeq: Math.max(run.last_seq, last?.seq ?? 0), done };
    },
  }),
];

const cancelRoute = (parts: StartParts): Route =>
  defineRoute({
    method: 'POST',
    path: `${PATH}/:id/cancel`,
    scope: 'write',
    boundary: 'run',
    summary: 'Cancel a run; asking again changes nothing',
    request: { params: runParams },
    response: runAnswer,
    errors: ['not_found'],
    async handler({ params, principal, requestId }) {
      const { db } = parts.store;
      const run = await findRun(db, params.id, principal, 'start');
      return showRun(db, await cancelRun(parts, run, { principal, requestId }));
    },
  });

/** Agents; start, look at and cancel runs. */
export const runRoutes = (parts: StartParts): Route[] => [agentsRoute(parts), startRoute(parts), ...readRoutes(parts), cancelRoute(parts)];
