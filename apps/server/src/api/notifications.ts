import { MogplexError, notification, notificationPage } from '@mogplex/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import type { AuditTables } from '../audit/tables.ts';
import { makePage, pageQuery, readCursor } from '../http/page.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { Platform } from '../platform.ts';

const PATH = '/api/v1/mogplex/notifications';

const show = (row: AuditTables['notification']) => ({
  id: row.id,
  kind: row.kind,
  text: row.text,
  createdAt: row.created_at,
  readAt: row.read_at,
});

/** Notices to a person: list, and mark as read. */
export const notificationRoutes = ({ store, now }: Platform): Route[] => [
  defineRoute({
    method: 'GET',
    path: PATH,
    scope: 'read',
    boundary: 'account',
    summary: 'Notices to you, newest first',
    request: { query: pageQuery },
    response: notificationPage,
    async handler({ query, principal }) {
      const after = readCursor(query.cursor);
      const rows = await store.db
        .selectFrom('notification')
        .selectAll()
        .where('account_id', '=', principal.accountId)
        .$if(after !== undefined, (select) => select.where(sql<boolean>`(created_at, id) < (${after?.at}, ${after?.id})`))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(query.limit + 1)
        .execute();
      return makePage(rows, query.limit, show);
    },
  }),
  defineRoute({
    method: 'POST',
    path: `${PATH}/:id/read`,
    scope: 'write',
    boundary: 'account',
    summary: 'Mark a notice as read',
    request: { params: z.object({ id: z.string().max(64) }) },
    response: notification,
    errors: ['not_found'],
    async handler({ params, principal }) {
      const row = await store.db
        .updateTable('notification')
        .set((where) => ({ read_at: where.fn.coalesce('read_at', where.val(now())) }))
        .where('id', '=', params.id)
        .where('account_id', '=', principal.accountId)
        .returningAll()
        .executeTakeFirst();
      if (!row) throw new MogplexError('not_found', 'there is no such notice', { boundary: 'account' });
      return show(row);
    },
  }),
];
