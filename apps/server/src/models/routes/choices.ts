import { MogplexError } from '@mogplex/protocol';
import { z } from 'zod';
import { defineRoute, type Route } from '../../http/route.ts';
import type { Platform } from '../../platform.ts';
import type { SettingsCache } from '../settings.ts';

const model = z.string().min(1).max(200);
const repository = z
  .string()
  .regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/)
  .transform((name) => name.toLowerCase());
const exclusion = z.object({ repository, model });
const done = z.object({ done: z.literal(true) });
const DONE = { done: true as const };

/** What an account chooses among the models of the catalogue: on or off, the default, and exclusions by repository. */
export const choiceRoutes = ({ store }: Platform, settings: SettingsCache): Route[] => {
  const { db } = store;
  const known = async (id: string): Promise<void> => {
    if (!(await settings.current()).models.has(id))
      throw new MogplexError('not_found', 'there is no such model in the catalogue', { boundary: 'model' });
  };
  return [
    defineRoute({
      method: 'PUT',
      path: '/api/v1/mogplex/models/choice',
      scope: 'write',
      boundary: 'model',
      summary: 'Switches a model on or off for the account, or makes it the default',
      request: { body: z.object({ model, enabled: z.boolean().default(true), isDefault: z.boolean().default(false) }) },
      response: done,
      errors: ['not_found'],
      handler: async ({ principal, body }) => {
        await known(body.model);
        const row = {
          account_id: principal.accountId,
          model: body.model,
          enabled: body.enabled ? 1 : 0,
          is_default: body.isDefault ? 1 : 0,
        };
        await db.transaction().execute(async (tx) => {
          if (body.isDefault)
            await tx.updateTable('model_choices').set({ is_default: 0 }).where('account_id', '=', principal.accountId).execute();
          await tx
            .insertInto('model_choices')
            .values(row)
            .onConflict((conflict) =>
              conflict.columns(['account_id', 'model']).doUpdateSet({ enabled: row.enabled, is_default: row.is_default }),
            )
            .execute();
        });
        await settings.changed();
        return DONE;
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/mogplex/models/exclusions',
      scope: 'read',
      boundary: 'model',
      summary: 'The models that are excluded for single repositories',
      response: z.object({ exclusions: z.array(z.object({ repository: z.string(), model: z.string() })) }),
      handler: async ({ principal }) => ({
        exclusions: await db
          .selectFrom('model_exclusions')
          .select(['repository', 'model'])
          .where('account_id', '=', principal.accountId)
          .orderBy('repository')
          .execute(),
      }),
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/v1/mogplex/models/exclusions',
      scope: 'write',
      boundary: 'model',
      summary: 'Excludes a model for one repository',
      request: { body: exclusion },
      response: done,
      errors: ['not_found'],
      handler: async ({ principal, body }) => {
        await known(body.model);
        await db
          .insertInto('model_exclusions')
          .values({ account_id: principal.accountId, ...body })
          .onConflict((conflict) => conflict.columns(['account_id', 'repository', 'model']).doNothing())
          .execute();
        await settings.changed();
        return DONE;
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/v1/mogplex/models/exclusions',
      scope: 'write',
      boundary: 'model',
      summary: 'Lifts an exclusion',
      request: { body: exclusion },
      response: done,
      handler: async ({ principal, body }) => {
        await db
          .deleteFrom('model_exclusions')
          .where('account_id', '=', principal.accountId)
          .where('repository', '=', body.repository)
          .where('model', '=', body.model)
          .execute();
        await settings.changed();
        return DONE;
      },
    }),
  ];
};
