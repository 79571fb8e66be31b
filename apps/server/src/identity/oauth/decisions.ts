import { MogplexError, pageOf } from '@mogplex/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import { makePage, pageQuery, readCursor } from '../../http/page.ts';
import { defineRawRoute, defineRoute, type Route } from '../../http/route.ts';
import type { Identity } from '../context.ts';
import { answerLocation, approveAuthorization, checkAuthorization } from './authorize.ts';
import { findClient, type OAuthClient } from './clients.ts';
import { decideDevice, findDevice } from './device.ts';
import { note } from '../trail.ts';
import { endGrant } from './grants.ts';

const PREFIX = '/api/v1/mogplex';

const clientShape = z.object({ id: z.string(), name: z.string(), uri: z.string().nullable(), firstParty: z.boolean() });

const show = ({ id, name, uri, first_party: firstParty }: OAuthClient) => ({ id, name, uri, firstParty: firstParty === 1 });

const scopes = (text: string): string[] => text.split(' ');

const consentShape = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ok'),
    client: clientShape,
    deviceName: z.string().nullable(),
    scopes: z.array(z.string()),
    redirectHost: z.string(),
    email: z.string(),
  }),
  z.object({ kind: z.literal('redirect'), location: z.string() }),
  z.object({ kind: z.literal('page'), reason: z.string() }),
]);

/** The consent page's view of a request, and the decision that a person takes on it. */
const consentRoutes = (identity: Identity, context = identity.oauth): Route[] => [
  defineRawRoute({
    method: 'GET',
    path: `${PREFIX}/oauth/request`,
    scope: 'session',
    boundary: 'account',
    summary: 'Who asks for access, and to what',
    describes: {
      request: { query: z.looseObject({ client_id: z.string().optional(), redirect_uri: z.string().optional() }) },
      response: consentShape,
    },
    handler: async (c, principal) => {
      const check = await checkAuthorization(context, new URL(c.req.url).searchParams);
      const data: z.output<typeof consentShape> =
        check.kind === 'ok'
          ? {
              kind: 'ok',
              client: show(check.request.client),
              deviceName: check.request.deviceName,
              scopes: scopes(check.request.scope),
              redirectHost: new URL(check.request.redirectUri).host,
              email: principal.email ?? '',
            }
          : check;
      return Response.json({ ok: true, data: consentShape.parse(data) }, { headers: { 'cache-control': 'no-store' } });
    },
  }),
  defineRoute({
    method: 'POST',
    path: `${PREFIX}/oauth/request`,
    scope: 'session',
    boundary: 'account',
    summary: 'Allows or refuses an application that asks for access',
    request: { body: z.object({ query: z.string().max(8192), approve: z.boolean() }) },
    response: z.object({ location: z.string() }),
    noStore: true,
    errors: ['invalid_request'],
    handler: async ({ body, principal, address, requestId }) => {
      const check = await checkAuthorization(context, new URLSearchParams(body.query));
      if (check.kind === 'page') throw new MogplexError('invalid_request', check.reason, { boundary: 'account' });
      if (check.kind === 'redirect') return { location: check.location };
      const { request } = check;
      if (body.approve) {
        const location = await approveAuthorization(context, request, principal.accountId, address);
        await note(identity, principal, requestId, {
          action: 'app.allowed',
          subject: request.client.id,
          details: { scopes: request.scope },
        });
        return { location };
      }
      const refusal = { error: 'access_denied', error_description: 'refused on the page' };
      return { location: answerLocation(context, request.redirectUri, request.state, refusal) };
    },
  }),
];

const deviceShape = z.object({
  client: clientShape,
  deviceName: z.string().nullable(),
  scopes: z.array(z.string()),
  address: z.string().nullable(),
  createdAt: z.number(),
  expiresAt: z.number(),
  email: z.string(),
});

const userCode = z.string().min(8).max(20);

const noSuchCode = () =>
  new MogplexError('not_found', 'this code is unknown, has expired or was used', {
    boundary: 'account',
    hint: 'Start the sign-in again in the terminal and type the new code.',
  });

