import { createdToken, type NewTokenRequest, notificationPage, pageOf, serviceAccount, tokenInfo } from '@mogplex/protocol';
import { z } from 'zod';
import { call, everyPage, nothing } from './client.ts';

/** Every token of the person or of a service account, however many there are: one that is not shown could not be revoked. */
export const listTokens = (serviceAccountId?: string) =>
  everyPage('/tokens', tokenInfo, serviceAccountId === undefined ? {} : { serviceAccountId });

/** Makes a personal access token. The answer holds it in the clear, this once. */
export const createToken = (body: NewTokenRequest) => call('/tokens', { method: 'POST', body, data: createdToken });
export const revokeToken = (id: string, serviceAccountId?: string) =>
  call(`/tokens/${encodeURIComponent(id)}${serviceAccountId === undefined ? '' : `?${new URLSearchParams({ serviceAccountId })}`}`, {
    method: 'DELETE',
    data: nothing,
  });

/** Notices to the person, for instance that a token of theirs was found in public. */
export const listNotices = () => call('/notifications', { data: notificationPage });
export const readNotice = (id: string) =>
  call(`/notifications/${encodeURIComponent(id)}/read`, { method: 'POST', body: {}, data: nothing });

const session = z.object({
  id: z.string(),
  createdAt: z.number(),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  current: z.boolean(),
});

export const listSessions = () => everyPage('/sessions', session);
export const endOtherSessions = () => call('/sessions/end-others', { method: 'POST', body: {}, data: nothing });
export const endSession = (id: string) => call(`/sessions/${encodeURIComponent(id)}`, { method: 'DELETE', data: nothing });

const app = z.object({
  id: z.string(),
  client: z.object({ name: z.string(), firstParty: z.boolean() }),
  deviceName: z.string().nullable(),
  scopes: z.array(z.string()),
  address: z.string().nullable(),
  createdAt: z.number(),
  lastUsedAt: z.number().nullable(),
});

/** Connected apps and terminals: every sign-in that holds OAuth tokens of this account. */
export const listApps = () => everyPage('/apps', app);
export const endApp = (id: string) => call(`/apps/${encodeURIComponent(id)}`, { method: 'DELETE', data: nothing });

export const ROLES = ['owner', 'admin', 'member', 'viewer'] as const;
const role = z.enum(ROLES);
export type Role = z.infer<typeof role>;

const team = z.object({ id: z.string(), name: z.string(), personal: z.boolean(), role });
const member = z.object({ id: z.string(), email: z.string(), emailVerified: z.boolean(), name: z.string(), role });
const invitation = z.object({ id: z.string(), email: z.string(), role, expiresAt: z.number() });
const teamDetail = team.extend({ members: z.array(member), invitations: z.array(invitation).optional() });

export type TeamDetail = z.infer<typeof teamDetail>;

const path = (id: string): string => `/teams/${encodeURIComponent(id)}`;

export const listTeams = () => call('/teams', { data: pageOf(team) });
export const createTeam = (name: string) => call('/teams', { method: 'POST', body: { name }, data: z.looseObject({ id: z.string() }) });
export const readTeam = (id: string) => call(path(id), { data: teamDetail });
export const deleteTeam = (id: string) => call(path(id), { method: 'DELETE', data: nothing });
export const setRole = (id: string, member: string, next: Role) =>
  call(`${path(id)}/members/${encodeURIComponent(member)}`, { method: 'PATCH', body: { role: next }, data: nothing });
export const removeMember = (id: string, member: string) =>
  call(`${path(id)}/members/${encodeURIComponent(member)}`, { method: 'DELETE', data: nothing });

/** Invites an address to a team. The link in the answer is shown this once. */
export const invite = (id: string, body: { email: string; role: Role }) =>
  call(`${path(id)}/invitations`, { method: 'POST', body, data: z.looseObject({ link: z.string() }) });
export const withdrawInvitation = (id: string, invitationId: string) =>
  call(`${path(id)}/invitations/${encodeURIComponent(invitationId)}`, { method: 'DELETE', data: nothing });

/** Accounts of a team without a person, for its machines. */
export const listServiceAccounts = (id: string) => everyPage(`${path(id)}/service-accounts`, serviceAccount);
export const createServiceAccount = (id: string, name: string) =>
  call(`${path(id)}/service-accounts`, { method: 'POST', body: { name }, data: serviceAccount });
export const deleteServiceAccount = (id: string, accountId: string) =>
  call(`${path(id)}/service-accounts/${encodeURIComponent(accountId)}`, { method: 'DELETE', data: nothing });

/** What an invitation is for, before it is spent. */
export const previewInvitation = (code: string) =>
  call('/invitations/preview', {
    method: 'POST',
    body: { code },
    data: z.object({ team: z.string(), email: z.string(), role, hasAccount: z.boolean() }),
  });

/** Spends an invitation: as the signed-in account, or making the account that it was sent to. */
export const acceptInvitation = (body: { code: string; name?: string; password?: string }) =>
  call('/invitations/accept', { method: 'POST', body, data: nothing });
