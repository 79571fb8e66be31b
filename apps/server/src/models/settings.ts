import type { ProviderId } from '@mogplex/protocol';
import type { Selectable } from 'kysely';
import type { MaybeLater } from '../http/principal.ts';
import type { Coherence } from '../store/coherence/coherence.ts';
import type { Store } from '../store/open.ts';
import { CATALOG } from './catalog/data.ts';
import { BUILT_IN_PLANS, type Plan, STANDARD_PLAN } from './plans.ts';
import type { ModelTables } from './tables.ts';
import type { CatalogModel, Price } from './types.ts';
import { openUpstreams, type Upstream } from './upstreams/upstreams.ts';

/** Everything that decides where a call may go, read together. */
export interface Settings {
  /** By id, in catalogue order. */
  models: ReadonlyMap<string, CatalogModel>;
  /** By the provider's own name; two providers may use the same one. */
  byName: ReadonlyMap<string, readonly CatalogModel[]>;
  upstreams: readonly Upstream[];
  plans: ReadonlyMap<string, Plan>;
  defaultPlan: Plan;
  /** Plan id by `account:<id>` or `team:<id>`. */
  entitlements: ReadonlyMap<string, string>;
  /** By account: models switched off, and the default. */
  choices: ReadonlyMap<string, { off: ReadonlySet<string>; preferred?: string }>;
  /** `account repository model`. */
  exclusions: ReadonlySet<string>;
}

/** The settings in memory, never older than the last change that was acknowledged on any server. */
export interface SettingsCache {
  current(): MaybeLater<Settings>;
  /** Call it after a change is stored and before it is acknowledged. */
  changed(): Promise<void>;
}

const TOPIC = 'models';
const KEY = 'settings';

/** Tells every server that the settings have changed. */
export const announceSettings = (coherence: Coherence): Promise<void> => coherence.invalidate(TOPIC, [KEY]);

export const exclusionKey = (accountId: string, repository: string, model: string): string =>
  `${accountId} ${repository.toLowerCase()} ${model}`;

type ModelRow = Selectable<ModelTables['models']>;

/** The price of a row. Where it is the one that ships, so is what longer requests cost, which rows do not hold. */
const priceOf = (row: ModelRow, shipped: Price | undefined): Price | undefined => {
  const { input_price: input, cached_input_price: cached, output_price: output, cache_write_price: write } = row;
  if (input === null || output === null) return undefined;
  const stated = { input, cachedInput: cached ?? input, output, ...(write === null ? {} : { cacheWrite: write }) };
  const ships = shipped && (Object.keys(stated) as (keyof typeof stated)[]).every((kind) => stated[kind] === shipped[kind]);
  return ships && shipped.cacheWrite === stated.cacheWrite ? shipped : stated;
};

const toModel = (row: ModelRow, shipped?: CatalogModel): CatalogModel => {
  const price = priceOf(row, shipped?.price);
  return {
    id: row.id,
    provider: row.provider as ProviderId,
    name: row.name,
    label: row.label,
    contextLength: row.context_length,
    maxOutput: row.max_output,
    capabilities: JSON.parse(row.capabilities) as string[],
    ...(price === undefined ? {} : { price }),
    origin: row.origin,
    enabled: row.enabled === 1,
  };
};

const toPlan = (row: Selectable<ModelTables['model_plans']>): Plan => ({
  id: row.id,
  name: row.name,
  monthlyCredit: row.monthly_credit,
  allowedModels: JSON.parse(row.allowed_models) as string[],
  parallelCalls: row.parallel_calls,
  parallelRuns: row.parallel_runs,
  callsPerMinute: row.calls_per_minute,
  softLimits: JSON.parse(row.soft_limits) as number[],
});

/** What the owner can state of a model. */
export const STATED = ['label', 'contextLength', 'maxOutput', 'capabilities', 'price', 'enabled'] as const;

