import { randomUUID } from 'node:crypto';
import { MogplexError, serviceAccount, serviceAccountPage } from '@mogplex/protocol';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { recordAudit } from '../audit/record.ts';
import { makePage, pageQuery, readCursor } from '../http/page.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { displayName } from '../identity/oauth/context.ts';
import { teamRole } from '../identity/team-role.ts';
import type { Platform } from '../platform.ts';
import type { Database } from '../store/schema.ts';
import { forgetTokens, revokeTokensOf } from './revoke.ts';
import type { TokenTables } from './tables.ts';

const PATH = '/api/v1/mogplex/teams/:teamId/service-accounts';

const teamParams = z.object({ teamId: z.string().max(64) });

const missing = (): MogplexError => new MogplexError('not_found', 'there is no such service account', { boundary: 'account' });

/** Refuses whoever does not run the team; to a stranger the team does not exist. */
const checkRuns = async (db: Kysely<Database>, teamId: string, accountId: string): Promise<void> => {
  const role = await teamRole(db, teamId, accountId);
  if (role === undefined) throw new MogplexError('not_found', 'there is no such team', { boundary: 'account' });
  if (role !== 'owner' && role !== 'admin') {
    throw new MogplexError('forbidden', 'only an owner or admin of the team can do this', { boundary: 'account' });
  }
};

/**
 * The service account that a person may act for.
 *
 * @throws MogplexError `not_found` when there is none or the person is not in its team, `forbidden` without the role.
 */
export const manageableServiceAccount = async (
  db: Kysely<Database>,
  id: string,
  accountId: string,
): Promise<TokenTables['service_account']> => {
  const row = await db.selectFrom('service_account').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || (await teamRole(db, row.team_id, accountId)) === undefined) throw missing();
  await checkRuns(db, row.team_id, accountId);
  return row;
};

const show = (row: TokenTables['service_account']) => ({ id: row.id, teamId: row.team_id, name: row.name, createdAt: row.created_at });

const listRoute = ({ store }: Platform): Route =>
  defineRoute({
    method: 'GET',
    path: PATH,
    scope: 'session',
    boundary: 'account',
    summary: 'Service accounts of a team',
    request: { params: teamParams, query: pageQuery },
    response: serviceAccountPage,
    errors: ['not_found'],
    async handler({ params, query, principal }) {
      await checkRuns(store.db, params.teamId, principal.accountId);
      const after = readCursor(query.cursor);
      const rows = await store.db
        .selectFrom('service_account')
        .selectAll()
        .where('team_id', '=', params.teamId)
        .$if(after !== undefined, (select) => select.where(sql<boolean>`(created_at, id) < (${after?.at}, ${after?.id})`))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(query.limit + 1)
        .execute();
      return makePage(rows, query.limit, show);
    },
  });

const createRoute = ({ store, now }: Platform): Route =>
  defineRoute({
    method: 'POST',
    path: PATH,
    scope: 'session',
    boundary: 'account',
    rateLimit: 'start',
    summary: 'Make a service account of a team',
    idempotent: true,
    request: { params: teamParams, body: z.strictObject({ name: z.string().trim().min(1).max(80) }) },
    response: serviceAccount,
    status: 201,
    errors: ['not_found', 'conflict'],
    async handler({ params, body, principal, requestId }) {
      await checkRuns(store.db, params.teamId, principal.accountId);
      const name = displayName(body.name);
      const row = { id: randomUUID(), team_id: params.teamId, name, created_by: principal.accountId, created_at: now() };
      await store.db.transaction().execute(async (trx) => {
        await trx.insertInto('service_account').values(row).execute();
        const entry = { actor: principal.accountId, action: 'service-account.created', subject: row.id, teamId: row.team_id, requestId };
        await recordAudit(trx, { ...entry, details: { name: row.name } }, row.created_at);
      });
      return show(row);
    },
  });

const deleteRoute = ({ store, coherence, now }: Platform): Route =>
  defineRoute({
    method: 'DELETE',
    path: `${PATH}/:id`,
    scope: 'session',
    boundary: 'account',
    summary: 'Delete a service account and revoke its tokens',
    request: { params: teamParams.extend({ id: z.string().max(64) }) },
    response: z.object({ status: z.literal('deleted') }),
    errors: ['not_found'],
    async handler({ params, principal, requestId }) {
      const row = await manageableServiceAccount(store.db, params.id, principal.accountId);
      if (row.team_id !== params.teamId) throw missing();
      const by = { actor: principal.accountId, requestId };
      const revoked = await store.db.transaction().execute(async (trx) => {
        await trx.deleteFrom('service_account').where('id', '=', row.id).execute();
        await recordAudit(trx, { ...by, action: 'service-account.deleted', subject: row.id, teamId: row.team_id }, now());
        return revokeTokensOf(trx, { coherence, now }, [row.id], 'owner', by);
      });
      await forgetTokens(coherence, revoked);
      return { status: 'deleted' as const };
    },
  });

/** Service accounts: who runs the team manages them; their tokens act for the team, not for a person. */
export const serviceAccountRoutes = (platform: Platform): Route[] => [listRoute(platform), createRoute(platform), deleteRoute(platform)];
