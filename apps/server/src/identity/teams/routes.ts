import { MogplexError } from '@mogplex/protocol';
import { z } from 'zod';
import { defineRoute, type Route } from '../../http/route.ts';
import type { Identity } from '../context.ts';
import { deleteRuns } from '../../runs/forget.ts';
import { forgetTokens, removeServiceAccounts, revokeTokensOf } from '../../tokens/revoke.ts';
import { displayName, newId } from '../oauth/context.ts';
import { note } from '../trail.ts';
import { keepingAnOwner, mayManage, requireRole, withdrawInvitations } from './members.ts';

const PREFIX = '/api/v1/mogplex/teams';

export const roleShape = z.enum(['owner', 'admin', 'member', 'viewer']);

const teamShape = z.object({ id: z.string(), name: z.string(), personal: z.boolean(), role: roleShape });

const memberShape = z.object({
  id: z.string(),
  email: z.string(),
  /** False for an address that its person entered themselves, and that nothing has proven since. */
  emailVerified: z.boolean(),
  name: z.string(),
  role: roleShape,
  createdAt: z.number(),
});

const invitationShape = z.object({ id: z.string(), email: z.string(), role: roleShape, createdAt: z.number(), expiresAt: z.number() });

const teamName = z.string().trim().min(1).max(80);
const teamParams = z.object({ id: z.string() });
const memberParams = teamParams.extend({ userId: z.string() });

const refuse = (message: string) => new MogplexError('forbidden', message, { boundary: 'account' });

const listRoutes = (identity: Identity): Route[] => {
  const { platform, oauth: context } = identity;
  const { db } = platform.store;
  return [
    defineRoute({
      method: 'GET',
      path: PREFIX,
      scope: 'session',
      boundary: 'account',
      summary: 'Teams of the account',
      response: z.object({ items: z.array(teamShape), nextCursor: z.null() }),
      handler: async ({ principal }) => {
        const rows = await db
          .selectFrom('team')
          .innerJoin('team_member', 'team_member.team_id', 'team.id')
          .select(['team.id', 'team.name', 'team.personal_of', 'team_member.role'])
          .where('team_member.user_id', '=', principal.accountId)
          .orderBy('team.created_at')
          .execute();
        const items = rows.map(({ id, name, personal_of: personalOf, role }) => ({ id, name, role, personal: personalOf !== null }));
        return { items, nextCursor: null };
      },
    }),
    defineRoute({
      method: 'POST',
      path: PREFIX,
      scope: 'session',
      boundary: 'account',
      summary: 'Makes a team',
      request: { body: z.object({ name: teamName }) },
      response: teamShape,
      status: 201,
      idempotent: true,
      handler: async ({ body, principal, requestId }) => {
        const id = newId(context);
        const name = displayName(body.name);
        const at = platform.now();
        await db.transaction().execute(async (trx) => {
          await trx.insertInto('team').values({ id, name, personal_of: null, created_at: at }).execute();
          const member = { team_id: id, user_id: principal.accountId, role: 'owner' as const, created_at: at };
          await trx.insertInto('team_member').values(member).execute();
        });
        await note(identity, principal, requestId, { action: 'team.created', subject: id, teamId: id });
        return { id, name, personal: false, role: 'owner' as const };
      },
    }),
  ];
};

