import type { ModelInfo, ModelList } from '@mogplex/protocol';
import type { Settings } from '../settings.ts';
import type { CatalogModel } from '../types.ts';
import { ENDPOINTS } from '../upstreams/endpoints.ts';
import { CATALOG_DATE } from './data.ts';
import { type Caller, reach } from './reach.ts';

const describe = (settings: Settings, caller: Caller, model: CatalogModel): Omit<ModelInfo, 'isDefault'> => {
  const { routes, obstacle } = reach(settings, caller, model);
  return {
    id: model.id,
    provider: model.provider,
    name: model.name,
    label: model.label,
    contextLength: model.contextLength,
    maxOutput: model.maxOutput,
    capabilities: [...model.capabilities],
    price: model.price ?? null,
    formats: [...ENDPOINTS[model.provider].formats],
    reachable: routes !== undefined,
    ...(routes ? { via: routes[0].own ? 'own' : 'hosted' } : {}),
    ...(obstacle ?? {}),
  };
};

/** The whole catalogue as a caller sees it: what can be reached by which key, and why the rest cannot. */
export const listCatalog = (settings: Settings, caller: Caller): ModelList => {
  const models = [...settings.models.values()].map((model) => describe(settings, caller, model));
  const answers = models.filter((model) => model.reachable && !model.capabilities.includes('embeddings'));
  const preferred = settings.choices.get(caller.accountId)?.preferred;
  const chosen = answers.find(({ id }) => id === preferred) ?? answers[0];
  return {
    models: models.map((model) => ({ ...model, isDefault: model.id === chosen?.id })),
    default: chosen?.id ?? null,
    catalogDate: CATALOG_DATE,
  };
};
