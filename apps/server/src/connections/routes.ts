import { connection, connectionChange, connectionPage, newConnection } from '@mogplex/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import { type AuditEntry, recordAudit } from '../audit/record.ts';
import { makePage, pageQuery, readCursor } from '../http/page.ts';
import type { Principal } from '../http/principal.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { dialPolicy } from '../network/dial.ts';
import type { Platform } from '../platform.ts';
import { requireConnection, requireTeam, teamsOf } from './access.ts';
import { showConnections } from './store.ts';
import type { ConnectionRow } from './tables.ts';
import { changeConnection, createConnection, type WriteParts } from './write.ts';

export const CONNECTIONS_PATH = '/api/v1/mogplex/connections';

export const connectionParams = z.object({ id: z.string().max(64) });

const listQuery = pageQuery.extend({ teamId: z.string().max(64).optional() });

/** Who did what to a connection; never what is secret in it. */
export const auditOf = (
  action: string,
  row: Pick<ConnectionRow, 'id' | 'team_id' | 'name' | 'kind' | 'auth'>,
  by: Principal,
  requestId: string,
  details: AuditEntry['details'] = {},
): AuditEntry => ({
  actor: by.accountId,
  action: `connection.${action}`,
  subject: row.id,
  accountId: by.accountId,
  teamId: row.team_id,
  requestId,
  details: { name: row.name, kind: row.kind, method: row.auth, ...details },
});

const readRoutes = ({ store: { db } }: Platform): Route[] => [
  defineRoute({
    method: 'GET',
    path: CONNECTIONS_PATH,
    scope: 'read',
    boundary: 'connection',
    summary: 'Connections of your teams, or of one, newest first, without their secrets',
    request: { query: listQuery },
    response: connectionPage,
    errors: ['not_found'],
    async handler({ query, principal }) {
      const teams =
        query.teamId === undefined ? await teamsOf(db, principal, 'viewer') : [await requireTeam(db, principal, query.teamId, 'viewer')];
      if (teams.length === 0) return { items: [], nextCursor: null };
      const after = readCursor(query.cursor);
      const rows = await db
        .selectFrom('connection')
        .selectAll()
        .where('team_id', 'in', teams)
        .$if(after !== undefined, (select) => select.where(sql<boolean>`(created_at, id) < (${after?.at}, ${after?.id})`))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(query.limit + 1)
        .execute();
      const { items, nextCursor } = makePage(rows, query.limit, (row) => row);
      return { items: await showConnections(db, items), nextCursor };
    },
  }),
  defineRoute({
    method: 'GET',
    path: `${CONNECTIONS_PATH}/:id`,
    scope: 'read',
    boundary: 'connection',
    summary: 'One connection, without its secret',
    request: { params: connectionParams },
    response: connection,
    errors: ['not_found'],
    handler: async ({ params, principal }) => showOne(db, await requireConnection(db, principal, params.id, 'viewer')),
  }),
];

/** One connection as everybody in its team sees it. */
export const showOne = async (db: Platform['store']['db'], row: ConnectionRow) => {
  const [shown] = await showConnections(db, [row]);
  if (shown === undefined) throw new Error('a row was shown as nothing');
  return shown;
};

const writeRoutes = (platform: Platform): Route[] => {
  const { store, config, now } = platform;
  const { db, dialect, sealer } = store;
  const parts: WriteParts = { sealer, policy: dialPolicy(config.allowPrivateUpstreams), now };
  return [
    defineRoute({
      method: 'POST',
      path: CONNECTIONS_PATH,
      // Not `write`: a token that leaks must not be able to point the team's agents at a server of a stranger.
      scope: 'session',
      boundary: 'connection',
      rateLimit: 'start',
      summary: 'Make a connection; its secret is sealed and never shown',
      request: { body: newConnection },
      response: connection,
      status: 201,
      idempotent: true,
      errors: ['not_found', 'conflict'],
      async handler({ body, principal, requestId }) {
        const teamId = await requireTeam(db, principal, body.teamId, 'admin');
        const row = await db.transaction().execute(async (trx) => {
          const made = await createConnection(trx, parts, teamId, body);
          await recordAudit(trx, auditOf('created', made, principal, requestId), now());
          return made;
        });
        return showOne(db, row);
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: `${CONNECTIONS_PATH}/:id`,
      scope: 'session',
      boundary: 'connection',
      summary: 'Change a connection, or replace its secret',
      request: { params: connectionParams, body: connectionChange },
      response: connection,
      errors: ['not_found', 'conflict'],
      async handler({ params, body, principal, requestId }) {
        const row = await db.transaction().execute(async (trx) => {
          // What stays is written again with what changes, so that it must not be older than this transaction.
          const before = await requireConnection(trx, principal, params.id, 'admin', dialect === 'postgres');
          const changed = await changeConnection(trx, parts, before, body);
          await recordAudit(trx, auditOf('changed', changed, principal, requestId, { fields: Object.keys(body) }), now());
          return changed;
        });
        return showOne(db, row);
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${CONNECTIONS_PATH}/:id`,
      scope: 'session',
      boundary: 'connection',
      summary: 'Delete a connection and its secret',
      request: { params: connectionParams },
      response: z.object({ status: z.literal('deleted') }),
      errors: ['not_found'],
      async handler({ params, principal, requestId }) {
        const row = await requireConnection(db, principal, params.id, 'admin');
        await db.transaction().execute(async (trx) => {
          await trx.deleteFrom('connection').where('id', '=', row.id).execute();
          await recordAudit(trx, auditOf('deleted', row, principal, requestId), now());
        });
        return { status: 'deleted' as const };
      },
    }),
  ];
};

/** List, make, change and delete connections (statement B8). */
export const connectionRoutes = (platform: Platform): Route[] => [...readRoutes(platform), ...writeRoutes(platform)];
