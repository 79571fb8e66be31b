import { Secret } from '@mogplex/credentials';
import { MogplexError, OWN_KEY_PROVIDERS, type OwnKey, ownKey, ownKeyList } from '@mogplex/protocol';
import { z } from 'zod';
import { recordAudit } from '../../audit/record.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import type { Platform } from '../../platform.ts';
import type { SettingsCache } from '../settings.ts';
import { listUpstreams, removeUpstream, setUpstream, type UpstreamInfo } from '../upstreams/upstreams.ts';

const provider = z.enum(OWN_KEY_PROVIDERS);
const path = '/api/v1/mogplex/api-keys';

const show = (info: UpstreamInfo): OwnKey => ({
  provider: provider.parse(info.provider),
  keyHint: info.keyHint,
  health: info.health,
  ...(info.healthNote === undefined ? {} : { healthNote: info.healthNote }),
  updatedAt: info.updatedAt,
});

/** Settings > API Keys: keys that an account brings itself, used before the hosted ones. Tokens cannot change them. */
export const ownKeyRoutes = ({ store, now }: Platform, settings: SettingsCache): Route[] => [
  defineRoute({
    method: 'GET',
    path,
    scope: 'read',
    boundary: 'model',
    summary: "The account's own provider keys, without the keys",
    response: ownKeyList,
    handler: async ({ principal }) => ({ keys: (await listUpstreams(store, principal.accountId)).map(show) }),
  }),
  defineRoute({
    method: 'PUT',
    path: `${path}/:provider`,
    scope: 'session',
    boundary: 'model',
    summary: 'Stores an AI Gateway (`vercel`), OpenAI or Anthropic key of the account, sealed',
    request: { params: z.object({ provider }), body: z.object({ key: z.string().min(8).max(500) }) },
    response: ownKey,
    handler: async ({ principal, params, body, requestId }) => {
      const key = new Secret(body.key, `own key/${params.provider}`);
      const info = await setUpstream(store, { provider: params.provider, key, accountId: principal.accountId }, now).catch(
        (error: unknown) => {
          throw error instanceof MogplexError && error.code === 'usage'
            ? new MogplexError('invalid_request', error.message, { boundary: 'model' })
            : error;
        },
      );
      const entry = {
        actor: principal.accountId,
        action: 'model-key.set',
        subject: info.id,
        accountId: principal.accountId,
        requestId,
        details: { provider: params.provider },
      };
      await recordAudit(store.db, entry, now());
      await settings.changed();
      return show(info);
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: `${path}/:provider`,
    scope: 'session',
    boundary: 'model',
    summary: 'Forgets a key of the account',
    request: { params: z.object({ provider }) },
    response: z.object({ removed: z.literal(true) }),
    errors: ['not_found'],
    handler: async ({ principal, params, requestId }) => {
      if (!(await removeUpstream(store, params.provider, 'default', principal.accountId))) {
        throw new MogplexError('not_found', 'there is no such key', { boundary: 'model' });
      }
      const entry = {
        actor: principal.accountId,
        action: 'model-key.removed',
        subject: params.provider,
        accountId: principal.accountId,
        requestId,
      };
      await recordAudit(store.db, entry, now());
      await settings.changed();
      return { removed: true as const };
    },
  }),
];