/** What a row states of its model; a provider's list states nothing that the product could not know better. */
export const statedIn = ({ origin, stated }: Pick<ModelRow, 'origin' | 'stated'>): ReadonlySet<string> =>
  new Set(origin === 'upstream' ? [] : stated === null ? STATED : (JSON.parse(stated) as string[]));

/** A model that ships, with what the owner states of it: the rest is as it ships today, whatever it was then. */
const withStated = (shipped: CatalogModel, row: ModelRow): CatalogModel => {
  const stated = statedIn(row);
  const own = toModel(row, shipped);
  const { price, ...changed } = { ...shipped, origin: row.origin === 'owner' ? row.origin : shipped.origin };
  const now = stated.has('price') ? own.price : price;
  return {
    ...changed,
    ...(stated.has('label') ? { label: own.label } : {}),
    ...(stated.has('contextLength') ? { contextLength: own.contextLength } : {}),
    ...(stated.has('maxOutput') ? { maxOutput: own.maxOutput } : {}),
    ...(stated.has('capabilities') ? { capabilities: own.capabilities } : {}),
    ...(stated.has('enabled') ? { enabled: own.enabled } : {}),
    ...(now === undefined ? {} : { price: now }),
  };
};

const loadModels = async (store: Store): Promise<Map<string, CatalogModel>> => {
  const models = new Map(CATALOG.map((model) => [model.id, model]));
  for (const row of await store.db.selectFrom('models').selectAll().orderBy('id').execute()) {
    const shipped = models.get(row.id);
    models.set(row.id, shipped === undefined ? toModel(row) : withStated(shipped, row));
  }
  return models;
};

const groupByName = (models: Iterable<CatalogModel>): Map<string, CatalogModel[]> => {
  const byName = new Map<string, CatalogModel[]>();
  for (const model of models) byName.set(model.name, [...(byName.get(model.name) ?? []), model]);
  return byName;
};

const loadChoices = async (store: Store): Promise<Settings['choices']> => {
  const choices = new Map<string, { off: Set<string>; preferred?: string }>();
  for (const row of await store.db.selectFrom('model_choices').selectAll().execute()) {
    const choice = choices.get(row.account_id) ?? { off: new Set<string>() };
    if (row.enabled === 0) choice.off.add(row.model);
    if (row.is_default === 1) choice.preferred = row.model;
    choices.set(row.account_id, choice);
  }
  return choices;
};

/** Reads every setting of the models room. */
export const loadSettings = async (store: Store, onDamaged: (id: string, error: unknown) => void): Promise<Settings> => {
  const [models, upstreams, planRows, entitlements, choices, exclusions] = await Promise.all([
    loadModels(store),
    openUpstreams(store, onDamaged),
    store.db.selectFrom('model_plans').selectAll().execute(),
    store.db.selectFrom('model_entitlements').selectAll().execute(),
    loadChoices(store),
    store.db.selectFrom('model_exclusions').selectAll().execute(),
  ]);
  const plans = new Map([...BUILT_IN_PLANS, ...planRows.map(toPlan)].map((plan) => [plan.id, plan]));
  const chosen = planRows.find((row) => row.is_default === 1)?.id ?? STANDARD_PLAN.id;
  return {
    models,
    byName: groupByName(models.values()),
    upstreams,
    plans,
    defaultPlan: plans.get(chosen) ?? STANDARD_PLAN,
    entitlements: new Map(entitlements.map((row) => [row.subject, row.plan_id])),
    choices,
    exclusions: new Set(exclusions.map((row) => exclusionKey(row.account_id, row.repository, row.model))),
  };
};

export const createSettingsCache = (coherence: Coherence, load: () => Promise<Settings>): SettingsCache => ({
  current: () => {
    const kept = coherence.cached(TOPIC, KEY, load);
    return kept instanceof Promise ? kept.then((settings) => settings ?? load()) : kept;
  },
  changed: () => announceSettings(coherence),
});
