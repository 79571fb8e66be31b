import { modelRate, MogplexError, PROVIDERS } from '@mogplex/protocol';
import { z } from 'zod';
import { recordAudit } from '../../audit/record.ts';
import type { Principal } from '../../http/principal.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import type { Platform } from '../../platform.ts';
import type { CatalogRefresh } from '../catalog/refresh.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { requireOwner } from '../owner.ts';
import { STANDARD_PLAN } from '../plans.ts';
import { type SettingsCache, STATED, statedIn } from '../settings.ts';
import type { CatalogModel } from '../types.ts';

const planId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);
const planBody = z.object({
  name: z.string().min(1).max(80),
  /** Micro-dollars a month; null: no limit. */
  monthlyCredit: z.number().int().nonnegative().nullable(),
  allowedModels: z.array(z.string().min(1).max(200)).max(500),
  parallelCalls: z.number().int().positive().max(100_000),
  /** Runs under way at the same time; further ones wait. */
  parallelRuns: z.number().int().positive().max(10_000).default(STANDARD_PLAN.parallelRuns),
  callsPerMinute: z.number().int().positive().max(10_000_000),
  softLimits: z.array(z.number().int().min(1).max(100)).max(10).default([50, 80, 100]),
  isDefault: z.boolean().default(false),
});
const subject = z.string().regex(/^(account|team):[\w-]{1,64}$/);
const modelBody = z.object({
  provider: z.enum(PROVIDERS.map(({ id }) => id) as [string, ...string[]]),
  name: z.string().min(1).max(150),
  label: z.string().min(1).max(100).optional(),
  contextLength: z.number().int().positive().optional(),
  maxOutput: z.number().int().nonnegative().optional(),
  capabilities: z.array(z.string().max(40)).max(20).optional(),
  price: modelRate.nullable().optional(),
  enabled: z.boolean().optional(),
});

/** What the catalogue is to say of a model: what is stated, else what it says already. @throws MogplexError `invalid_request` */
const described = (stated: z.output<typeof modelBody>, known: CatalogModel | undefined) => {
  const contextLength = stated.contextLength ?? known?.contextLength;
  const maxOutput = stated.maxOutput ?? known?.maxOutput;
  if (contextLength === undefined || maxOutput === undefined)
    throw new MogplexError('invalid_request', 'the catalogue does not know this model, so it needs contextLength and maxOutput', {
      boundary: 'model',
    });
  const price = stated.price === undefined ? known?.price : stated.price;
  return {
    label: stated.label ?? known?.label ?? stated.name,
    context_length: contextLength,
    max_output: maxOutput,
    capabilities: JSON.stringify(stated.capabilities ?? known?.capabilities ?? ['text']),
    input_price: price?.input ?? null,
    cached_input_price: price?.cachedInput ?? null,
    output_price: price?.output ?? null,
    cache_write_price: price?.cacheWrite ?? null,
    enabled: (stated.enabled ?? known?.enabled ?? true) ? 1 : 0,
  };
};
const done = z.object({ done: z.literal(true) });
const DONE = { done: true as const };

type Change = { principal: Principal; requestId: string };

