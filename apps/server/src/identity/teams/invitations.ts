import { MogplexError } from '@mogplex/protocol';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { defineRoute, type Route } from '../../http/route.ts';
import { createAccount, type NewAccount, parseEmail, typed } from '../accounts.ts';
import type { Identity } from '../context.ts';
import { type CookieAnswer, type CookieCall, cookieRoute } from '../cookies.ts';
import { newId, newSecret, sha256 } from '../oauth/context.ts';
import { principalFromSession } from '../session.ts';
import { signInByPassword } from '../sign-in.ts';
import { note } from '../trail.ts';
import { inLockedTeam, mayManage, requireRole } from './members.ts';
import type { Database } from '../../store/schema.ts';
import type { TeamRole } from '../tables.ts';
import { roleShape } from './routes.ts';

const PREFIX = '/api/v1/mogplex';
const INVITATION_TTL = 7 * 24 * 3_600_000;

const gone = () =>
  new MogplexError('gone', 'this invitation was used, taken back or has expired', {
    boundary: 'account',
    hint: 'Ask for a new one.',
  });

const alreadyIn = () => new MogplexError('conflict', 'this address is in the team already', { boundary: 'account' });

/** Whether an address has an open invitation, which lets its person make an account. */
export const invited = async (db: Kysely<Database>, email: string, now: number): Promise<boolean> => {
  const row = await db
    .selectFrom('team_invitation')
    .select('id')
    .where('email', '=', email.toLowerCase())
    .where('accepted_at', 'is', null)
    .where('expires_at', '>', now)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
};

const openInvitation = async ({ platform }: Identity, code: string) => {
  const invitation = await platform.store.db
    .selectFrom('team_invitation')
    .innerJoin('team', 'team.id', 'team_invitation.team_id')
    .selectAll('team_invitation')
    .select('team.name as teamName')
    .where('hash', '=', sha256(code))
    .where('accepted_at', 'is', null)
    .where('expires_at', '>', platform.now())
    .executeTakeFirst();
  if (invitation === undefined) throw gone();
  const account = await platform.store.db
    .selectFrom('user')
    .select(['id', 'emailVerified', 'updatedAt'])
    .where('email', '=', invitation.email)
    .executeTakeFirst();
  return { invitation, account };
};

/** Refuses an invitation that its maker may not make, or that would bring nobody new. */
const checkInvitation = async (
  trx: Kysely<Database>,
  { team_id: teamId, email, role, invited_by: by }: { team_id: string; email: string; role: TeamRole; invited_by: string },
): Promise<void> => {
  const own = await requireRole(trx, teamId, by, 'admin');
  if (!mayManage(own, role)) throw new MogplexError('forbidden', 'only an owner may invite an owner', { boundary: 'account' });
  const { personal_of: personal } = await trx.selectFrom('team').select('personal_of').where('id', '=', teamId).executeTakeFirstOrThrow();
  if (personal !== null) throw new MogplexError('forbidden', 'nobody else can join a personal team', { boundary: 'account' });
  const member = await trx
    .selectFrom('team_member')
    .innerJoin('user', 'user.id', 'team_member.user_id')
    .select('user.id')
    .where('team_member.team_id', '=', teamId)
    .where('user.email', '=', email)
    .executeTakeFirst();
  if (member !== undefined) throw alreadyIn();
};