const teamRoutesOf = (identity: Identity): Route[] => {
  const { platform } = identity;
  const { db } = platform.store;
  return [
    defineRoute({
      method: 'GET',
      path: `${PREFIX}/:id`,
      scope: 'session',
      boundary: 'account',
      summary: 'A team, its members and its open invitations',
      request: { params: teamParams },
      response: teamShape.extend({ members: z.array(memberShape), invitations: z.array(invitationShape) }),
      errors: ['not_found'],
      handler: async ({ params, principal }) => {
        const role = await requireRole(db, params.id, principal.accountId, 'viewer');
        const team = await db.selectFrom('team').selectAll().where('id', '=', params.id).executeTakeFirstOrThrow();
        const members = await db
          .selectFrom('team_member')
          .innerJoin('user', 'user.id', 'team_member.user_id')
          .select(['user.id', 'user.email', 'user.emailVerified', 'user.name', 'team_member.role', 'team_member.created_at as createdAt'])
          .where('team_member.team_id', '=', team.id)
          .orderBy('team_member.created_at')
          .execute();
        const invitations = await db
          .selectFrom('team_invitation')
          .select(['id', 'email', 'role', 'created_at as createdAt', 'expires_at as expiresAt'])
          .where('team_id', '=', team.id)
          .where('accepted_at', 'is', null)
          .where('expires_at', '>', platform.now())
          .orderBy('created_at')
          .execute();
        return {
          id: team.id,
          name: team.name,
          personal: team.personal_of !== null,
          role,
          members: members.map((member) => ({ ...member, emailVerified: member.emailVerified === 1 })),
          invitations: mayManage(role, 'member') ? invitations : [],
        };
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: `${PREFIX}/:id`,
      scope: 'session',
      boundary: 'account',
      summary: 'Renames a team',
      request: { params: teamParams, body: z.object({ name: teamName }) },
      response: z.object({ status: z.literal('changed') }),
      errors: ['not_found', 'forbidden'],
      handler: async ({ params, body, principal, requestId }) => {
        await requireRole(db, params.id, principal.accountId, 'admin');
        await db
          .updateTable('team')
          .set({ name: displayName(body.name) })
          .where('id', '=', params.id)
          .execute();
        await note(identity, principal, requestId, { action: 'team.renamed', subject: params.id, teamId: params.id });
        return { status: 'changed' as const };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${PREFIX}/:id`,
      scope: 'session-fresh',
      boundary: 'account',
      summary: 'Deletes a team',
      request: { params: teamParams },
      response: z.object({ status: z.literal('deleted') }),
      errors: ['not_found', 'forbidden'],
      handler: async ({ params, principal, requestId }) => {
        await requireRole(db, params.id, principal.accountId, 'owner');
        const revoked = await db.transaction().execute(async (trx) => {
          const removed = await trx.deleteFrom('team').where('id', '=', params.id).where('personal_of', 'is', null).executeTakeFirst();
          if (Number(removed.numDeletedRows) === 0) throw refuse('the personal team goes only with its account');
          await deleteRuns(trx, { teamId: params.id });
          const machines = await removeServiceAccounts(trx, [params.id]);
          return revokeTokensOf(trx, platform, machines, 'owner', { actor: principal.accountId, requestId });
        });
        await forgetTokens(platform.coherence, revoked);
        await note(identity, principal, requestId, { action: 'team.deleted', subject: params.id, teamId: params.id });
        return { status: 'deleted' as const };
      },
    }),
  ];
};

const memberRoutes = (identity: Identity): Route[] => {
  const { platform } = identity;
  const { db } = platform.store;
  return [
    defineRoute({
      method: 'PATCH',
      path: `${PREFIX}/:id/members/:userId`,
      scope: 'session',
      boundary: 'account',
      summary: 'Changes the role of a member',
      request: { params: memberParams, body: z.object({ role: roleShape }) },
      response: z.object({ status: z.literal('changed') }),
      errors: ['not_found', 'forbidden', 'conflict'],
      handler: async ({ params, body, principal, requestId }) => {
        await keepingAnOwner(db, params.id, async (trx) => {
          const role = await requireRole(trx, params.id, principal.accountId, 'admin');
          const before = await requireRole(trx, params.id, params.userId, 'viewer');
          if (!mayManage(role, before) || !mayManage(role, body.role)) throw refuse('only an owner may make or change owners');
          await trx
            .updateTable('team_member')
            .set({ role: body.role })
            .where('team_id', '=', params.id)
            .where('user_id', '=', params.userId)
            .execute();
          if (!mayManage(body.role, before)) await withdrawInvitations(trx, params.id, params.userId);
        });
        const event = { action: 'team.role_changed', subject: params.userId, teamId: params.id, details: { role: body.role } };
        await note(identity, principal, requestId, event);
        return { status: 'changed' as const };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${PREFIX}/:id/members/:userId`,
      scope: 'session',
      boundary: 'account',
      summary: 'Takes a member out of a team; with the own id: leaves it',
      request: { params: memberParams },
      response: z.object({ status: z.literal('removed') }),
      errors: ['not_found', 'forbidden', 'conflict'],
      handler: async ({ params, principal, requestId }) => {
        await keepingAnOwner(db, params.id, async (trx) => {
          const role = await requireRole(trx, params.id, principal.accountId, 'viewer');
          const other = await requireRole(trx, params.id, params.userId, 'viewer');
          if (params.userId !== principal.accountId && !mayManage(role, other)) throw refuse('only an owner or an admin may do this');
          await trx.deleteFrom('team_member').where('team_id', '=', params.id).where('user_id', '=', params.userId).execute();
          await withdrawInvitations(trx, params.id, params.userId);
        });
        await note(identity, principal, requestId, { action: 'team.member_removed', subject: params.userId, teamId: params.id });
        return { status: 'removed' as const };
      },
    }),
  ];
};

/** Teams and their members. The acting team is the one in the path; nothing else that a client sends chooses it. */
export const teamRoutes = (identity: Identity): Route[] => [...listRoutes(identity), ...teamRoutesOf(identity), ...memberRoutes(identity)];