const deviceRoutes = (identity: Identity, context = identity.oauth): Route[] => [
  defineRoute({
    method: 'GET',
    path: `${PREFIX}/oauth/device-request`,
    scope: 'session',
    boundary: 'account',
    summary: 'Which terminal a device code belongs to',
    request: { query: z.object({ code: userCode }) },
    response: deviceShape,
    errors: ['not_found'],
    handler: async ({ query, principal }) => {
      const device = await findDevice(context, query.code);
      const client = await findClient(context, device?.client_id);
      if (device === undefined || client === undefined) throw noSuchCode();
      return {
        client: show(client),
        deviceName: device.device_name,
        scopes: scopes(device.scope),
        address: device.address,
        createdAt: device.created_at,
        expiresAt: device.expires_at,
        email: principal.email ?? '',
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: `${PREFIX}/oauth/device-request`,
    scope: 'session',
    boundary: 'account',
    summary: 'Allows or refuses a terminal that shows a device code',
    request: { body: z.object({ code: userCode, approve: z.boolean() }) },
    response: z.object({ status: z.enum(['approved', 'denied']) }),
    errors: ['not_found'],
    handler: async ({ body, principal, requestId }) => {
      const device = await findDevice(context, body.code);
      if (device === undefined || !(await decideDevice(context, device, principal.accountId, body.approve))) throw noSuchCode();
      if (body.approve) {
        const details = { scopes: device.scope, flow: 'device' };
        await note(identity, principal, requestId, { action: 'app.allowed', subject: device.client_id, details });
      }
      return { status: body.approve ? ('approved' as const) : ('denied' as const) };
    },
  }),
];

const appShape = z.object({
  id: z.string(),
  client: z.object({ id: z.string(), name: z.string(), firstParty: z.boolean() }),
  deviceName: z.string().nullable(),
  flow: z.enum(['browser', 'device']),
  address: z.string().nullable(),
  scopes: z.array(z.string()),
  createdAt: z.number(),
  lastUsedAt: z.number().nullable(),
});

/** Connected apps and terminals: what holds a token of this person, and the end of it. */
const appRoutes = (identity: Identity, context = identity.oauth): Route[] => {
  const { db, now } = context;
  const liveRefresh = () =>
    db.selectFrom('oauth_refresh_token').select('grant_id').where('used_at', 'is', null).where('expires_at', '>', now());
  const liveAccess = () => db.selectFrom('oauth_access_token').select('grant_id').where('expires_at', '>', now());
  return [
    defineRoute({
      method: 'GET',
      path: `${PREFIX}/apps`,
      scope: 'session',
      boundary: 'account',
      summary: 'Connected apps and terminals',
      request: { query: pageQuery },
      response: pageOf(appShape),
      handler: async ({ query, principal }) => {
        const after = readCursor(query.cursor);
        const rows = await context.db
          .selectFrom('oauth_grant as grant')
          .innerJoin('oauth_client as client', 'client.id', 'grant.client_id')
          .selectAll('grant')
          .select(['client.name', 'client.first_party'])
          .where('grant.user_id', '=', principal.accountId)
          .where('grant.ended_at', 'is', null)
          .where((eb) => eb.or([eb('grant.id', 'in', liveRefresh()), eb('grant.id', 'in', liveAccess())]))
          .$if(after !== undefined, (select) =>
            select.where(sql<boolean>`(${sql.ref('grant.created_at')}, ${sql.ref('grant.id')}) < (${after?.at}, ${after?.id})`),
          )
          .orderBy('grant.created_at', 'desc')
          .orderBy('grant.id', 'desc')
          .limit(query.limit + 1)
          .execute();
        return makePage(rows, query.limit, (row) => ({
          id: row.id,
          client: { id: row.client_id, name: row.name, firstParty: row.first_party === 1 },
          deviceName: row.device_name,
          flow: row.flow,
          address: row.address,
          scopes: scopes(row.scope),
          createdAt: row.created_at,
          lastUsedAt: row.last_used_at,
        }));
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${PREFIX}/apps/:id`,
      scope: 'session',
      boundary: 'account',
      summary: 'Ends the sign-in of an app or a terminal',
      request: { params: z.object({ id: z.string() }) },
      response: z.object({ status: z.literal('ended') }),
      errors: ['not_found'],
      handler: async ({ params, principal, requestId }) => {
        if (!(await endGrant(context, params.id, 'person', principal.accountId))) {
          throw new MogplexError('not_found', 'there is no such connected app or terminal', { boundary: 'account' });
        }
        await note(identity, principal, requestId, { action: 'app.ended', subject: params.id });
        return { status: 'ended' as const };
      },
    }),
  ];
};

/** The pages where a person decides about applications and terminals, and the list of those that are signed in. */
export const decisionRoutes = (identity: Identity): Route[] => [
  ...consentRoutes(identity),
  ...deviceRoutes(identity),
  ...appRoutes(identity),
];
