import { MogplexError } from '@mogplex/protocol';
import type { Principal } from '../../http/principal.ts';
import { type Plan, planAllows } from '../plans.ts';
import { exclusionKey, type Settings } from '../settings.ts';
import type { CatalogModel, WireFormat } from '../types.ts';
import { ENDPOINTS } from '../upstreams/endpoints.ts';
import type { Upstream } from '../upstreams/upstreams.ts';

/** Who wants to call a model, and for what. */
export interface Caller {
  accountId: string;
  teamId?: string | undefined;
  /** `owner/name` of the repository that the call is for. */
  repository?: string | undefined;
}

/**
 * Whom a credential calls for. The token of a run is bound to the run's repository: what a caller says of itself never loosens that.
 *
 * @param stated the repository that the caller names, `owner/name`.
 */
export const callerOf = (principal: Principal, stated: string | undefined): Caller => ({
  accountId: principal.accountId,
  teamId: principal.teamId,
  repository: principal.kind === 'run' ? principal.repository : stated,
});

/** Which of the four things stands in the way (statement B7). */
export type UnreachableReason = 'plan' | 'catalog' | 'entitlement' | 'key';

export interface Obstacle {
  reason: UnreachableReason;
  /** One sentence for people. */
  message: string;
  hint: string;
}

/** A key that can serve a model, and the name that the model has there. */
export interface Route {
  upstream: Upstream;
  modelName: string;
  /** True when the account's own key pays. */
  own: boolean;
}

export type Reach = { routes: readonly [Route, ...Route[]]; obstacle?: undefined } | { routes?: undefined; obstacle: Obstacle };

const KEY_HINT = 'Ask the operator for a key of this provider, or add an AI Gateway, OpenAI or Anthropic key in Settings > API Keys';
const PLAN_HINT = 'Change the plan, or add an AI Gateway, OpenAI or Anthropic key in Settings > API Keys';

/** Who pays for a caller: the team where it has a plan of its own, else the account. */
export const payerOf = (settings: Settings, caller: Caller): string => {
  const team = caller.teamId === undefined ? undefined : `team:${caller.teamId}`;
  return team !== undefined && settings.entitlements.has(team) ? team : `account:${caller.accountId}`;
};

export const planOf = (settings: Settings, payer: string): Plan =>
  settings.plans.get(settings.entitlements.get(payer) ?? '') ?? settings.defaultPlan;

const formatOf = (model: CatalogModel): WireFormat => ENDPOINTS[model.provider].formats[0] ?? 'openai';

/** The name of a model at a key's provider; undefined where that provider does not serve it in this format. */
const nameAt = (model: CatalogModel, upstream: Upstream, format: WireFormat): string | undefined => {
  if (upstream.provider === model.provider) return ENDPOINTS[model.provider].formats.includes(format) ? model.name : undefined;
  if (upstream.provider !== 'vercel' || !ENDPOINTS.vercel.formats.includes(format) || formatOf(model) !== format) return undefined;
  return model.gatewayName ?? model.id;
};

/** Every key that serves a model for a caller: own keys first, the direct provider before a gateway. */
const routesTo = (settings: Settings, caller: Caller, model: CatalogModel, format: WireFormat): Route[] => {
  const rank = ({ upstream, own }: Route): number => (own ? 0 : 2) + (upstream.provider === model.provider ? 0 : 1);
  return settings.upstreams
    .flatMap((upstream) => {
      const modelName = nameAt(model, upstream, format);
      const own = upstream.accountId === caller.accountId;
      return modelName !== undefined && (own || upstream.accountId === null) ? [{ upstream, modelName, own }] : [];
    })
    .toSorted((one, other) => rank(one) - rank(other) || one.upstream.position - other.upstream.position);
};

const obstacleFor = (settings: Settings, caller: Caller, model: CatalogModel, routes: readonly Route[]): Obstacle | undefined => {
  if (!model.enabled)
    return { reason: 'catalog', message: `${model.id} is switched off in the catalogue`, hint: 'The owner can switch it on' };
  if (settings.choices.get(caller.accountId)?.off.has(model.id)) {
    return { reason: 'entitlement', message: `${model.id} is switched off for this account`, hint: 'Switch it on in Settings > Models' };
  }
  if (caller.repository !== undefined && settings.exclusions.has(exclusionKey(caller.accountId, caller.repository, model.id))) {
    return {
      reason: 'entitlement',
      message: `${model.id} is excluded for ${caller.repository}`,
      hint: 'Choose another model for this repository',
    };
  }
  if (routes.some(({ own }) => own)) return undefined;
  const plan = planOf(settings, payerOf(settings, caller));
  if (!planAllows(plan, model.id))
    return { reason: 'plan', message: `the plan "${plan.name}" does not include ${model.id}`, hint: PLAN_HINT };
  if (routes.length === 0) return { reason: 'key', message: `nobody has stored a key for ${model.provider}`, hint: KEY_HINT };
  if (!model.price && plan.monthlyCredit !== null) {
    return {
      reason: 'catalog',
      message: `${model.id} has no price, and the plan "${plan.name}" has a credit limit`,
      hint: 'The owner can state its price',
    };
  }
  return undefined;
};

/** Where a caller's call to a model may go, or what stands in the way. */
export const reach = (settings: Settings, caller: Caller, model: CatalogModel, format: WireFormat = formatOf(model)): Reach => {
  const all = routesTo(settings, caller, model, format);
  const obstacle = obstacleFor(settings, caller, model, all);
  if (obstacle) return { obstacle };
  const plan = planOf(settings, payerOf(settings, caller));
  // Where the account has a key of its own, only its own ones serve: a broken one never spends the platform's credit unasked.
  const own = all.filter((route) => route.own);
  const hosted = all.filter((route) => !route.own && planAllows(plan, model.id));
  const [first, ...rest] = own.length > 0 ? own : hosted;
  return first
    ? { routes: [first, ...rest] }
    : { obstacle: { reason: 'key', message: `nobody has stored a key for ${model.provider}`, hint: KEY_HINT } };
};

/** The error of a call that may not be made. It says "no model access" and where to mend it (statement A10). */
export const noModelAccess = (obstacle: Obstacle): MogplexError =>
  new MogplexError('no_model_access', `no model access: ${obstacle.message}`, { boundary: 'model', hint: obstacle.hint });

/**
 * The model that a client means: by id (`openai/gpt-5`), or by the provider's own name (`gpt-5`) among the providers
 * that speak the format. Where two share a name, the one that the caller can reach.
 */
export const findModel = (settings: Settings, caller: Caller, name: string, format: WireFormat): CatalogModel | undefined => {
  const speaks = (model: CatalogModel): boolean => ENDPOINTS[model.provider].formats.includes(format);
  const exact = settings.models.get(name);
  if (exact && speaks(exact)) return exact;
  const named = (settings.byName.get(name) ?? []).filter(speaks);
  return named.find((model) => reach(settings, caller, model, format).routes) ?? named[0];
};