const manageRoutes = (identity: Identity): Route[] => {
  const { platform, oauth: context } = identity;
  const { db } = platform.store;
  return [
    defineRoute({
      method: 'POST',
      path: `${PREFIX}/teams/:id/invitations`,
      scope: 'session',
      boundary: 'account',
      summary: 'Invites an address into a team; the link is shown once',
      request: { params: z.object({ id: z.string() }), body: z.object({ email: z.string().max(254), role: roleShape }) },
      response: z.object({ id: z.string(), email: z.string(), role: roleShape, expiresAt: z.number(), link: z.string() }),
      status: 201,
      noStore: true,
      idempotent: true,
      errors: ['not_found', 'forbidden', 'conflict'],
      handler: async ({ params, body, principal, requestId }) => {
        const email = parseEmail(body.email);
        const code = newSecret(context);
        const now = platform.now();
        const row = {
          id: newId(context),
          hash: sha256(code),
          team_id: params.id,
          email,
          role: body.role,
          invited_by: principal.accountId,
          created_at: now,
          expires_at: now + INVITATION_TTL,
          accepted_at: null,
        };
        await inLockedTeam(db, params.id, async (trx) => {
          await checkInvitation(trx, row);
          await trx.insertInto('team_invitation').values(row).execute();
        });
        const event = { action: 'team.invited', subject: row.id, teamId: params.id, details: { role: row.role } };
        await note(identity, principal, requestId, event);
        return { id: row.id, email, role: row.role, expiresAt: row.expires_at, link: `${platform.publicUrl}/invite#${code}` };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${PREFIX}/teams/:id/invitations/:invitationId`,
      scope: 'session',
      boundary: 'account',
      summary: 'Takes an invitation back',
      request: { params: z.object({ id: z.string(), invitationId: z.string() }) },
      response: z.object({ status: z.literal('removed') }),
      errors: ['not_found', 'forbidden'],
      handler: async ({ params, principal }) => {
        await requireRole(db, params.id, principal.accountId, 'admin');
        const removed = await db
          .deleteFrom('team_invitation')
          .where('id', '=', params.invitationId)
          .where('team_id', '=', params.id)
          .executeTakeFirst();
        if (Number(removed.numDeletedRows) > 0) return { status: 'removed' as const };
        throw new MogplexError('not_found', 'there is no such invitation', { boundary: 'account' });
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${PREFIX}/invitations/preview`,
      scope: 'public',
      boundary: 'account',
      summary: 'What an invitation link stands for',
      request: { body: z.object({ code: z.string().max(200) }) },
      response: z.object({ team: z.string(), email: z.string(), role: roleShape, hasAccount: z.boolean() }),
      errors: ['gone'],
      handler: async ({ body }) => {
        const { invitation, account } = await openInvitation(identity, body.code);
        return { team: invitation.teamName, email: invitation.email, role: invitation.role, hasAccount: account !== undefined };
      },
    }),
  ];
};

const acceptBody = z.object({
  code: z.string().max(200),
  name: z.string().trim().min(1).max(80).optional(),
  password: z.string().max(1024).optional(),
});

/** Spends the invitation and puts the person into the team, in one transaction; a new person's account is made in it too. */
const join = async ({ platform }: Identity, code: string, member: { id: string; proven: boolean } | NewAccount): Promise<void> => {
  const now = platform.now();
  await platform.store.db.transaction().execute(async (trx) => {
    const spent = await trx
      .updateTable('team_invitation')
      .set({ accepted_at: now })
      .where('hash', '=', sha256(code))
      .where('accepted_at', 'is', null)
      .where('expires_at', '>', now)
      .returning(['team_id', 'role'])
      .executeTakeFirst();
    if (spent === undefined) throw gone();
    const id = 'id' in member ? member.id : await createAccount(trx, member, now);
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('team_member')
      .values({ team_id: spent.team_id, user_id: id, role: spent.role, created_at: now })
      .onConflict((conflict) => conflict.columns(['team_id', 'user_id']).doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 0n) throw alreadyIn();
    if ('id' in member && !member.proven) await trx.updateTable('user').set({ emailVerified: 1 }).where('id', '=', id).execute();
  });
};

type AcceptCall = Omit<CookieCall<z.output<typeof acceptBody>>, 'principal'>;

const accept = async (identity: Identity, { body, headers, info }: AcceptCall): Promise<CookieAnswer> => {
  const { invitation, account } = await openInvitation(identity, body.code);
  if (account === undefined) {
    const password = body.password ?? '';
    const made = { email: invitation.email, password: typed(password), ...(body.name === undefined ? {} : { name: body.name }) };
    await join(identity, body.code, made);
    const { cookies } = await signInByPassword(identity, invitation.email, password, headers, info);
    return { data: { status: 'joined' }, ...(cookies && { cookies }) };
  }
  const person = await principalFromSession(identity.auth, headers.get('cookie') ?? '');
  const proven = account.emailVerified === 1;
  // Whoever changed their address to this one has proven nothing, until somebody invites it and hands them the link.
  const invitedSince = invitation.created_at > Date.parse(account.updatedAt);
  if (person?.accountId !== account.id || !(proven || invitedSince)) {
    throw new MogplexError('forbidden', `this invitation is for ${invitation.email}`, {
      boundary: 'account',
      hint: 'Sign in with that address, then open the link again.',
    });
  }
  await join(identity, body.code, { id: account.id, proven });
  return { data: { status: 'joined' } };
};

/** Invitations into teams: hashed at rest, spent once, and good only for the address that they were made for. */
export const invitationRoutes = (identity: Identity): Route[] => [
  ...manageRoutes(identity),
  cookieRoute(identity.platform.publicUrl, {
    method: 'POST',
    path: '/invitations/accept',
    scope: 'public',
    summary: 'Joins the team of an invitation',
    body: acceptBody,
    response: z.object({ status: z.literal('joined') }),
    errors: ['gone', 'conflict', 'unauthenticated'],
    handler: (call) => accept(identity, call),
  }),
];