/** What only the owner of the platform does: catalogue, plans, who has which, and credit by hand. */
export const administrationRoutes = (
  { store, now }: Platform,
  settings: SettingsCache,
  ledger: Ledger,
  catalog: CatalogRefresh,
): Route[] => {
  const { db } = store;
  const record = async (
    { principal, requestId }: Change,
    action: string,
    on: string,
    details: Record<string, string | number | boolean> = {},
  ): Promise<typeof DONE> => {
    await recordAudit(db, { actor: principal.accountId, action, subject: on, accountId: principal.accountId, requestId, details }, now());
    await settings.changed();
    return DONE;
  };
  return [
    defineRoute({
      method: 'PUT',
      path: '/api/v1/mogplex/catalog/models',
      scope: 'session',
      boundary: 'model',
      summary: 'Adds a model to the catalogue, or changes what is stated of one and leaves the rest (owner)',
      request: { body: modelBody },
      response: done,
      errors: ['forbidden', 'invalid_request'],
      handler: async ({ principal, body, requestId }) => {
        await requireOwner(db, principal);
        const id = `${body.provider}/${body.name}`;
        const known = (await settings.current()).models.get(id);
        const before = await db.selectFrom('models').select(['origin', 'stated']).where('id', '=', id).executeTakeFirst();
        const stated = new Set([...(before ? statedIn(before) : []), ...STATED.filter((field) => body[field] !== undefined)]);
        const row = {
          id,
          provider: body.provider,
          name: body.name,
          ...described(body, known),
          stated: JSON.stringify([...stated]),
          origin: 'owner' as const,
          updated_at: now(),
        };
        await db
          .insertInto('models')
          .values(row)
          .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
          .execute();
        return record({ principal, requestId }, 'model.changed', id, { enabled: row.enabled === 1 });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/mogplex/catalog/refresh',
      scope: 'session',
      boundary: 'model',
      summary: 'Adds the models that the providers of hosted keys list and the catalogue lacks (owner)',
      response: z.object({ added: z.number().int() }),
      errors: ['forbidden'],
      handler: async ({ principal }) => {
        await requireOwner(db, principal);
        return { added: await catalog.refresh() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/mogplex/plans',
      scope: 'read',
      boundary: 'model',
      summary: 'The plans of the platform (owner)',
      response: z.object({ plans: z.array(planBody.extend({ id: z.string() })) }),
      errors: ['forbidden'],
      handler: async ({ principal }) => {
        await requireOwner(db, principal);
        const { plans, defaultPlan } = await settings.current();
        return {
          plans: [...plans.values()].map((plan) => ({
            ...plan,
            allowedModels: [...plan.allowedModels],
            softLimits: [...plan.softLimits],
            isDefault: plan.id === defaultPlan.id,
          })),
        };
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/v1/mogplex/plans/:id',
      scope: 'session',
      boundary: 'model',
      summary: 'Makes or changes a plan (owner)',
      request: { params: z.object({ id: planId }), body: planBody },
      response: done,
      errors: ['forbidden'],
      handler: async ({ principal, params, body, requestId }) => {
        await requireOwner(db, principal);
        const row = {
          id: params.id,
          name: body.name,
          monthly_credit: body.monthlyCredit,
          allowed_models: JSON.stringify(body.allowedModels),
          parallel_calls: body.parallelCalls,
          parallel_runs: body.parallelRuns,
          calls_per_minute: body.callsPerMinute,
          soft_limits: JSON.stringify(body.softLimits),
          is_default: body.isDefault ? 1 : 0,
          updated_at: now(),
        };
        await db.transaction().execute(async (tx) => {
          if (body.isDefault) await tx.updateTable('model_plans').set({ is_default: 0 }).execute();
          await tx
            .insertInto('model_plans')
            .values(row)
            .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
            .execute();
        });
        return record({ principal, requestId }, 'plan.changed', params.id, { name: body.name });
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/v1/mogplex/entitlements',
      scope: 'session',
      boundary: 'model',
      summary: 'Gives an account or a team a plan (owner)',
      request: { body: z.object({ subject, plan: planId }) },
      response: done,
      errors: ['forbidden', 'not_found'],
      handler: async ({ principal, body, requestId }) => {
        await requireOwner(db, principal);
        if (!(await settings.current()).plans.has(body.plan))
          throw new MogplexError('not_found', 'there is no such plan', { boundary: 'model' });
        const row = { subject: body.subject, plan_id: body.plan, updated_at: now() };
        await db
          .insertInto('model_entitlements')
          .values(row)
          .onConflict((conflict) => conflict.column('subject').doUpdateSet(row))
          .execute();
        return record({ principal, requestId }, 'entitlement.changed', body.subject, { plan: body.plan });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/mogplex/credit/adjustments',
      scope: 'session',
      boundary: 'model',
      summary: 'Gives or takes credit by hand, once for a reference (owner)',
      request: { body: z.object({ subject, amount: z.number().int(), reference: z.string().regex(/^[\w.:-]{8,100}$/) }) },
      response: done,
      errors: ['forbidden'],
      handler: async ({ principal, body, requestId }) => {
        await requireOwner(db, principal);
        await ledger.adjust(body.subject, body.amount, `adjustment:${body.reference}`);
        return record({ principal, requestId }, 'credit.adjusted', body.subject, { amount: body.amount });
      },
    }),
  ];
};
